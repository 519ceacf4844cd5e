//! The ground on which a notebook lies: whoever made the notebook may have made what lies there
//! too, so that nothing of it is run before somebody has agreed.

use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use super::files::{first_line, text};
use super::places::{Places, World};
use super::{Origin, versions};

/// As many links as a path may go through; Linux allows the same.
const LINKS: usize = 40;

/// Folders of which somebody else may be the author.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ground {
    roots: Vec<PathBuf>,
    home: Option<PathBuf>,
}

impl Ground {
    /// The notebook's folder, its project, the working folder, the folders in which environments
    /// were found near by, and those that `PATH` names relative to where one works. Somebody's home
    /// and what is above it count only where the notebook itself lies there.
    pub fn around(world: &World, places: &Places) -> Self {
        let is_own = |folder: &Path| {
            world.home().is_some_and(|home| home.starts_with(folder)) || folder.parent().is_none()
        };
        let near = places.environments.iter();
        let near = near.filter(|(origin, _)| matches!(origin, Origin::Uv | Origin::Beside));
        let folders = [Some(world.here.clone()), places.project.clone()].into_iter().flatten();
        let folders = folders.chain(near.filter_map(|(_, env)| env.parent().map(Path::to_owned)));
        let mut roots: Vec<PathBuf> = folders.filter(|folder| !is_own(folder)).collect();
        roots.push(world.folder.clone());
        let relative = world.list("PATH").into_iter().filter(|folder| folder.is_relative());
        roots.extend(relative.map(|folder| world.here.join(folder)));
        let roots = roots.iter().flat_map(|root| [std::path::absolute(root), root.canonicalize()]);
        let mut roots: Vec<PathBuf> = roots.flatten().collect();
        roots.sort();
        roots.dedup();
        Self { roots, home: world.home() }
    }

    /// Whether a path lies on the ground, or leads over it by a link.
    pub fn holds(&self, path: &Path) -> bool {
        let is_here = |step: &PathBuf| self.roots.iter().any(|root| step.starts_with(root));
        !self.roots.is_empty() && trail(path).iter().any(is_here)
    }

    /// Whether running a program runs something that lies on the ground: itself, the interpreter
    /// that its first line names, or the Python that its environment was made of.
    pub fn holds_program(&self, program: &Path) -> bool {
        // Source: PEP 405: `pyvenv.cfg` lies beside the interpreter or one folder up.
        let homes = program.ancestors().skip(1).take(2).filter_map(|folder| {
            let config = text(&folder.join("pyvenv.cfg"))?;
            versions::value(&config, "home").map(PathBuf::from)
        });
        self.holds(program)
            || homes.into_iter().any(|home| self.holds(&home))
            || interpreter(program).is_some_and(|it| self.holds(&it))
    }

    /// Whether any part of a word is a path on the ground: one of the arguments of a kernelspec, or
    /// a value of its environment.
    pub fn is_in(&self, word: &str) -> bool {
        let parts = word.split(['=', ' ', if cfg!(windows) { ';' } else { ':' }]);
        parts.map(Path::new).any(|part| part.is_absolute() && self.holds(part))
    }

    /// Takes from the environment of a program that will run what would lead it here: Python's own
    /// variables and folders of `PATH`. A `python` may be a script, which looks for its programs.
    pub fn keep_off(&self, command: &mut Command) {
        for (name, value) in env::vars_os() {
            let is_pythons = name.to_string_lossy().starts_with("PYTHON");
            let mut parts = env::split_paths(&value);
            if is_pythons && parts.any(|part| !part.as_os_str().is_empty() && self.holds(&part)) {
                command.env_remove(name);
            }
        }
        if let Some(path) = env::var_os("PATH") {
            let folders = env::split_paths(&path);
            let folders = folders.filter(|it| it.is_absolute() && !self.holds(it));
            if let Ok(path) = env::join_paths(folders) {
                command.env("PATH", path);
            }
        }
    }

    /// Whether what a person has installed for themselves lies here.
    pub fn holds_home(&self) -> bool {
        self.home.as_deref().is_some_and(|home| self.holds(home))
    }
}

/// Every place that a path leads over: as it is written, at each link, and where it ends.
fn trail(path: &Path) -> Vec<PathBuf> {
    let Ok(path) = std::path::absolute(path) else { return Vec::new() };
    let mut trail = vec![path.clone()];
    trail.extend(path.canonicalize());
    let parts = |path: &Path| -> Vec<PathBuf> {
        path.components().rev().map(|part| Path::new(part.as_os_str()).to_owned()).collect()
    };
    // What is still to be walked, the next part last.
    let mut rest = parts(&path);
    let (mut at, mut links) = (PathBuf::new(), 0);
    while let Some(part) = rest.pop() {
        if part.components().next() == Some(Component::ParentDir) {
            at.pop();
            continue;
        }
        let next = at.join(&part);
        match fs::read_link(&next) {
            Ok(target) if links < LINKS => {
                links += 1;
                trail.push(next);
                rest.extend(parts(&target));
            }
            _ => at = next,
        }
    }
    trail.push(at);
    trail
}

/// The program that the first line of a script names.
fn interpreter(program: &Path) -> Option<PathBuf> {
    let line = first_line(program)?;
    line.strip_prefix("#!")?.split_whitespace().next().map(PathBuf::from)
}
