//! The place where a notebook's cells run, as its metadata tells.

use memchr::memmem;

use crate::environment::{Environment, Host, PythonVersion};
use crate::notebook::{Flavour, Format, Notebook};

/// Guesses the environment of a notebook.
pub fn environment_of(notebook: &Notebook) -> Environment {
    Environment {
        host: host(notebook),
        python: notebook.kernel.version.as_deref().and_then(PythonVersion::parse),
        is_script: matches!(notebook.format, Format::Percent | Format::Script),
    }
}

/// Source: the metadata that Colab, Databricks, VS Code and JupyterLite's Pyodide kernel write; the
/// forms that belong to one program.
fn host(notebook: &Notebook) -> Host {
    match notebook.format {
        Format::Marimo | Format::Markdown(Flavour::Marimo) => return Host::Marimo,
        Format::Databricks => return Host::Databricks,
        _ => {}
    }
    let names = [notebook.kernel.name.as_deref(), notebook.kernel.display_name.as_deref()];
    let named =
        |word: &str| names.iter().flatten().any(|name| name.to_ascii_lowercase().contains(word));
    let holds = |words: &str| memmem::find(notebook.original(), words.as_bytes()).is_some();
    match () {
        () if named("pyodide") => Host::Pyodide,
        () if named("colab") || holds("\"colab\":") => Host::Colab,
        () if holds("application/vnd.databricks.v1") => Host::Databricks,
        () if holds("\"vscode\":") => Host::VsCode,
        () => Host::Jupyter,
    }
}
