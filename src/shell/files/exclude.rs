//! Patterns of files to leave out, as in an ignore file.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Files to leave out below a folder.
#[derive(Debug, Clone)]
pub struct Exclude {
    folder: PathBuf,
    patterns: Gitignore,
}

impl Exclude {
    /// Reads patterns that stand in a file of `folder`.
    ///
    /// # Errors
    /// The number of the first pattern that makes no sense, from 0, and why.
    pub fn new(folder: &Path, patterns: &[&str]) -> Result<Self, (usize, String)> {
        let mut builder = GitignoreBuilder::new(folder);
        for (at, pattern) in patterns.iter().enumerate() {
            builder.add_line(None, pattern).map_err(|error| (at, error.to_string()))?;
        }
        let patterns = builder.build().map_err(|error| (0, error.to_string()))?;
        Ok(Self { folder: folder.to_owned(), patterns })
    }

    /// Whether the file at an absolute path is left out, or a folder that holds it.
    pub fn holds(&self, file: &Path) -> bool {
        let is_inside = file.starts_with(&self.folder);
        is_inside && self.patterns.matched_path_or_any_parents(file, false).is_ignore()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(patterns: &[&str], file: &str, expected: bool) {
        let exclude = Exclude::new(Path::new("/project"), patterns).unwrap();
        assert_eq!(exclude.holds(Path::new(file)), expected, "{patterns:?} {file}");
    }

    #[test]
    fn patterns_read_as_in_an_ignore_file() {
        check(&["old/"], "/project/old/deep/a.ipynb", true);
        check(&["old/"], "/project/new/a.ipynb", false);
        check(&["*_draft.ipynb"], "/project/x/a_draft.ipynb", true);
        check(&["/a.ipynb"], "/project/x/a.ipynb", false);
        check(&["**/x/*.py"], "/project/y/x/a.py", true);
        check(&["old/"], "/elsewhere/old/a.ipynb", false);
        assert_eq!(Exclude::new(Path::new("/p"), &["ok", "a{b"]).err().map(|it| it.0), Some(1));
    }
}
