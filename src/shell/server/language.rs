//! What an editor's name of a language makes of a text.

use crate::notebook::{self, Format, Notebook};

/// What the editor says that a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// It says nothing.
    Nothing,
    /// JSON, as an `.ipynb` file opened as text.
    Json,
    /// Python, whatever program wrote it.
    Python,
    /// Markdown, with the ending that files of that language have.
    Markdown(&'static str),
    Other,
}

impl Told {
    /// Reads the language of a text. The names are those of the protocol, of VS Code's extensions for
    /// Quarto, R Markdown and MyST, of Neovim's file types and of Emacs' modes.
    ///
    /// Source: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocumentItem>.
    fn of(language: &str) -> Self {
        let name = language.to_ascii_lowercase();
        match name.as_str() {
            "" | "plaintext" => Self::Nothing,
            "json" | "jsonc" | "ipynb" | "jupyter" | "notebook" => Self::Json,
            "markdown" | "gfm" | "pandoc" => Self::Markdown("md"),
            "myst" | "mystmd" => Self::Markdown("myst"),
            "quarto" | "qmd" => Self::Markdown("qmd"),
            "rmd" | "rmarkdown" => Self::Markdown("rmd"),
            "databricks" | "databricks-python" | "marimo" => Self::Python,
            name if notebook::is_python(name) => Self::Python,
            _ => Self::Other,
        }
    }
}

/// Reads a text as the notebook that it is, by what it holds and by its language. The name counts for
/// two things alone: Python without a cell in it, under a notebook's name, is a notebook's cells
/// joined, as jupyterlab-lsp sends them; and Markdown is Quarto's where its file's ending says so.
pub fn read(uri: &str, language: &str, text: &str) -> Option<Notebook> {
    let told = Told::of(language);
    let ending = uri.split(['?', '#']).next().and_then(|uri| uri.rsplit_once('.'));
    let ending = ending.map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match told {
        Told::Other => None,
        Told::Markdown(usual) => {
            let is_own = notebook::may_hold_cells(&format!("a.{ending}"));
            let ending = if is_own && usual == "md" { ending.as_str() } else { usual };
            notebook::parse(&format!("a.{ending}"), text).ok()
        }
        // A name without an extension leaves it to the text.
        Told::Json => {
            let read = notebook::parse("", text).ok()?;
            matches!(read.format, Format::Ipynb { .. }).then_some(read)
        }
        Told::Nothing => notebook::parse("", text).ok(),
        Told::Python => {
            let read = notebook::parse("", text).ok()?;
            match read.format {
                Format::Markdown(_) => notebook::parse_script(text).ok(),
                Format::Script if ending == "ipynb" => Some(notebook::parse_joined(text)),
                _ => Some(read),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::Flavour;

    const FENCED: &str = "# Title\n\n```{python}\nx = 1\n```\n";
    const CELLS: &str = "# %%\nx = 1\n# %%\ny = 2\n";

    fn format(uri: &str, language: &str, text: &str) -> Option<Format> {
        read(uri, language, text).map(|notebook| notebook.format)
    }

    #[test]
    fn markdown_is_a_notebook_where_it_has_cells() {
        let quarto = Some(Format::Markdown(Flavour::Quarto));
        for language in ["markdown", "Markdown", "quarto", "qmd", "rmd", "gfm"] {
            assert_eq!(format("file:///a", language, FENCED), quarto, "{language}");
        }
        let myst = "```{code-cell}\nx = 1\n```\n";
        assert_eq!(format("file:///a.md", "markdown", myst), Some(Format::Markdown(Flavour::Myst)));
        assert_eq!(format("file:///a.md", "myst", myst), Some(Format::Markdown(Flavour::Myst)));
    }

    #[test]
    fn markdown_without_cells_is_none_whatever_its_examples_hold() {
        for text in ["# Title\n\n```python\nasyncio.run(f())\n```\n", CELLS, "{\"a\": 1}", ""] {
            assert_eq!(format("file:///a.md", "markdown", text), None, "{text}");
        }
    }

    #[test]
    fn the_ending_of_a_file_that_an_editor_calls_markdown_counts() {
        let plain = "# Title\n\nNo cell yet.\n";
        let quarto = Some(Format::Markdown(Flavour::Quarto));
        assert_eq!(format("file:///a.qmd", "markdown", plain), quarto);
        assert_eq!(format("untitled:1", "quarto", plain), quarto);
        assert_eq!(format("file:///a.md?x=b.qmd", "markdown", plain), None);
    }

    #[test]
    fn a_databricks_file_is_one_under_either_name() {
        let text = "# Databricks notebook source\nx = 1\n\n# COMMAND ----------\n\ny = 2\n";
        for language in ["python", "databricks", "Python", "python3", ""] {
            assert_eq!(
                format("file:///a.py", language, text),
                Some(Format::Databricks),
                "{language}"
            );
        }
    }

    #[test]
    fn python_that_shows_fences_in_its_texts_stays_python() {
        let text = format!("# %%\ntext = \"\"\"\n{FENCED}\"\"\"\nprint(\n");
        assert_eq!(format("file:///a.py", "python", &text), Some(Format::Percent));
        assert_eq!(format("file:///a.py", "python", CELLS), Some(Format::Percent));
    }

    #[test]
    fn other_languages_are_left_alone() {
        for language in ["r", "julia", "sql", "rust", "typescript", "pythonic"] {
            assert_eq!(format("file:///a.py", language, CELLS), None, "{language}");
        }
    }
}
