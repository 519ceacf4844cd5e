//! What a kernel of Jupyter cannot run: cells that need the program to which they belong.

use super::Plan;
use crate::environment::{Environment, Host};
use crate::execution::Run;
use crate::notebook::{Format, Notebook};
use crate::python::{Kind, NameUse};
use crate::wording::{self, Wording};

/// Names that Databricks gives to every notebook.
///
/// Source: <https://docs.databricks.com/aws/en/notebooks/notebooks-code>.
const OF_DATABRICKS: [&str; 7] =
    ["dbutils", "displayHTML", "getArgument", "sc", "spark", "sqlContext", "table"];

/// Why a kernel of Jupyter cannot run what is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// marimo runs its cells itself, and by what they need.
    Marimo,
    /// A cell uses a name that only Databricks has.
    Databricks { name: &'static str },
}

impl Elsewhere {
    /// The key of the sentence about it in the interface, which has a place for `{name}`.
    pub fn key(&self) -> Wording {
        match self {
            Self::Marimo => wording::prove::elsewhere::MARIMO,
            Self::Databricks { .. } => wording::prove::elsewhere::DATABRICKS,
        }
    }

    /// What goes into the sentence.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Marimo => "marimo",
            Self::Databricks { name } => name,
        }
    }
}

/// Why the plan cannot be carried out in a kernel of Jupyter, if it cannot.
pub fn elsewhere(notebook: &Notebook, run: &Run<'_>, plan: &Plan) -> Option<Elsewhere> {
    if is_of_marimo(notebook, run.environment()) {
        return Some(Elsewhere::Marimo);
    }
    if notebook.format != Format::Databricks {
        return None;
    }
    let used = |name: &str| {
        run.global(name).is_empty()
            && plan.steps.iter().any(|step| {
                let tree = run.tree(run.key_of(step.cell));
                tree.all().any(|node| {
                    matches!(tree.kind(node), Kind::Name { used: NameUse::Load })
                        && tree.source_of(node) == name
                })
            })
    };
    let name = OF_DATABRICKS.into_iter().find(|name| used(name))?;
    Some(Elsewhere::Databricks { name })
}

/// Whether marimo alone runs the notebook.
pub fn is_of_marimo(notebook: &Notebook, environment: Environment) -> bool {
    environment.host == Host::Marimo && !matches!(notebook.format, Format::Ipynb { .. })
}
