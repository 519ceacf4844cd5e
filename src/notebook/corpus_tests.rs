//! Promises that hold for every file of the corpus, and for damaged ones.
//!
//! The corpus is the folder that `NBASYNC_CORPUS` names, or `../shared/corpus` beside the crate.
//! Without one the tests say so on stderr and pass.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;

/// Every file of the corpus with its name and bytes, in order of names; empty without a corpus.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let root = std::env::var_os("NBASYNC_CORPUS").map_or_else(beside, PathBuf::from);
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".ipynb") || name.ends_with(".py") {
                files.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    if files.is_empty() {
        // Not `eprintln!`, which a passing test keeps to itself.
        writeln!(std::io::stderr(), "skipped: no corpus at {}", root.display()).unwrap();
    }
    files.sort();
    files
}

/// The notebooks of the corpus that can be read.
pub(crate) fn notebooks() -> impl Iterator<Item = (String, Notebook)> {
    let parsed = corpus().into_iter().map(|(name, bytes)| (parse(&name, bytes), name));
    parsed.filter_map(|(notebook, name)| Some((name, notebook.ok()?)))
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn joined(source: &Value) -> String {
    let lines = |lines: &Vec<Value>| lines.iter().filter_map(Value::as_str).collect::<String>();
    let text = source.as_array().map_or_else(|| source.as_str().unwrap_or_default().into(), lines);
    compose::normalise(&text).into_owned()
}

/// The bytes of both texts that are left when what they have in common at both ends is cut off.
fn middle<'a>(old: &'a [u8], new: &'a [u8]) -> (Range<usize>, &'a [u8]) {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let pairs = old[start..].iter().rev().zip(new[start..].iter().rev());
    let end = pairs.take_while(|(a, b)| a == b).count();
    (start..old.len() - end, &new[start..new.len() - end])
}

#[test]
fn a_save_without_changes_gives_the_same_bytes() {
    for (name, bytes) in corpus() {
        let Ok(notebook) = parse(&name, bytes.as_slice()) else { continue };
        let same: Vec<_> =
            notebook.cells.iter().map(|cell| (cell.index, cell.source.clone())).collect();
        assert!(notebook.save(&[]).unwrap() == bytes, "{name}");
        assert!(notebook.save(&same).unwrap() == bytes, "{name}");
    }
}

#[test]
fn only_files_that_are_no_json_or_no_notebook_are_refused() {
    let refused = |(name, bytes): (String, Vec<u8>)| {
        let error = parse(&name, bytes).err()?;
        Some((name.rsplit('/').next()?.to_owned(), error.to_string()))
    };
    let refused: Vec<_> = corpus().into_iter().filter_map(refused).collect();
    let expected = [(
        "gemini_google_adk_model_guardrails.ipynb",
        "not JSON: expected ',' or ']' at line 559, column 9 (byte 20589, cell 19)",
    )];
    let expected = expected.map(|(name, error)| (name.to_owned(), error.to_owned()));
    assert!(refused.is_empty() || refused == expected, "{refused:?}");
}

#[test]
fn sources_are_what_another_json_reader_reads() {
    for (name, notebook) in notebooks().filter(|(name, _)| name.ends_with(".ipynb")) {
        let Format::Ipynb { major: 4, .. } = notebook.format else { continue };
        let file = json(notebook.original());
        let cells = file["cells"].as_array().unwrap();
        assert_eq!(cells.len(), notebook.cells.len(), "{name}");
        for (value, cell) in cells.iter().zip(&notebook.cells) {
            assert_eq!(joined(&value["source"]), cell.source, "{name}");
            let raw = notebook.raw_source(cell.index).map(|raw| raw.text());
            assert_eq!(raw.unwrap_or_default(), cell.source, "{name}");
            let outputs = value["outputs"].as_array().map_or(0, Vec::len);
            assert_eq!(notebook.outputs(cell.index).len(), outputs, "{name}");
        }
    }
}

