//! New and deleted cells in every layout.

use super::*;

fn new(kind: CellKind, source: &str) -> NewCell {
    NewCell { kind, source: source.to_owned(), id: Some("new".to_owned()) }
}

fn check(file: &str, after: Option<usize>, cell: &NewCell, expected: &str) {
    let notebook = parse("", file).unwrap();
    let longer = notebook
        .insert_after(after.map(CellIndex), cell)
        .map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(longer.as_deref(), Ok(expected), "{file}");
}

fn check_deleted(file: &str, cell: usize, expected: &str) {
    let shorter = parse("", file).unwrap().delete(CellIndex(cell));
    assert_eq!(shorter.as_deref(), Ok(expected.as_bytes()), "{file}");
}

#[test]
fn a_new_cell_is_laid_out_as_its_neighbours() {
    let file = r#"{
 "cells": [
  {
   "cell_type": "raw",
   "source": [
    "a"
   ]
  }
 ],
 "nbformat": 4,
 "nbformat_minor": 5
}
"#;
    let code = r#"  {
   "cell_type": "code",
   "execution_count": null,
   "id": "new",
   "metadata": {},
   "outputs": [],
   "source": [
    "x\n",
    "y"
   ]
  }"#;
    let cell = new(CellKind::Code, "x\ny");
    check(file, Some(0), &cell, &file.replace("  }\n ]", &format!("  }},\n{code}\n ]")));
    check(file, None, &cell, &file.replace("[\n  {", &format!("[\n{code},\n  {{")));
}

#[test]
fn the_first_cell_of_all_is_laid_out_as_the_file_is() {
    let file = "{\n  \"cells\": [],\n  \"nbformat\": 4\n}";
    let expected = r##"{
  "cells": [
    {
      "cell_type": "markdown",
      "metadata": {},
      "source": [
        "# T"
      ]
    }
  ],
  "nbformat": 4
}"##;
    check(file, None, &new(CellKind::Markdown, "# T"), expected);
}

#[test]
fn files_on_one_line_stay_on_one_line() {
    let file = r#"{"cells":[{"cell_type":"raw","source":"a"}],"nbformat":4}"#;
    let added = r#"},{"cell_type":"raw","metadata":{},"source":"b\nc"}]"#;
    check(file, Some(0), &new(CellKind::Raw, "b\nc"), &file.replace("}]", added));
    let file = r#"{"nbformat": 4, "cells": []}"#;
    let added = r#"[{"cell_type": "markdown", "metadata": {}, "source": ["b\n", "c"]}]"#;
    check(file, None, &new(CellKind::Markdown, "b\nc"), &file.replace("[]", added));
}

#[test]
fn a_deleted_cell_takes_its_comma_with_it() {
    let file = r#"{"nbformat": 4, "cells": [ {"id": "a"} , {"id": "b"} , {"id": "c"} ]}"#;
    check_deleted(file, 0, r#"{"nbformat": 4, "cells": [ {"id": "b"} , {"id": "c"} ]}"#);
    check_deleted(file, 1, r#"{"nbformat": 4, "cells": [ {"id": "a"} , {"id": "c"} ]}"#);
    check_deleted(file, 2, r#"{"nbformat": 4, "cells": [ {"id": "a"} , {"id": "b"} ]}"#);
    check_deleted("{\"nbformat\": 4, \"cells\": [ {} ]}", 0, "{\"nbformat\": 4, \"cells\": []}");
}

#[test]
fn an_id_is_needed_valid_and_new_from_minor_5_on() {
    let file = r#"{"nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a"}]}"#;
    let notebook = parse_ipynb(file).unwrap();
    for id in [None, Some(""), Some("a"), Some("b c"), Some("é"), Some(&*"x".repeat(65))] {
        let cell = NewCell { id: id.map(str::to_owned), ..new(CellKind::Code, "") };
        assert_eq!(notebook.insert_after(None, &cell), Err(SaveError::Id), "{id:?}");
    }
    assert!(notebook.insert_after(None, &new(CellKind::Code, "")).is_ok());
}

#[test]
fn a_script_s_new_cell_has_a_marker_of_its_style() {
    let code = new(CellKind::Code, "x\ny\n");
    check("# %%\na\n\n# %%\nb\n", Some(1), &code, "# %%\na\n\n# %%\nx\ny\n\n# %%\nb\n");
    check("# %%\na\n\n# %%\nb\n", Some(2), &code, "# %%\na\n\n# %%\nb\n\n# %%\nx\ny\n");
    check("# %%\na\n\n# %%\nb\n", None, &code, "# %%\nx\ny\n\n# %%\na\n\n# %%\nb\n");
    check("#%%\r\na\r\n#%%\r\nb", Some(2), &code, "#%%\r\na\r\n#%%\r\nb\r\n#%%\r\nx\r\ny\r\n");
    check("# %%", Some(1), &code, "# %%\n\n# %%\nx\ny\n");
    let note = new(CellKind::Markdown, "# T\n\ntext\n");
    check("# %% [md]\n# a\n", Some(1), &note, "# %% [md]\n# a\n\n# %% [md]\n# # T\n#\n# text\n");
}

#[test]
fn a_script_s_deleted_cell_takes_its_marker_with_it() {
    check_deleted("x\n\n# %%\na\n\n# %%\nb\n", 1, "x\n\n# %%\nb\n");
    check_deleted("x\n\n# %%\na\n\n# %%\nb\n", 2, "x\n\n# %%\na\n");
    check_deleted("# %%\n", 1, "");
}

#[test]
fn what_cannot_be_inserted_or_deleted_is_refused() {
    let script = parse_script("x = 1\n").unwrap();
    let cell = new(CellKind::Code, "a\n# %%\nb");
    assert_eq!(script.insert_after(None, &cell), Err(SaveError::NoCells));
    let percent = parse_script("x = 1\n# %%\ny").unwrap();
    assert_eq!(percent.delete(CellIndex(0)), Err(SaveError::FirstCell));
    let marker = SaveError::Marker { cell: CellIndex(1), line: 2 };
    assert_eq!(percent.insert_after(Some(CellIndex(0)), &cell), Err(marker));
    let missing = SaveError::NoCell { cell: CellIndex(2) };
    assert_eq!(percent.insert_after(Some(CellIndex(2)), &cell), Err(missing));
}
