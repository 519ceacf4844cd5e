//! The place where a notebook's cells run, as its metadata tells.

use crate::environment::{Environment, Host, PythonVersion};
use crate::notebook::{Format, Notebook};

/// Guesses the environment of a notebook.
pub fn environment_of(notebook: &Notebook) -> Environment {
    let names = [notebook.kernel.name.as_deref(), notebook.kernel.display_name.as_deref()];
    let mentions =
        |word: &str| names.iter().flatten().any(|name| name.to_ascii_lowercase().contains(word));
    Environment {
        host: if mentions("colab") { Host::Colab } else { Host::Jupyter },
        python: notebook.kernel.version.as_deref().and_then(PythonVersion::parse),
        is_script: matches!(notebook.format, Format::Percent | Format::Script),
    }
}
