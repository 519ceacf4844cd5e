//! What is settled beside a notebook: the place where it runs, the rules that count, tables.

use std::sync::Arc;

use super::Selection;
use crate::environment::{Environment, Host, RequiredPython};
use crate::knowledge::Tables;

/// What a project or a reader has settled. The default settles nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// What somebody wants to hear of.
    pub selection: Selection,
    /// The place where the cells run, when somebody knows better than the file.
    pub host: Option<Host>,
    /// The Python that the project asks for: it counts where the notebook names none.
    pub python: Option<RequiredPython>,
    /// The program's tables with the project's own entries.
    pub tables: Option<Arc<Tables>>,
}

impl Settings {
    /// The tables that count, where `own` are the program's.
    pub fn tables<'a>(&'a self, own: &'a Tables) -> &'a Tables {
        self.tables.as_deref().unwrap_or(own)
    }

    /// The environment that counts, where the notebook tells of `guessed`.
    pub fn environment(&self, guessed: Environment) -> Environment {
        Environment {
            host: self.host.unwrap_or(guessed.host),
            python: guessed.python.or(self.python),
            ..guessed
        }
    }
}
