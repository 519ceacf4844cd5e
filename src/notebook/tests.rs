//! What reading and saving promise, on small files of every kind.

use super::*;

const JUPYTER: &str = r##"{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "a",
   "metadata": {},
   "source": [
    "# Title\n",
    "text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 7,
   "id": "b",
   "metadata": {
    "tags": [
     "x"
    ],
    "vscode": {"languageId": "python"}
   },
   "outputs": [],
   "source": [
    "import asyncio\n",
    "asyncio.run(main())"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "c",
   "metadata": {},
   "outputs": [],
   "source": []
  }
 ],
 "metadata": {
  "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
  "language_info": {"name": "python", "version": "3.11.4"}
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
"##;

/// A file of one line with one code cell whose `source` is the value `source`.
fn one_cell(source: &str) -> String {
    format!(r#"{{"cells": [{{"cell_type": "code", "source": {source}}}], "nbformat": 4}}"#)
}

fn ipynb(file: &str) -> Notebook {
    parse_ipynb(file).unwrap()
}

fn save(notebook: &Notebook, cell: usize, source: &str) -> Result<String, SaveError> {
    let bytes = notebook.save(&[(CellIndex(cell), source.to_owned())])?;
    Ok(String::from_utf8(bytes).unwrap())
}

fn error(file: impl Into<Vec<u8>>) -> String {
    parse_ipynb(file).unwrap_err().to_string()
}

/// Saves `source` into the only cell of a file and checks the value that then stands there.
fn check(old: &str, source: &str, expected: &str) {
    assert_eq!(save(&ipynb(&one_cell(old)), 0, source), Ok(one_cell(expected)), "{old}");
}

#[test]
fn a_notebook_tells_its_kernel_and_cells() {
    let notebook = ipynb(JUPYTER);
    assert_eq!(notebook.format, Format::Ipynb { major: 4, minor: 5 });
    assert_eq!(notebook.kernel.version.as_deref(), Some("3.11.4"));
    assert_eq!(notebook.kernel.display_name.as_deref(), Some("Python 3"));
    assert!(notebook.is_python() && notebook.needs_ids() && notebook.read_only().is_none());
    let cell = notebook.cell(CellIndex(1)).unwrap();
    assert_eq!((cell.id.as_deref(), cell.execution_count), (Some("b"), Some(7)));
    assert_eq!((&*cell.tags, cell.language.as_deref()), (&["x".to_owned()][..], Some("python")));
    assert_eq!(cell.source, "import asyncio\nasyncio.run(main())");
    assert_eq!(notebook.cells.first().map(|cell| &cell.kind), Some(&CellKind::Markdown));
}

#[test]
fn the_file_s_source_is_there_when_the_public_one_has_changed() {
    let mut notebook = ipynb(JUPYTER);
    notebook.cells[0].source.clear();
    let original = notebook.original_source(CellIndex(0));
    assert_eq!(original.as_deref(), Some("# Title\ntext"));
}

#[test]
fn a_position_in_a_cell_is_found_in_the_file() {
    let place = |notebook: &Notebook, cell, offset| {
        notebook.file_position(CellIndex(cell), offset).map(|at| (at.line, at.column))
    };
    let notebook = ipynb(JUPYTER);
    assert_eq!(place(&notebook, 1, 0), Some((24, 6)));
    assert_eq!(place(&notebook, 1, 20), Some((25, 11)));
    assert_eq!(place(&notebook, 1, 999), None);
    let script = parse_script("\u{feff}# %%\r\nx\r\ny = 1\r\n").unwrap();
    assert_eq!(place(&script, 1, 4), Some((3, 3)));
}

#[test]
fn a_position_behind_escapes_is_found_in_the_file() {
    let file = r#"{"cells":[{"cell_type":"code","source":["\u00e9\u0000\ud83d\ude00\"x\n","中y"]}],"nbformat":4}"#;
    let notebook = ipynb(&format!("\u{feff}{file}"));
    let at = |offset: usize| {
        let byte = notebook.file_offset(CellIndex(0), offset).unwrap() - "\u{feff}".len();
        file[byte..].chars().take(3).collect::<String>()
    };
    let seen = [0, 2, 3, 7, 8, 10, 13, 14].map(at);
    assert_eq!(seen, [r"\u0", r"\u0", r"\ud", r#"\"x"#, r"x\n", "中y\"", "y\"]", "\"]}"]);
    let column = notebook.file_position(CellIndex(0), 13).unwrap().column;
    assert_eq!(column, file[..file.find("y\"]").unwrap()].chars().count() + 1);
}

#[test]
fn only_the_changed_line_changes() {
    let saved = save(&ipynb(JUPYTER), 1, "import asyncio\nawait main()").unwrap();
    assert_eq!(saved, JUPYTER.replace("asyncio.run(main())", "await main()"));
    let saved = save(&ipynb(JUPYTER), 2, "a\n\nb").unwrap();
    let list = "\"source\": [\n    \"a\\n\",\n    \"\\n\",\n    \"b\"\n   ]";
    assert_eq!(saved, JUPYTER.replace("\"source\": []", list));
    let saved = save(&ipynb(JUPYTER), 0, "").unwrap();
    assert!(saved.contains("\"metadata\": {},\n   \"source\": []\n  },\n  {"), "{saved}");
}

#[test]
fn each_cell_keeps_its_own_style() {
    check(r#""a\nb""#, "a\nc\nd", r#""a\nc\nd""#);
    check(r#"["a\r\n", "b"]"#, "a\nc\nd", r#"["a\r\n", "c\r\n", "d"]"#);
    check(r#"["caf\u00e9\n", "b"]"#, "café\nthé", r#"["caf\u00e9\n", "th\u00e9"]"#);
    check(r#"["a\u003cb\n", "b"]"#, "a<b\nc>d", r#"["a\u003cb\n", "c\u003ed"]"#);
    check(r#"["café\n", "\u00e9"]"#, "café\né", r#"["café\n", "\u00e9"]"#);
    check("[]", "a\nb", r#"["a\n", "b"]"#);
}

const ODD_TEXTS: [&str; 6] =
    ["x", "x\ny\nz", "", "\n\nx", "é \u{0} \u{1b}[0m \u{202e} 😀 <&>", "\\\"'/\u{7f}"];

#[test]
fn every_kind_of_file_takes_an_edit_and_gives_it_back() {
    let crlf = JUPYTER.replace('\n', "\r\n");
    let mut files = vec![JUPYTER.to_owned(), crlf, format!("\u{feff}{JUPYTER}")];
    files.push(JUPYTER.replace("\n ", "\n\t "));
    files.push(JUPYTER.split('\n').map(str::trim_start).collect());
    files.extend([r#""a\nb""#, r#"[ "a\n", "b" ]"#].map(one_cell));
    let escaped = JUPYTER.replace("text", r"th\u00e9").replace("main()", r"caf\u00e9");
    files.push(escaped.replace(r"\n", r"\r\n"));
    let scripts = ["# %%\na\n\n# %%\nb\n", "#%%\r\na\r\n#%%\r\nb", "\u{feff}x\n# In[1]:\n\n\ny\n"];
    for file in files.iter().map(String::as_str).chain(scripts) {
        let notebook = parse("", file).unwrap();
        for cell in notebook.cells.iter().filter(|cell| !cell.source.is_empty()) {
            for new in ODD_TEXTS {
                let saved = save(&notebook, cell.index.0, new).unwrap();
                let again = notebook.reload(saved).unwrap();
                for (old, found) in notebook.cells.iter().zip(&again.cells) {
                    let expected = if old.index == cell.index { new } else { &old.source };
                    assert_eq!(found.source, expected, "{file}");
                }
                let back = save(&again, cell.index.0, &cell.source).unwrap();
                // Emptied, a list or a cell of a script no longer tells where it had blanks.
                assert!(new.is_empty() || back == file, "{new:?}: {back}");
            }
        }
    }
}

#[test]
fn a_lone_surrogate_is_shown_and_kept_and_never_lost() {
    let notebook = ipynb(&one_cell(r#"["a\ud800\n", "b"]"#));
    assert_eq!(notebook.cells.first().map(|cell| &*cell.source), Some("a\u{fffd}\nb"));
    let kept = one_cell(r#"["a\ud800\n", "c"]"#);
    assert_eq!(save(&notebook, 0, "a\u{fffd}\nc"), Ok(kept));
    let lost = SaveError::LoneSurrogate { cell: CellIndex(0), line: 1 };
    assert_eq!(save(&notebook, 0, "A\u{fffd}\nb"), Err(lost));
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    let file = r#"{"cells": [], "nbformat": 3, "nbformat": 4, "cells":
        [{"source": "x", "cell_type": "raw", "source": "y", "cell_type": "code"}]}"#;
    let notebook = ipynb(file);
    assert_eq!(notebook.cells.first().map(|cell| &*cell.source), Some("y"));
    assert!(
        save(&notebook, 0, "z")
            .unwrap()
            .contains(r#""source": "x", "cell_type": "raw", "source": "z""#)
    );
}

#[test]
fn old_formats_are_read_and_not_written() {
    let file = r#"{"metadata": {"name": ""}, "nbformat": 3, "worksheets": [
      {"cells": [{"cell_type": "heading", "level": 1, "source": ["T"]}]},
      {"cells": [{"cell_type": "code", "language": "python", "prompt_number": 2,
        "input": ["x\n", "y"], "outputs": [{"output_type": "pyout", "text": ["1"]}]}]}]}"#;
    let notebook = ipynb(file);
    let sources: Vec<&str> = notebook.cells.iter().map(|cell| &*cell.source).collect();
    assert_eq!(sources, ["T", "x\ny"]);
    assert_eq!(notebook.read_only(), Some(ReadOnly::OldFormat { major: 3 }));
    assert_eq!(notebook.outputs(CellIndex(1)).len(), 1);
    assert_eq!(save(&notebook, 1, "x\ny"), Ok(file.to_owned()));
    let refused = SaveError::ReadOnly(ReadOnly::OldFormat { major: 3 });
    assert_eq!(save(&notebook, 1, "z"), Err(refused));
}

#[test]
fn files_that_are_no_notebooks_say_what_and_where() {
    assert_eq!(error(b"{\n\xff".as_slice()), "not UTF-8 at byte 2 (line 2)");
    assert_eq!(error(""), "not JSON: the text ends too early at line 1, column 1 (byte 0)");
    assert_eq!(error("[]"), "not a notebook: the file holds no JSON object at line 1");
    assert_eq!(error("{\"cells\": []}"), "not a notebook: there is no nbformat number at line 1");
    assert_eq!(error("{\"nbformat\": 4}"), "not a notebook: there is no list of cells at line 1");
    let five = "{\"cells\": [], \"nbformat\": 5}";
    assert_eq!(error(five), "nbformat 5 is not known, only 4 (and 2 and 3 to read)");
    let shape = "not a notebook: a source is neither text nor lines of text at line 1 (cell 1)";
    assert_eq!(error(one_cell("3")), shape);
    assert_eq!(error(one_cell("[\"a\", 3]")), shape);
    let json = "not JSON: expected ',' or '}' at line 1, column 48 (byte 47, cell 1)";
    assert_eq!(error(one_cell("\"a\" 3")), json);
    assert_eq!(
        error("{\"cells\": [\n3], \"nbformat\": 4}"),
        "not a notebook: a cell is no object at line 2 (cell 1)"
    );
}

#[test]
fn a_cell_without_a_source_is_empty_and_stays_so() {
    let file = r#"{"cells": [{"cell_type": "code"}, {"source": null}], "nbformat": 4}"#;
    let notebook = ipynb(file);
    assert_eq!(save(&notebook, 0, ""), Ok(file.to_owned()));
    for cell in [0, 1] {
        let cell_index = CellIndex(cell);
        assert_eq!(save(&notebook, cell, "x"), Err(SaveError::NoSource { cell: cell_index }));
    }
    assert_eq!(save(&notebook, 2, ""), Err(SaveError::NoCell { cell: CellIndex(2) }));
}

#[test]
fn several_cells_are_saved_at_once_each_at_most_once() {
    let notebook = parse_script("# %%\na\n# %%\nb\n").unwrap();
    let change = |cell, text: &str| (CellIndex(cell), text.to_owned());
    let saved = notebook.save(&[change(2, "B"), change(1, "A\r\nA\n")]);
    assert_eq!(saved.as_deref(), Ok("# %%\nA\nA\n# %%\nB\n".as_bytes()));
    let twice = notebook.save(&[change(1, "x"), change(1, "y")]);
    assert_eq!(twice, Err(SaveError::Twice { cell: CellIndex(1) }));
}

#[test]
fn a_script_s_cell_stays_apart_from_the_markers_around_it() {
    let saved = |file: &str, cell, source: &str| save(&parse_script(file).unwrap(), cell, source);
    let ok = |text: &str| Ok(text.to_owned());
    assert_eq!(saved("# %%\n# %%", 1, "a"), ok("# %%\na\n# %%"));
    assert_eq!(saved("# %%\n# %%", 2, "a"), ok("# %%\n# %%\na"));
    assert_eq!(saved("# %%\n# %%", 0, "a"), ok("a\n# %%\n# %%"));
    assert_eq!(saved("#%%\r\na", 1, "b\nc"), ok("#%%\r\nb\r\nc"));
    assert_eq!(saved("# %%\na\n\n\n# %%", 1, "b\n"), ok("# %%\nb\n\n\n# %%"));
    assert_eq!(saved("# %%\na\r\nb\n", 1, "a\nx"), ok("# %%\na\r\nx\n"));
}

#[test]
fn text_that_would_divide_or_join_cells_is_refused() {
    let notebook = parse_script("# %%\na\n# %%\nb\n# %%\nx = '''\n# %%\n'''\n").unwrap();
    let cell = CellIndex(1);
    assert_eq!(save(&notebook, 1, "a\n# %%"), Err(SaveError::Marker { cell, line: 2 }));
    assert_eq!(save(&notebook, 1, "a = '''"), Err(SaveError::Unfaithful { cell }));
    assert!(save(&notebook, 1, "a = '''\n# %%\n'''").is_ok());
}

#[test]
fn more_code_than_anybody_writes_is_not_read() {
    let line = "x = 1\\n".repeat(3 << 19);
    let cell = |kind: &str, more: &str| {
        format!(r#"{{"cell_type": "{kind}", "metadata": {{}}, "source": "{line}"{more}}}"#)
    };
    let code = cell("code", r#", "outputs": [], "execution_count": null"#);
    let whole = |cells: &[String]| {
        let cells = cells.join(", ");
        parse_ipynb(format!(
            r#"{{"cells": [{cells}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 4}}"#
        ))
    };
    let text = cell("markdown", "");
    assert!(whole(&[code.clone(), text.clone(), text]).is_ok());
    let refused = NotebookError::TooMuchCode { cell: CellIndex(1), most: 16 << 20 };
    assert_eq!(whole(&[code.clone(), code]).unwrap_err(), refused);
}
