//! Cases: cells and what a kernel answers to them. Pages name the cases that show their claims.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::files::{self, ContentError, Source};

/// Cells that run in order in a fresh kernel, and what is known of the answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What pages name in `facts`.
    pub id: String,
    /// Modules that must be there to import; else the case is left out.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The Python versions for which it holds, as a version specifier.
    pub python: Option<String>,
    /// The same for ipykernel.
    pub ipykernel: Option<String>,
    pub cells: Vec<CaseCell>,
}

impl Case {
    /// Reads the text of a file of cases.
    ///
    /// # Errors
    /// The first place that is not what the format asks for.
    pub fn parse(text: &str) -> Result<Vec<Self>, serde_yaml::Error> {
        serde_yaml::from_str(text)
    }
}

/// One cell and its answer. What is not given is not compared. In texts `…` stands for anything.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseCell {
    pub code: String,
    /// The class of the error; without it the cell must succeed.
    pub error: Option<String>,
    /// The error's text.
    pub message: Option<String>,
    /// The result as `text/plain`.
    pub result: Option<String>,
    pub stdout: Option<String>,
    /// Each of these is part of stderr; none at all: stderr is empty.
    pub stderr: Option<Vec<String>>,
    /// It takes at most so much of another cell's time.
    pub faster: Option<Pace>,
    /// It takes at least so much of another cell's time.
    pub slower: Option<Pace>,
    pub seconds: Option<Seconds>,
}

/// A time by that of another cell.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// The other cell, from 1.
    pub than: usize,
    pub ratio: f64,
}

/// Bounds of a time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seconds {
    pub least: Option<f64>,
    pub most: Option<f64>,
}

/// Reads all files of cases; what is broken is reported and left out.
pub(super) fn read(sources: &BTreeMap<String, Source>) -> (Vec<Case>, Vec<ContentError>) {
    let (mut cases, mut errors) = (Vec::<Case>::new(), Vec::new());
    for source in sources.values() {
        let read = source.text().and_then(|text| {
            Case::parse(text).map_err(|error| files::yaml(&source.path, text, 0, &error))
        });
        match read {
            Ok(more) => cases.extend(more),
            Err(error) => errors.push(error),
        }
    }
    (cases, errors)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Shipped;
    use super::super::{Block, Knowledge, Language, PageKind};

    #[test]
    fn the_code_of_a_note_is_what_its_own_case_runs() {
        let knowledge = Knowledge::open(&Shipped);
        let own = |id: &String| knowledge.case(id).map(|case| (id.clone(), case));
        let mut blocks = 0;
        for (id, case) in knowledge.pages(PageKind::Note).filter_map(|page| own(&page.id)) {
            let page = knowledge.page(PageKind::Note, &id).expect("the page");
            for block in page.blocks(Language::En) {
                let Block::Code { language, text } = block else { continue };
                if language == "python" {
                    let runs = case.cells.iter().any(|cell| cell.code.contains(text.trim_end()));
                    assert!(runs, "{id} shows what its case does not run:\n{text}");
                    blocks += 1;
                }
            }
        }
        assert!(blocks > 30, "{blocks} blocks");
    }
}
