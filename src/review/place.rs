//! The place where a notebook's cells run, as its metadata tells.

use memchr::memmem;

use super::inline;
use crate::environment::{Environment, Host, PythonVersion, RequiredPython};
use crate::notebook::{Flavour, Format, Notebook};

/// Guesses the environment of a notebook.
pub fn environment_of(notebook: &Notebook) -> Environment {
    let ran = ran(notebook).map(RequiredPython::exactly);
    Environment {
        host: host(notebook),
        python: ran.or_else(|| inline::python(notebook)),
        is_script: matches!(notebook.format, Format::Percent | Format::Script),
        windows_loop: None,
    }
}

/// The Python of the kernel that last ran it.
fn ran(notebook: &Notebook) -> Option<PythonVersion> {
    notebook.kernel.version.as_deref().and_then(PythonVersion::parse)
}

/// Source: the metadata that Colab, Databricks, Kaggle, VS Code and JupyterLite's Pyodide kernel
/// write; the names of SageMaker Studio's kernels; the forms that belong to one program.
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
        () if named("sagemaker") => Host::SageMaker,
        () if holds("\"kaggle\":") => Host::Kaggle,
        () if named("colab") || holds("\"colab\":") => Host::Colab,
        () if holds("application/vnd.databricks.v1") => Host::Databricks,
        () if holds("\"vscode\":") => Host::VsCode,
        () => Host::Jupyter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::parse_ipynb;

    #[test]
    fn a_place_leaves_its_marks_in_the_metadata() {
        for (metadata, place) in [
            (r#"{"kaggle": {"accelerator": "none", "isGpuEnabled": false}}"#, Host::Kaggle),
            (
                r#"{"instance_type": "ml.t3.medium", "kernelspec": {"language": "python",
                "name": "python3__SAGEMAKER_INTERNAL__arn:aws:sagemaker:eu-west-1:1:image/a"}}"#,
                Host::SageMaker,
            ),
            (r#"{"colab": {"provenance": []}}"#, Host::Colab),
            (r#"{"kernelspec": {"name": "python3", "language": "python"}}"#, Host::Jupyter),
        ] {
            let source = r#"{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [],
                "execution_count": null, "source": "'{\"kaggle\": 1}'"}"#;
            let whole = format!(
                r#"{{"cells": [{source}], "metadata": {metadata}, "nbformat": 4, "nbformat_minor": 5}}"#
            );
            let notebook = parse_ipynb(whole).expect("a notebook");
            assert_eq!(environment_of(&notebook).host, place, "{metadata}");
        }
    }
}
