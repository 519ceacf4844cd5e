//! A change that the file's form has no place for.

use super::*;

/// A marimo notebook with two cells, opened, after the second one was made this.
fn typed(source: &str, keys: &str) -> Tutor<'static> {
    let bytes = "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    x = 1\n    \
                 return (x,)\n\n\n@app.cell\ndef _(x):\n    print(x)\n    return\n";
    let mut tutor = tutor();
    tutor.update(Msg::Opened(Ok(Opened {
        path: "work/a.py".into(),
        bytes: bytes.as_bytes().to_vec(),
        ..Opened::default()
    })));
    press(&mut tutor, keys);
    press(&mut tutor, "] e");
    tutor.update(Msg::Edited(source.to_owned()));
    press(&mut tutor, "esc");
    assert_eq!(press(&mut tutor, "w y"), []);
    tutor
}

#[test]
fn a_name_that_another_cell_gives_already_is_told_in_the_readers_language() {
    assert!(
        status(&typed("x = 2\nprint(x)", "")).starts_with("not written: cell 2 would give `x`")
    );
    let chinese = status(&typed("x = 2\nprint(x)", "L"));
    assert!(chinese.starts_with("没有写入：单元格 2 会定义 `x`"), "{chinese}");
}
