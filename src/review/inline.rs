//! What the block of metadata at the head of a `.py` file says of Python and of libraries.

use crate::environment::RequiredPython;
use crate::libraries::{By, Libraries, poetry, requirement};
use crate::notebook::{Format, Notebook};

/// The line that opens the block, and who says what stands in it.
const OPENS: &str = "# /// script";

/// The line that closes it.
const CLOSES: &str = "# ///";

/// The Python that the file asks for.
pub(super) fn python(notebook: &Notebook) -> Option<RequiredPython> {
    let block = block(notebook)?;
    let value = block.lines().find_map(|line| value_of(line, "requires-python"))?;
    poetry(strings(value).next()?, By::File(OPENS.to_owned()))?.python()
}

/// Takes in the versions of libraries that the file asks for: it counts before what lies beside it.
pub(super) fn libraries(notebook: &Notebook, known: &mut Libraries) {
    let Some(block) = block(notebook) else { return };
    let mut lines = block.lines();
    let Some(first) = lines.find_map(|line| value_of(line, "dependencies")) else { return };
    for line in std::iter::once(first).chain(lines) {
        let by = || By::File(OPENS.to_owned());
        for (package, said) in strings(line).filter_map(|it| requirement(it, by())) {
            if let Some(said) = said {
                known.replace(&package, said);
            }
        }
        if outside(line).contains(']') {
            return;
        }
    }
}

/// The TOML of the block, as marimo, uv and pipx read it.
///
/// Source: <https://packaging.python.org/en/latest/specifications/inline-script-metadata/>.
fn block(notebook: &Notebook) -> Option<String> {
    let is_py = matches!(
        notebook.format,
        Format::Marimo | Format::Percent | Format::Databricks | Format::Script
    );
    let text = std::str::from_utf8(notebook.original()).ok().filter(|_| is_py)?;
    let mut lines = text.lines().skip_while(|line| line.trim_end() != OPENS).skip(1);
    let mut block = String::new();
    loop {
        let line = lines.next()?.trim_end();
        if line == CLOSES {
            return Some(block);
        }
        block.push_str(line.strip_prefix('#')?);
        block.push('\n');
    }
}

fn value_of<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    line.trim_start().strip_prefix(key)?.trim_start().strip_prefix('=')
}

/// The parts of a line by its quotes: what stands outside of strings and what in them, in turns.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    let mut open = None;
    std::iter::from_fn(move || {
        let text = rest?;
        let is_end = |letter: char| match open {
            Some(quote) => letter == quote,
            None => matches!(letter, '"' | '\'' | '#'),
        };
        let Some((part, after)) = text.split_once(is_end) else {
            rest = None;
            return Some(text);
        };
        let end = text.get(part.len()..)?.chars().next();
        // What follows a `#` outside of strings is a comment.
        rest = Some(after).filter(|_| end != Some('#') || open.is_some());
        open = if open.is_some() { None } else { end };
        Some(part)
    })
}

fn strings(line: &str) -> impl Iterator<Item = &str> {
    parts(line).skip(1).step_by(2)
}

fn outside(line: &str) -> String {
    parts(line).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::parse;

    fn said(head: &str) -> (Option<u32>, Option<String>) {
        let text = format!(
            "{head}\nimport marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    return\n"
        );
        let notebook = parse("a.py", text).expect("a notebook");
        let mut known = Libraries::default();
        libraries(&notebook, &mut known);
        let version = known.of("openai").map(|said| said.text.clone());
        (python(&notebook).map(|it| it.oldest.minor), version)
    }

    #[test]
    fn the_head_of_a_file_says_what_it_needs() {
        let whole = "# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\n#     \"marimo\", # \"openai==9\"\n#     'openai[datalib]==0.28.1',\n# ]\n# ///\n";
        assert_eq!(said(whole), (Some(11), Some("0.28.1".to_owned())));
        let line = "# /// script\n# dependencies = [\"openai<1\", \"x\"] # done\n# other = [\"openai==2\"]\n# ///";
        assert_eq!(said(line), (None, Some("<1".to_owned())));
        assert_eq!(said(&whole.replace('\n', "\r\n")), (Some(11), Some("0.28.1".to_owned())));
    }

    #[test]
    fn what_is_no_block_says_nothing() {
        for head in [
            "",
            "# dependencies = [\"openai==1\"]",
            "# /// script\n# dependencies = [\"openai==1\"]",
            "# /// pyproject\n# dependencies = [\"openai==1\"]\n# ///",
            "# /// script\n# dependencies = [\"openai\"]\n# ///",
        ] {
            assert_eq!(said(head), (None, None), "{head}");
        }
    }
}
