//! Over the corpus, where it is there: every repair leaves cells that read as Python, and no new
//! diagnostic behind.

#[path = "common/corpus.rs"]
mod corpus_files;
#[path = "common/tables.rs"]
mod tables;

use nbasync::diagnostic::{Applicability, Severity};
use nbasync::notebook::{self, Format};
use nbasync::review::{changed_sources, fixes, review};

use corpus_files::{files, folder};
use tables::tables;

#[test]
fn every_repair_of_the_corpus_reads_and_brings_nothing_new() {
    let Some(folder) = folder() else { return };
    let tables = tables();
    let mut applied = 0;
    for path in files(&folder) {
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
        // In a cell that awaits now, its blocking calls are worth a hint.
        assert!(all.1 < all.0 || grave.1 < grave.0, "{name}: {fixed:?}");
        assert!(grave.1 <= grave.0, "{name}: {fixed:?}");
        for (cell, source) in &changes {
            println!("--- {name} cell {}", cell.number());
            println!("{source}");
        }
    }
    println!("{applied} repairs");
}
