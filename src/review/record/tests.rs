//! A record has all its parts in both languages, and a notebook takes it as one cell.

use std::path::Path;

use jiff::civil::date;

use super::*;
use crate::notebook::{FreshCell, ipynb_of, parse_ipynb, parse_script};
use crate::review::review;

/// The content as it stands in the repository.
struct Disk;

impl crate::knowledge::Files for Disk {
    fn list(&self) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = vec!["content/interface.yaml".to_owned()];
        for folder in ["deviations", "mistakes", "tables"] {
            let folder = format!("content/{folder}");
            for entry in std::fs::read_dir(root.join(&folder)).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                found.push(format!("{folder}/{name}"));
            }
        }
        found
    }

    fn read(&self, path: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok().map(Into::into)
    }
}

const CELL: &str = "import asyncio\nasync def main(): ...\nasyncio.run(main())\n";

/// A notebook's record of a deviation with a reason.
fn write(id: &str, cells: &str, languages: &[Language], form: Form) -> String {
    let knowledge = Knowledge::open(&Disk);
    let notebook = parse_script(format!("# %%\n{cells}")).unwrap();
    let review = review(&notebook, &knowledge.tables);
    // A script's first cell is what stands before its first marker.
    let cell = Some(CellIndex(1));
    let problem = problem_of(&knowledge, &review, id, cell);
    let decided = date(2026, 1, 31);
    let page = knowledge.page(PageKind::Deviation, id).unwrap();
    let place = Place { notebook: &notebook, file: "etl.py", cell, problem };
    let reason = "  the vendor says\n2027 ";
    let it = Record { page, reason, decided, review: review_day(decided), place: Some(place) };
    record(&knowledge, languages, form, &it)
}

fn headings(text: &str) -> Vec<&str> {
    let mut in_code = false;
    let is_heading = |line: &&str| {
        in_code ^= line.starts_with("```");
        !in_code && line.starts_with('#')
    };
    text.lines().filter(is_heading).collect()
}

#[test]
fn a_record_has_all_its_parts() {
    let text = write("legacy-reentrant-code", CELL, &[Language::En], Form::File);
    let expected = [
        "# Deviation: Legacy code re-enters the loop",
        "## Context",
        "## Decision",
        "## Tradeoffs",
        "## Controls",
        "### Tests",
        "### Observability",
        "## Migration",
        "## Rollback",
        "## Review",
    ];
    assert_eq!(headings(&text)[1..], expected[1..], "{text}");
    assert!(headings(&text)[0].starts_with("# Deviation: "), "{text}");
    assert!(text.contains("Decided on 2026-01-31. To be looked at again by 2026-05-01."), "{text}");
    assert!(text.contains("cell 2 of `etl.py`:\n\n```python\nimport asyncio\n"), "{text}");
    assert!(text.contains("`asyncio-run-in-cell`"), "{text}");
    assert!(text.contains("In our own words: the vendor says 2027\n"), "{text}");
    assert!(text.contains("import nest_asyncio2"), "{text}");
}

#[test]
fn every_deviation_makes_a_record_in_both_languages_without_a_gap() {
    let knowledge = Knowledge::open(&Disk);
    for page in knowledge.pages(PageKind::Deviation) {
        for language in Language::ALL {
            let text = write(&page.id, CELL, &[language], Form::Cell);
            let found = headings(&text);
            assert_eq!(found.len(), 10, "{}: {text}", page.id);
            assert!(found[0].starts_with("### "), "{text}");
            // A heading with nothing under it but the next of its level.
            let empty = found
                .windows(2)
                .filter(|two| text.contains(&format!("{}\n\n{}\n", two[0], two[1])));
            assert_eq!(empty.count(), 1, "only the controls have parts: {text}");
            let mut keys = text.split("record.").skip(1);
            assert!(!keys.any(|rest| rest.starts_with(char::is_lowercase)), "{text}");
            assert!(!text.contains("]("), "{text}");
        }
    }
}

#[test]
fn both_languages_stand_one_after_the_other() {
    let text = write("exploration", "x = 1\n", &Language::ALL, Form::File);
    assert_eq!(headings(&text).len(), 20, "{text}");
    assert!(text.contains("\n\n---\n\n# 偏离默认做法："), "{text}");
    // Nothing is wrong with the cell, so no mistake is named.
    assert!(!text.contains("nbasync check"), "{text}");
}

#[test]
fn a_notebook_takes_the_record_as_one_cell_above_the_one_it_is_about() {
    let text = write("exploration", "x = '''\n```\n'''\n", &[Language::En], Form::Cell);
    let cell = |source: &str| FreshCell {
        kind: CellKind::Code,
        source: source.to_owned(),
        tags: Vec::new(),
    };
    let notebook = parse_ipynb(ipynb_of(&[cell("a"), cell("b")]).into_bytes()).unwrap();
    for (at, expected) in [(0, 0), (1, 1)] {
        let (after, place) = with_record(&notebook, CellIndex(at), &text).unwrap();
        assert_eq!((place, after.cells.len()), (CellIndex(expected), 3));
        assert_eq!(after.cells[expected].kind, CellKind::Markdown);
        assert_eq!(after.cells[expected].source, text.trim_end());
        let (again, _) = with_record(&after, CellIndex(at), &text).unwrap();
        assert_eq!(again.cells.len(), 4);
    }
    let script = parse_script("# %%\nx = 1\n# %%\ny = 2\n".to_owned()).unwrap();
    let (after, place) = with_record(&script, CellIndex(1), &text).unwrap();
    assert_eq!(
        (place, after.cells[1].source.lines().count()),
        (CellIndex(1), text.trim_end().lines().count())
    );
    let (_, place) = with_record(&script, CellIndex(0), &text).unwrap();
    assert_eq!(place, CellIndex(1));
}
