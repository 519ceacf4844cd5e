//! Why nothing was extracted.

use std::collections::BTreeSet;

use super::Undecided;
use crate::diagnostic::Message;
use crate::notebook::SaveError;
use crate::rewrite::needs::Names;
use crate::text::CellIndex;
use crate::wording;

/// Why nothing can be moved. [`Refusal::message`] has the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The file is a script without cells.
    NoCells,
    /// The notebook's kernel runs another language.
    Language,
    Unknown {
        name: String,
        /// A name that is spelled much the same.
        near: Option<String>,
    },
    Several {
        name: String,
        cells: BTreeSet<CellIndex>,
    },
    /// Neither a function nor a class.
    NoHelper {
        name: String,
        cell: CellIndex,
    },
    /// Defined in a branch or by another function.
    Nested {
        name: String,
        cell: CellIndex,
    },
    Unreadable {
        cell: CellIndex,
    },
    /// There is a module of that name which the notebook imports.
    Shadow {
        module: String,
    },
    Undecided(Vec<Undecided>),
    /// The module has something else under this name.
    Clash {
        name: String,
        module: String,
    },
    /// The module is no Python; the line counts from 1.
    Module {
        module: String,
        line: usize,
    },
    /// The helpers need `from __future__ import …`, which would change what the module has.
    Future {
        module: String,
    },
    /// What came of the cell would be no Python. A fault of this program.
    Unfit {
        cell: CellIndex,
    },
    Save(SaveError),
}

impl Refusal {
    pub(super) fn unknown(name: &str, names: &Names) -> Self {
        let near = names.all().filter(|other| is_near(name, other)).min_by_key(|it| it.len());
        Self::Unknown { name: name.to_owned(), near: near.map(str::to_owned) }
    }

    /// The sentence that says it.
    pub fn message(&self) -> Message {
        let key = match self {
            Self::NoCells => wording::extract::refusal::NO_CELLS,
            Self::Language => wording::extract::refusal::LANGUAGE,
            Self::Unknown { near: None, .. } => wording::extract::refusal::UNKNOWN,
            Self::Unknown { .. } => wording::extract::refusal::UNKNOWN_NEAR,
            Self::Several { .. } => wording::extract::refusal::SEVERAL,
            Self::NoHelper { .. } => wording::extract::refusal::NO_HELPER,
            Self::Nested { .. } => wording::extract::refusal::NESTED,
            Self::Unreadable { .. } => wording::extract::refusal::UNREADABLE,
            Self::Shadow { .. } => wording::extract::refusal::SHADOW,
            Self::Undecided(_) => wording::extract::refusal::UNDECIDED,
            Self::Clash { .. } => wording::extract::refusal::CLASH,
            Self::Module { .. } => wording::extract::refusal::MODULE,
            Self::Future { .. } => wording::extract::refusal::FUTURE,
            Self::Unfit { .. } => wording::extract::refusal::UNFIT,
            Self::Save(error) => return error.message(),
        };
        self.fill(Message::says(key))
    }

    fn fill(&self, message: Message) -> Message {
        match self {
            Self::NoCells | Self::Language | Self::Undecided(_) | Self::Save(_) => message,
            Self::Unknown { name, near } => {
                message.with("name", name).with("near", near.as_deref().unwrap_or_default())
            }
            Self::Several { name, cells } => {
                message.with("name", name).with("cells", numbers(cells))
            }
            Self::NoHelper { name, cell } | Self::Nested { name, cell } => {
                message.with("name", name).at_cell(*cell)
            }
            Self::Unreadable { cell } | Self::Unfit { cell } => message.at_cell(*cell),
            Self::Shadow { module } | Self::Future { module } => message.with("module", module),
            Self::Clash { name, module } => message.with("name", name).with("module", module),
            Self::Module { module, line } => message.with("module", module).with("line", line),
        }
    }
}

/// Cells as people count them: `2, 5`.
pub fn numbers<'a>(cells: impl IntoIterator<Item = &'a CellIndex>) -> String {
    let numbers: Vec<String> = cells.into_iter().map(|cell| cell.number().to_string()).collect();
    numbers.join(", ")
}

/// Whether one is the other with a letter more, less or different, whatever the case.
fn is_near(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let same_start = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let rest = |text: &str| text.chars().skip(same_start).collect::<Vec<char>>();
    let (a, b) = (rest(&one), rest(&other));
    let without_first = |rest: &[char]| rest.get(1..).unwrap_or_default().to_vec();
    let close =
        without_first(&a) == without_first(&b) || without_first(&a) == b || a == without_first(&b);
    close && one.len() > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_near() {
        assert!(is_near("fetc", "fetch") && is_near("fetsh", "fetch") && is_near("Fetch", "fetch"));
        assert!(!is_near("parse", "fetch") && !is_near("a", "b"));
    }
}