#[test]
fn a_comment_more_changes_that_cell_s_source_alone() {
    for (name, notebook) in notebooks().filter(|(_, notebook)| notebook.read_only().is_none()) {
        let is_json = matches!(notebook.format, Format::Ipynb { .. });
        // Large files have enough cells of a kind already.
        let cells = if notebook.original().len() > 40_000 { 3 } else { 1000 };
        for cell in notebook.cells.iter().filter(|cell| cell.kind == CellKind::Code).take(cells) {
            let source = format!("{}\n# é 😀 <b>\"\\", cell.source);
            let saved = notebook.save(&[(cell.index, source.clone())]).unwrap();
            let span = notebook.places[cell.index.0].source.clone().unwrap();
            let (before, after) =
                (&notebook.original()[..span.start], &notebook.original()[span.end..]);
            assert!(saved.starts_with(before) && saved.ends_with(after), "{name}");
            let (_, added) = middle(notebook.original(), &saved);
            assert!(added.len() < 90, "{name}: {}", String::from_utf8_lossy(added));
            if is_json {
                let mut expected = json(notebook.original());
                let mut found = json(&saved);
                let taken = found["cells"][cell.index.0]["source"].take();
                expected["cells"][cell.index.0]["source"].take();
                assert_eq!(joined(&taken), source, "{name}");
                assert!(found == expected, "{name}");
            }
        }
    }
}

#[test]
fn a_cell_more_and_then_less_gives_the_same_bytes() {
    for (name, notebook) in notebooks().filter(|(_, notebook)| notebook.read_only().is_none()) {
        if notebook.format == Format::Script {
            continue;
        }
        let source = "a = 'é'\nb\n".trim_end().to_owned();
        let new = NewCell { kind: CellKind::Code, source, id: Some("new-1".to_owned()) };
        for after in [0, notebook.cells.len() / 2, notebook.cells.len() - 1].map(CellIndex) {
            let longer = notebook.insert_after(Some(after), &new).unwrap();
            let longer = notebook.reload(longer).unwrap();
            assert_eq!(longer.cells[after.0 + 1].source, new.source, "{name}");
            let shorter = longer.delete(CellIndex(after.0 + 1)).unwrap();
            let (_, left) = middle(notebook.original(), &shorter);
            assert!(left.iter().all(u8::is_ascii_whitespace), "{name}");
            assert!(shorter.trim_ascii_end() == notebook.original().trim_ascii_end(), "{name}");
        }
    }
}

#[test]
fn scripts_of_the_corpus_are_told_from_modules() {
    for (name, notebook) in notebooks().filter(|(name, _)| name.ends_with(".py")) {
        let module = name.contains("AnswerDotAI__");
        assert_eq!(notebook.format == Format::Script, module, "{name}");
        assert!(module || notebook.cells.len() > 2, "{name}");
    }
}

#[test]
fn damaged_files_never_panic() {
    let mut random = 1_u32;
    let mut next = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        random as usize >> 8
    };
    for (name, bytes) in corpus().into_iter().filter(|(_, bytes)| bytes.len() < 8_000) {
        for length in (0..bytes.len()).step_by(97) {
            exercise(&name, bytes[..length].to_vec());
        }
        for _ in 0..40 {
            let mut bytes = bytes.clone();
            let at = next() % bytes.len();
            bytes[at] = b"\"\\[]{},:u0#%\n '\xff"[next() % 16];
            exercise(&name, bytes);
        }
    }
}

/// Uses all that a notebook offers, if the bytes are one.
fn exercise(name: &str, bytes: Vec<u8>) {
    let Ok(notebook) = parse(name, bytes.as_slice()) else { return };
    assert!(notebook.save(&[]).unwrap() == bytes, "{name}");
    for cell in &notebook.cells {
        notebook.outputs(cell.index);
        notebook.file_position(cell.index, cell.source.len() / 2);
        if let Ok(saved) = notebook.save(&[(cell.index, "x = '\n'".to_owned())]) {
            let again = notebook.reload(saved).unwrap();
            assert_eq!(again.cells[cell.index.0].source, "x = '\n'", "{name}");
        }
    }
}
