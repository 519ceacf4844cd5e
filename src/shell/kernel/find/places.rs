//! Where environments are: active ones, those near a notebook, conda's, pyenv's.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Origin;
use super::files::text;

/// Names by which people call an environment beside their notebooks.
const NAMES: [&str; 3] = [".venv", "venv", "env"];

/// What makes a folder the root of a project, the surest first: a repository, the lock of a
/// project's packages, its settings.
const ROOTS: [&[&str]; 3] = [
    &[".git", ".hg", ".jj"],
    &["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pixi.lock"],
    &["pyproject.toml", "setup.py", "setup.cfg", "nbasync.toml"],
];

/// What kernels are looked for with: the variables of the environment and the notebook's folder.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// The folder in which the notebook is.
    pub folder: PathBuf,
    /// The folder in which one works.
    pub here: PathBuf,
    variables: HashMap<OsString, OsString>,
}

/// What is near.
#[derive(Debug, Default)]
pub struct Places {
    /// The likeliest first.
    pub environments: Vec<(Origin, PathBuf)>,
    /// The root of the project that the notebook is in.
    pub project: Option<PathBuf>,
    pub uv_project: Option<PathBuf>,
}

impl World {
    /// The world as it is around a folder.
    pub fn around(folder: &Path) -> Self {
        // A relative folder has no parents.
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let here = env::current_dir().unwrap_or_else(|_| folder.clone());
        Self { folder, here, variables: env::vars_os().collect() }
    }

    /// A variable of the environment that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<PathBuf> {
        let value = self.variables.get(&OsString::from(name));
        value.filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// The folder that a variable names.
    pub fn place(&self, name: &str) -> Option<PathBuf> {
        self.variable(name).map(|folder| self.here.join(folder))
    }

    /// The folders that a variable lists.
    pub fn list(&self, name: &str) -> Vec<PathBuf> {
        self.variable(name).map_or_else(Vec::new, |list| env::split_paths(&list).collect())
    }

    /// The programs of that name on `PATH`, the one that counts first.
    pub fn on_path(&self, name: &str) -> impl Iterator<Item = PathBuf> {
        let folders = self.list("PATH").into_iter();
        let programs =
            folders.flat_map(move |it| std::path::absolute(self.here.join(it).join(name)));
        programs.filter(|program| program.is_file())
    }

    pub fn home(&self) -> Option<PathBuf> {
        self.variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" })
    }

    /// A world with these variables alone.
    #[cfg(test)]
    pub fn made(folder: &Path, variables: &[(&str, &Path)]) -> Self {
        let pair = |(name, value): &(&str, &Path)| (OsString::from(name), value.as_os_str().into());
        let variables = variables.iter().map(pair).collect();
        Self { folder: folder.to_owned(), here: folder.to_owned(), variables }
    }
}

/// The environments to look at.
pub fn environments(world: &World) -> Places {
    let mut places = Places { project: project(world), ..Places::default() };
    let environments = &mut places.environments;
    environments.extend(world.place("VIRTUAL_ENV").map(|prefix| (Origin::Active, prefix)));
    for folder in near(world, places.project.as_deref()) {
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
    }
    environments.extend(world.place("CONDA_PREFIX").map(|prefix| (Origin::Conda, prefix)));
    environments.extend(pyenv(world).map(|prefix| (Origin::Pyenv, prefix)));
    places
}

/// The notebook's folder and those above it up to somebody's home: what is above that is not theirs.
fn up_to_home(world: &World) -> impl Iterator<Item = &Path> {
    let home = world.home();
    let is_below = home.as_deref().is_some_and(|home| world.folder.starts_with(home));
    let theirs = move |folder: &&Path| {
        !is_below || home.as_deref().is_some_and(|home| folder.starts_with(home))
    };
    world.folder.ancestors().take_while(theirs)
}

/// The root of the project: the nearest folder that looks like the surest kind of one.
fn project(world: &World) -> Option<PathBuf> {
    let is_root =
        |folder: &Path, names: &[&str]| names.iter().any(|name| folder.join(name).exists());
    let nearest = |names| up_to_home(world).find(|folder| is_root(folder, names));
    ROOTS.into_iter().find_map(nearest).map(Path::to_owned)
}

/// The folders in which an environment would be the notebook's: up to the root of its project, else
/// to somebody's home or to the folder in which one works, where it lies in one of these.
fn near<'w>(world: &'w World, project: Option<&Path>) -> Vec<&'w Path> {
    let home = world.home();
    let is_in = |folder: &&Path| world.folder.starts_with(folder);
    let here = Some(world.here.as_path()).filter(is_in).filter(|it| it.parent().is_some());
    let ends = [project, home.as_deref().filter(is_in), here];
    let end = ends.into_iter().flatten().next().unwrap_or(&world.folder);
    up_to_home(world).take_while(|folder| folder.starts_with(end)).collect()
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
    let settings = || text(&folder.join("pyproject.toml")).unwrap_or_default();
    folder.join("uv.lock").is_file()
        || settings().lines().any(|line| {
            let line = line.trim();
            line.starts_with("[tool.uv]") || line.starts_with("[tool.uv.")
        })
}

/// The version that pyenv chooses. A name is one of a version: one that is a path, which a file in
/// anybody's folder may hold, names none.
///
/// Source: pyenv's README, "Understanding Python version selection".
fn pyenv(world: &World) -> Option<PathBuf> {
    let root = world
        .place("PYENV_ROOT")
        .or_else(|| world.home().map(|home| home.join(".pyenv")))
        .filter(|root| root.join("versions").is_dir())?;
    let chosen = world
        .variable("PYENV_VERSION")
        .and_then(|version| version.to_str().map(str::to_owned))
        .or_else(|| world.folder.ancestors().find_map(|at| text(&at.join(".python-version"))))
        .or_else(|| text(&root.join("version")))?;
    let names = chosen.split([':', '\n']).map(str::trim).filter(|name| is_version(name));
    names.map(|name| root.join("versions").join(name)).find(|prefix| prefix.is_dir())
}

fn is_version(name: &str) -> bool {
    let fits = |char: char| char.is_ascii_alphanumeric() || "._-+@".contains(char);
    !name.is_empty() && !name.starts_with('.') && name.chars().all(fits)
}
