//! Where environments are: active ones, those near a notebook, conda's, pyenv's.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::Origin;

/// Names by which people call an environment beside their notebooks.
const NAMES: [&str; 3] = [".venv", "venv", "env"];

/// What kernels are looked for with: the variables of the environment and the notebook's folder.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// The folder in which the notebook is.
    pub folder: PathBuf,
    variables: HashMap<OsString, OsString>,
}

/// What is near.
#[derive(Debug, Default)]
pub struct Places {
    /// The likeliest first.
    pub environments: Vec<(Origin, PathBuf)>,
    pub uv_project: Option<PathBuf>,
}

impl World {
    /// The world as it is around a folder.
    pub fn around(folder: &Path) -> Self {
        // A relative folder has no parents.
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        Self { folder, variables: env::vars_os().collect() }
    }

    /// A variable of the environment that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<PathBuf> {
        let value = self.variables.get(&OsString::from(name));
        value.filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// The folders that a variable lists.
    pub fn list(&self, name: &str) -> Vec<PathBuf> {
        self.variable(name).map_or_else(Vec::new, |list| env::split_paths(&list).collect())
    }

    /// A program of that name on `PATH`.
    pub fn on_path(&self, name: &str) -> Option<PathBuf> {
        let programs = self.list("PATH").into_iter().map(|folder| folder.join(name));
        programs.into_iter().find(|program| program.is_file())
    }

    pub fn home(&self) -> Option<PathBuf> {
        self.variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" })
    }

    /// A world with these variables alone.
    #[cfg(test)]
    pub fn made(folder: &Path, variables: &[(&str, &Path)]) -> Self {
        let pair = |(name, value): &(&str, &Path)| (OsString::from(name), value.as_os_str().into());
        Self { folder: folder.to_owned(), variables: variables.iter().map(pair).collect() }
    }
}

/// The environments to look at.
pub fn environments(world: &World) -> Places {
    let mut places = Places::default();
    let environments = &mut places.environments;
    environments.extend(world.variable("VIRTUAL_ENV").map(|prefix| (Origin::Active, prefix)));
    for folder in world.folder.ancestors() {
        let is_project = is_uv_project(folder);
        if is_project && places.uv_project.is_none() {
            places.uv_project = Some(folder.to_owned());
            let own = world.variable("UV_PROJECT_ENVIRONMENT");
            let own = folder.join(own.unwrap_or_else(|| PathBuf::from(".venv")));
            if own.is_dir() {
                environments.push((Origin::Uv, own));
            }
        }
        let near = NAMES.map(|name| folder.join(name)).into_iter();
        environments.extend(near.filter(|it| is_environment(it)).map(|it| (Origin::Beside, it)));
        // What stands above somebody's home is not theirs.
        if world.home().is_some_and(|home| home == folder) {
            break;
        }
    }
    environments.extend(world.variable("CONDA_PREFIX").map(|prefix| (Origin::Conda, prefix)));
    environments.extend(pyenv(world).map(|prefix| (Origin::Pyenv, prefix)));
    places
}

/// Whether a folder is an environment. Source: PEP 405 for `pyvenv.cfg`; conda keeps `conda-meta`.
pub fn is_environment(folder: &Path) -> bool {
    folder.join("pyvenv.cfg").is_file() || folder.join("conda-meta").is_dir()
}

/// The interpreter of an environment.
pub fn interpreter(prefix: &Path) -> Option<PathBuf> {
    let names: &[&str] = match cfg!(windows) {
        true => &["Scripts/python.exe", "python.exe"],
        false => &["bin/python", "bin/python3"],
    };
    names.iter().map(|name| prefix.join(name)).find(|path| path.is_file())
}

/// Source: uv writes `uv.lock` beside `pyproject.toml`, and reads `[tool.uv]` from the latter.
fn is_uv_project(folder: &Path) -> bool {
    let settings = || fs::read_to_string(folder.join("pyproject.toml")).unwrap_or_default();
    folder.join("uv.lock").is_file()
        || settings().lines().any(|line| {
            let line = line.trim();
            line.starts_with("[tool.uv]") || line.starts_with("[tool.uv.")
        })
}

/// The version that pyenv chooses. Source: pyenv's README, "Understanding Python version
/// selection".
fn pyenv(world: &World) -> Option<PathBuf> {
    let root = world
        .variable("PYENV_ROOT")
        .or_else(|| world.home().map(|home| home.join(".pyenv")))
        .filter(|root| root.join("versions").is_dir())?;
    let text = |path: PathBuf| fs::read_to_string(path).ok();
    let chosen = world
        .variable("PYENV_VERSION")
        .and_then(|version| version.to_str().map(str::to_owned))
        .or_else(|| world.folder.ancestors().find_map(|at| text(at.join(".python-version"))))
        .or_else(|| text(root.join("version")))?;
    let names = chosen.split([':', '\n']).map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| root.join("versions").join(name)).find(|prefix| prefix.is_dir())
}
