//! What ignore files leave out of a walk. They are read here and not by the walker, which would wait
//! for a pipe of such a name.

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};
use ignore::{DirEntry, Match};

use super::door::{self, ReadError, SETTINGS};

/// What is left out below a folder.
#[derive(Debug)]
pub struct Ignored {
    /// As it was named, and as it is.
    top: (PathBuf, PathBuf),
    /// The user's own, for all folders.
    everywhere: Gitignore,
    folders: Mutex<HashMap<PathBuf, Arc<Level>>>,
    troubles: Mutex<Vec<(PathBuf, ReadError)>>,
}

/// What the ignore files of one folder say.
#[derive(Debug)]
struct Level {
    /// Those of one kind go before the next kind's, whatever the folder: `.ignore`, `.gitignore`,
    /// what Git excludes in this repository alone.
    kinds: [Gitignore; 3],
    above: Option<Arc<Level>>,
}

impl Ignored {
    /// What counts below `folder`. The files above it count too.
    pub fn below(folder: &Path) -> Self {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let troubles = Mutex::default();
        let everywhere = everywhere().unwrap_or_else(Gitignore::empty);
        Self { top: (folder.to_owned(), real), everywhere, folders: Mutex::default(), troubles }
    }

    /// Whether an entry of the walk is left out. What ignore files do not speak of is when it is
    /// hidden.
    pub fn holds(&self, entry: &DirEntry) -> bool {
        let (named, real) = &self.top;
        let Ok(below) = entry.path().strip_prefix(named) else { return false };
        let path = real.join(below);
        if entry.depth() == 0 {
            return false;
        }
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        match self.said(&path, is_folder) {
            Some(is_left_out) => is_left_out,
            None => entry.file_name().as_encoded_bytes().starts_with(b"."),
        }
    }

    /// The ignore files that could not be read, as they would be named, and why.
    pub fn troubles(&self) -> Vec<(PathBuf, ReadError)> {
        std::mem::take(&mut self.troubles.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the ignore files say of a path.
    fn said(&self, path: &Path, is_folder: bool) -> Option<bool> {
        let nearest = self.level(path.parent()?);
        let levels = || std::iter::successors(Some(&nearest), |level| level.above.as_ref());
        let mut kinds = (0..3).filter_map(|kind| {
            let mut rules = levels().filter_map(|level| level.kinds.get(kind));
            rules.find_map(|rules| verdict(rules.matched(path, is_folder)))
        });
        let everywhere = || verdict(self.everywhere.matched(path, is_folder));
        kinds.next().or_else(everywhere)
    }

    /// What holds in a folder, each read once.
    fn level(&self, folder: &Path) -> Arc<Level> {
        let folders = || self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = folders().get(folder) {
            return Arc::clone(known);
        }
        let above = folder.parent().map(|parent| self.level(parent));
        let rules = |file: Option<PathBuf>| self.rules(folder, file);
        let kinds = [
            rules(Some(folder.join(".ignore"))),
            rules(Some(folder.join(".gitignore"))),
            rules(git_folder(&folder.join(".git")).map(|git| git.join("info/exclude"))),
        ];
        let level = Arc::new(Level { kinds, above });
        folders().insert(folder.to_owned(), Arc::clone(&level));
        level
    }

    /// The rules of a file for what lies in `folder`. Those that make no sense are passed over.
    fn rules(&self, folder: &Path, file: Option<PathBuf>) -> Gitignore {
        let Some(file) = file else { return Gitignore::empty() };
        match door::text(&file, SETTINGS) {
            Ok(text) => compiled(folder, &text),
            Err(error) if error.is_not_there() => Gitignore::empty(),
            Err(error) => {
                let (named, real) = &self.top;
                let shown = file.strip_prefix(real).map(|below| named.join(below));
                let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
                troubles.push((shown.unwrap_or(file), error));
                Gitignore::empty()
            }
        }
    }
}

fn verdict<T>(found: Match<T>) -> Option<bool> {
    match found {
        Match::None => None,
        Match::Ignore(_) => Some(true),
        Match::Whitelist(_) => Some(false),
    }
}

fn compiled(folder: &Path, text: &str) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    // Git takes no notice of a mark for the order of bytes.
    for line in text.trim_start_matches('\u{feff}').lines() {
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The folder in which Git keeps a repository. In a worktree of its own `.git` is a file.
///
/// Source: `gitrepository-layout(5)`, under `gitdir:` and `commondir`.
fn git_folder(git: &Path) -> Option<PathBuf> {
    if git.is_dir() {
        return Some(git.to_owned());
    }
    let line = |path: &Path| -> Option<String> {
        Some(door::text(path, SETTINGS).ok()?.lines().next()?.to_owned())
    };
    let own = PathBuf::from(line(git)?.strip_prefix("gitdir: ")?);
    let common = line(&own.join("commondir"))?;
    Some(own.join(common))
}

/// What the user's Git leaves out everywhere, from the folder in which the program runs.
fn everywhere() -> Option<Gitignore> {
    // The crate reads these without looking what they are.
    let is_safe = |file: &PathBuf| match door::may_be_read(file, SETTINGS) {
        Ok(()) => true,
        Err(error) => error.is_not_there(),
    };
    if !git_settings().iter().all(is_safe) {
        return None;
    }
    let text = door::text(&gitconfig_excludes_path()?, SETTINGS).ok()?;
    Some(compiled(&env::current_dir().ok()?, &text))
}

/// Where Git's settings may stand. Source: `git-config(1)`, "FILES".
fn git_settings() -> Vec<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = set("HOME");
    let below_home = |path: &str| home.as_ref().map(|home| home.join(path));
    let shared = set("XDG_CONFIG_HOME").or_else(|| below_home(".config"));
    let own = shared.map(|folder| folder.join("git/config"));
    let system = set("GIT_CONFIG_SYSTEM").unwrap_or_else(|| PathBuf::from("/etc/gitconfig"));
    let named = [set("GIT_CONFIG_GLOBAL"), below_home(".gitconfig"), own, Some(system)];
    named.into_iter().flatten().collect()
}
