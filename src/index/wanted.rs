//! The files that a cell asks for.

use crate::python::{Kind, Tree};

/// What one cell asks for by imports and by `%run`.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub modules: Box<[Box<str>]>,
    pub scripts: Box<[Box<str>]>,
}

impl Wanted {
    pub(super) fn of(tree: &Tree) -> Self {
        let (mut modules, mut scripts) = (Vec::new(), Vec::new());
        for node in tree.all() {
            match tree.kind(node) {
                Kind::Import { names } => {
                    modules.extend(names.iter().map(|name| tree.text(name.name).into()));
                }
                Kind::ImportFrom { module: Some(module), level: 0, names } => {
                    let module = tree.text(*module);
                    // `from package import module` may name a file as well.
                    let below = names.iter().map(|it| format!("{module}.{}", tree.text(it.name)));
                    modules.extend(below.map(Box::from));
                    modules.push(module.into());
                }
                Kind::Escape { sigil: '%', name } if tree.text(*name) == "run" => {
                    scripts.extend(script_of(tree.source_of(node)).map(Box::from));
                }
                _ => {}
            }
        }
        Self { modules: modules.into(), scripts: scripts.into() }
    }
}

/// The file that a `%run` line names; of one without an ending, IPython runs that of Python.
///
/// Source: `IPython/core/magics/execution.py`, `file_finder`; a kernel (ipykernel 7.4).
pub fn script_of(line: &str) -> Option<String> {
    let file = script_word(line)?.trim_matches(['"', '\'']);
    let has_ending = [".py", ".ipy", ".ipynb"].iter().any(|ending| file.ends_with(ending));
    Some(if has_ending { file.to_owned() } else { format!("{file}.py") })
}

/// The word of a `%run` line that names the file.
pub fn script_word(line: &str) -> Option<&str> {
    line.split_whitespace().skip(1).find(|word| !word.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_magic_names_its_script_past_its_options() {
        assert_eq!(script_of("%run -i job.py --fast"), Some("job.py".to_owned()));
    }
}
