//! Over the corpus, where it is there: every repair leaves cells that read as Python, and no new
//! diagnostic behind.

use std::path::{Path, PathBuf};

use nbasync::diagnostic::{Applicability, Severity};
use nbasync::knowledge::Tables;
use nbasync::notebook::{self, Format};
use nbasync::review::{changed_sources, fixes, review};

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|end| end == "ipynb" || end == "py") {
            out.push(path);
        }
    }
}

fn tables() -> Tables {
    let read = |name: &str| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(root.join("content/tables").join(name)).expect("a table")
    };
    Tables::parse(|name| read(&format!("{name}.yaml"))).expect("valid tables")
}

#[test]
fn every_repair_of_the_corpus_reads_and_brings_nothing_new() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !folder.is_dir() {
        println!("skipped: no corpus beside the project");
        return;
    }
    let tables = tables();
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    paths.sort();
    let mut applied = 0;
    for path in paths {
        let name = path.to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).expect("a file");
        let Ok(before) = notebook::parse(&name, bytes) else { continue };
        if before.format == Format::Script {
            continue;
        }
        let first = review(&before, &tables);
        let chosen = fixes(&first.diagnostics, Applicability::Unsafe);
        applied += chosen.len();
        let edits: Vec<_> = chosen.iter().flat_map(|fix| fix.edits.clone()).collect();
        let Some(changes) = changed_sources(&before, &edits) else {
            panic!("{name}: overlapping edits")
        };
        if before.read_only().is_some() || changes.is_empty() {
            continue;
        }
        let saved = before.save(&changes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let after = before.reload(saved).unwrap_or_else(|error| panic!("{name}: {error}"));
        let second = review(&after, &tables);
        let fixed: Vec<&str> = chosen.iter().map(|fix| fix.pattern).collect();
        let count = |review: &nbasync::review::Review, least: Severity| {
            review.diagnostics.iter().filter(|it| it.severity >= least).count()
        };
        let [all, grave] = [Severity::Hint, Severity::Warning]
            .map(|least| (count(&first, least), count(&second, least)));
        assert!(all.1 < all.0, "{name}: {fixed:?}");
        assert!(grave.1 <= grave.0, "{name}: {fixed:?}");
        for (cell, source) in &changes {
            println!("--- {name} cell {}", cell.number());
            println!("{source}");
        }
    }
    println!("{applied} repairs");
}
