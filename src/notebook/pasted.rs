//! Pasted text: code without its prompts, a whole notebook, or a traceback that is a question.

use crate::notebook::{
    CellKind, Format, Notebook, compose, forms, looks_like_json, parse_ipynb, traceback,
};

/// What somebody pasted.
#[derive(Debug, Clone)]
pub enum Pasted {
    /// Code: one cell, or several where markers divide it. Or the JSON of an `.ipynb` file.
    Notebook(Notebook),
    /// An error message, with or without the traceback before it. `error` is the exception's name
    /// as it stands there, `message` the first line after it; `text` is all that was pasted.
    Traceback { error: String, message: String, text: String },
}

/// Reads pasted text. Prompts and the first line's indentation are removed as IPython does it.
/// Source: `leading_indent` and `PromptStripper` in
/// <https://github.com/ipython/ipython/blob/main/IPython/core/inputtransformer2.py>.
pub fn parse_pasted(text: &str) -> Pasted {
    if let Some((error, message)) = traceback::recognise(text) {
        return Pasted::Traceback { error, message, text: text.to_owned() };
    }
    if looks_like_json(text.as_bytes())
        && let Ok(notebook) = parse_ipynb(text)
    {
        return Pasted::Notebook(notebook);
    }
    // A whole file of a form that frames its cells; as text it would be something else.
    let format = forms::detect(None, text).ok().filter(|format| forms::has_frames(*format));
    match format {
        Some(format) => Pasted::Notebook(forms::read(text.to_owned(), format)),
        None => Pasted::Notebook(forms::read(without_prompts(text), Format::Pasted)),
    }
}

/// The texts of the code cells of pasted text that hold code, and not comments alone.
pub fn pasted_code(text: &str) -> Vec<String> {
    let Pasted::Notebook(notebook) = parse_pasted(text) else { return Vec::new() };
    let cells = notebook.cells.into_iter().filter(|cell| cell.kind == CellKind::Code);
    let is_code = |line: &str| !line.trim().is_empty() && !line.starts_with('#');
    cells.map(|cell| cell.source).filter(|source| source.lines().any(is_code)).collect()
}

fn without_prompts(text: &str) -> String {
    let text = compose::normalise(text);
    let lines = without_indent(&text);
    let lines = strip(lines, |line| prompt(line, &[">>>"]), |line| prompt(line, &[">>>", "..."]));
    strip(lines, ipython_prompt, ipython_prompt).concat()
}

/// The lines from the first that is not blank on, each without the indentation of that one.
pub(super) fn without_indent(text: &str) -> Vec<&str> {
    let lines = text.split_inclusive('\n').skip_while(|line| line.trim().is_empty());
    let first = lines.clone().next().unwrap_or_default();
    let body = first.trim_start_matches([' ', '\t']);
    let indent = first.strip_suffix(body).unwrap_or_default();
    lines.map(|line| line.strip_prefix(indent).unwrap_or(line)).collect()
}

/// Removes prompts from all lines if the first begins with an `initial` prompt, or the second
/// with any.
fn strip<'a>(
    lines: Vec<&'a str>,
    initial: impl Fn(&'a str) -> Option<&'a str>,
    any: impl Fn(&'a str) -> Option<&'a str>,
) -> Vec<&'a str> {
    let first = lines.first().is_some_and(|line| initial(line).is_some());
    if !first && lines.get(1).is_none_or(|line| any(line).is_none()) {
        return lines;
    }
    lines.into_iter().map(|line| any(line).unwrap_or(line)).collect()
}

/// The line after one of `signs`, which a blank or the line's end has to follow.
fn prompt<'a>(line: &'a str, signs: &[&str]) -> Option<&'a str> {
    let rest = signs.iter().find_map(|sign| line.strip_prefix(sign))?;
    match rest.strip_prefix(' ') {
        Some(code) => Some(code),
        None => matches!(rest, "" | "\n").then_some(rest),
    }
}

/// The line after `In [3]: ` (with vi's mode before it) or `   ...: `.
fn ipython_prompt(line: &str) -> Option<&str> {
    let modeless = line.strip_prefix("[nav]").or(line.strip_prefix("[ins]")).unwrap_or(line);
    let opened = modeless.strip_prefix(' ').unwrap_or(modeless).strip_prefix("In [");
    if let Some((count, rest)) = opened.and_then(|rest| rest.split_once("]:")) {
        let counts = !count.is_empty() && count.chars().all(|char| char.is_ascii_digit());
        // Terminals cut the blank off an empty line.
        let blank = rest.strip_prefix(' ').or_else(|| matches!(rest, "" | "\n").then_some(rest));
        return blank.filter(|_| counts);
    }
    let dots = line.trim_start_matches([' ', '\t']);
    let rest = dots.trim_start_matches('.');
    let rest = rest.strip_prefix(':').filter(|_| dots.len() - rest.len() >= 3)?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let Pasted::Notebook(notebook) = parse_pasted(text) else { panic!("a traceback: {text}") };
        let sources: Vec<&str> = notebook.cells.iter().map(|cell| &*cell.source).collect();
        assert_eq!(sources, expected, "{text}");
    }

    #[test]
    fn prompts_of_python_and_ipython_are_stripped() {
        check(">>> x = 1\n>>> if x:\n...     y\n...\n", &["x = 1\nif x:\n    y"]);
        check("In [3]: if x:\n   ...:     y\n   ...: \nIn [12]: z", &["if x:\n    y\n\nz"]);
        check("[ins] In [1]: x\r\n         ...: y", &["x\ny"]);
        check("  >>> x\n  >>> y\n", &["x\ny"]);
        check("In [3]:\nx = 1", &["\nx = 1"]);
    }

    #[test]
    fn code_that_looks_like_a_prompt_is_code() {
        check("x\n\n... # later\n", &["x\n\n... # later"]);
        check("...\nx", &["...\nx"]);
        check(">>>x", &[">>>x"]);
        check("In [x]: y", &["In [x]: y"]);
    }

    #[test]
    fn indentation_of_the_first_line_goes_everywhere() {
        check("\n    x = 1\n    if x:\n        y\nz\n", &["x = 1\nif x:\n    y\nz"]);
    }

    #[test]
    fn markers_divide_pasted_text() {
        check("# %%\nx\n\n# %% [markdown]\n# y", &["", "x", "# y"]);
        check("def f(): ...\n# %%\nf()", &["def f(): ...", "f()"]);
        check("", &[""]);
    }

    #[test]
    fn a_pasted_notebook_is_read_as_one() {
        let json = r#"{"cells": [{"cell_type": "code", "source": "x"}], "nbformat": 4}"#;
        check(json, &["x"]);
        check("{'a': 1}", &["{'a': 1}"]);
        check(r#"{"a": 1}"#, &[r#"{"a": 1}"#]);
    }
}
