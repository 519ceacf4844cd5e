//! Finds the kernels of a machine that could run a notebook, and says why another could not.

mod files;
mod ground;
mod places;
mod specs;
mod versions;

use std::path::{Path, PathBuf};

use super::launch::Launch;
use crate::transcript::Versions;

pub use ground::Ground;
pub use places::World;

/// A kernel that could be, or a reason why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub origin: Origin,
    /// The environment's folder, the kernelspec's folder, or the interpreter.
    pub place: PathBuf,
    /// The name by which a kernelspec calls it.
    pub kernelspec: Option<String>,
    pub versions: Versions,
    pub unusable: Option<Unusable>,
    /// It lies where the notebook does, or something that lies there names it: whoever made the
    /// notebook may have made it. Its files were read; nothing of it was run.
    pub is_found_here: bool,
    /// How it is started, where it is usable.
    pub launch: Launch,
}

/// How a candidate came to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Somebody named its interpreter.
    Named,
    /// The environment that is active: `VIRTUAL_ENV`.
    Active,
    /// The environment of a uv project that the notebook is in.
    Uv,
    /// A folder such as `.venv` beside the notebook or above it.
    Beside,
    /// `CONDA_PREFIX`.
    Conda,
    /// The version that pyenv chooses in this folder.
    Pyenv,
    /// A kernelspec in one of Jupyter's data folders.
    Kernelspec,
    /// The first Python on `PATH`.
    Path,
}

/// Why a candidate cannot run a notebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// The interpreter is not there.
    NoPython,
    NoIpykernel,
    /// The kernelspec is for that language.
    Language(String),
    /// The kernelspec cannot be understood.
    Unreadable,
    /// The interpreter does not run, or not in time.
    Silent,
}

impl Origin {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Named => "named",
            Origin::Active => "active",
            Origin::Uv => "uv",
            Origin::Beside => "beside",
            Origin::Conda => "conda",
            Origin::Pyenv => "pyenv",
            Origin::Kernelspec => "kernelspec",
            Origin::Path => "path",
        }
    }
}

impl Unusable {
    /// The name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Unusable::NoPython => "no-python",
            Unusable::NoIpykernel => "no-ipykernel",
            Unusable::Language(_) => "language",
            Unusable::Unreadable => "unreadable",
            Unusable::Silent => "silent",
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kernels {
    /// The likeliest first.
    pub candidates: Vec<Candidate>,
    /// The uv project that the notebook is in, by its folder.
    pub uv_project: Option<PathBuf>,
    /// Where nothing is run before somebody has agreed.
    pub ground: Ground,
}

impl Kernels {
    /// Those that can run a notebook.
    pub fn usable(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().filter(|candidate| candidate.unusable.is_none())
    }

    /// Without those that lie where the notebook does; for those who run cells without asking.
    pub fn without_found_here(mut self) -> Self {
        self.candidates.retain(|candidate| !candidate.is_found_here);
        self
    }
}

/// Looks for kernels: environments that are active or near the notebook, Jupyter's kernelspecs,
/// and the first Python on `PATH`. Code is run only where files do not tell the versions, and none
/// that lies where the notebook does.
pub fn find(world: &World) -> Kernels {
    let places = places::environments(world);
    let ground = Ground::around(world, &places);
    let mut candidates: Vec<Candidate> = Vec::new();
    for (origin, prefix) in places.environments {
        if candidates.iter().all(|known| known.place != prefix) {
            candidates.push(environment(origin, &prefix, &ground));
        }
    }
    let mut on_path = on_path(world, &ground);
    on_path.retain(|found| candidates.iter().all(|known| !known.is(found)));
    let own = candidates.iter().map(|known| (known.place.clone(), known.is_found_here));
    let mut prefixes: Vec<(PathBuf, bool)> = own.collect();
    let prefix = |it: &Candidate| Some((it.prefix()?, it.is_found_here));
    prefixes.extend(on_path.iter().filter_map(prefix));
    specs::add(world, &ground, &prefixes, &mut candidates);
    candidates.extend(on_path);
    candidates.sort_by_key(|candidate| candidate.origin);
    Kernels { candidates, uv_project: places.uv_project, ground }
}

/// The candidate for an interpreter, or an environment's folder, that somebody named. That it lies
/// on the ground is known to whoever named it.
pub fn named(path: &Path, ground: &Ground) -> Candidate {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let found = match path.is_dir() {
        true => environment(Origin::Named, &path, ground),
        false => python(Origin::Named, &path, ground),
    };
    Candidate { is_found_here: false, ..found }
}

/// An environment by its folder.
fn environment(origin: Origin, prefix: &Path, ground: &Ground) -> Candidate {
    let is_near = matches!(origin, Origin::Uv | Origin::Beside);
    let empty = Candidate::empty(origin, prefix);
    let Some(interpreter) = places::interpreter(prefix) else {
        let is_found_here = is_near || ground.holds(prefix);
        return Candidate { unusable: Some(Unusable::NoPython), is_found_here, ..empty };
    };
    let is_found_here = is_near || ground.holds(prefix) || ground.holds_program(&interpreter);
    let versions = versions::read(prefix);
    let unusable = versions.ipykernel.is_none().then_some(Unusable::NoIpykernel);
    let launch = launch(&interpreter);
    Candidate { versions, unusable, is_found_here, launch, ..empty }
}

/// An interpreter by its path. One that lies on the ground is not asked unless somebody named it.
fn python(origin: Origin, path: &Path, ground: &Ground) -> Candidate {
    let empty = Candidate::empty(origin, path);
    if !path.is_file() {
        return Candidate { unusable: Some(Unusable::NoPython), ..empty };
    }
    let is_found_here = ground.holds_program(path);
    let may_ask = origin == Origin::Named || !is_found_here;
    let prefix = path.parent().and_then(Path::parent);
    let prefix = prefix.filter(|it| !may_ask || places::is_environment(it));
    let read = prefix.map(versions::read).filter(|read| !may_ask || read.ipykernel.is_some());
    let asked = || if may_ask { versions::ask(path, ground) } else { None };
    let Some(versions) = read.or_else(asked) else {
        return Candidate { unusable: Some(Unusable::Silent), is_found_here, ..empty };
    };
    let unusable = versions.ipykernel.is_none().then_some(Unusable::NoIpykernel);
    Candidate { versions, unusable, is_found_here, launch: launch(path), ..empty }
}

/// The first Python on `PATH`; where that lies on the ground also the first that does not.
fn on_path(world: &World, ground: &Ground) -> Vec<Candidate> {
    let names: &[&str] = if cfg!(windows) { &["python.exe"] } else { &["python3", "python"] };
    let mut found: Vec<PathBuf> = Vec::new();
    for program in names.iter().flat_map(|name| world.on_path(name)) {
        let is_last = !ground.holds_program(&program);
        if is_last || found.is_empty() {
            found.push(program);
        }
        if is_last {
            break;
        }
    }
    found.iter().map(|program| python(Origin::Path, program, ground)).collect()
}

/// How ipykernel is started. What the cells say is not written to IPython's history.
fn launch(interpreter: &Path) -> Launch {
    // The kernel runs in the notebook's folder, not in ours. A link is not followed: it tells the
    // interpreter which environment it is in.
    let interpreter = std::path::absolute(interpreter).unwrap_or_else(|_| interpreter.to_owned());
    let bin = interpreter.parent().map(Path::to_owned);
    let interpreter = interpreter.to_string_lossy().into_owned();
    let args = ["-m", "ipykernel_launcher", "-f", "{connection_file}", NO_HISTORY];
    let argv = std::iter::once(interpreter).chain(args.map(str::to_owned)).collect();
    Launch { argv, bin, interrupted_by_message: true, ..Launch::default() }
}

/// Source: IPython's `HistoryAccessor.hist_file`.
const NO_HISTORY: &str = "--HistoryManager.hist_file=:memory:";

impl Candidate {
    fn empty(origin: Origin, place: &Path) -> Self {
        Self {
            origin,
            place: place.to_owned(),
            kernelspec: None,
            versions: Versions::default(),
            unusable: None,
            is_found_here: false,
            launch: Launch::default(),
        }
    }

    /// The folder of the environment whose interpreter this is.
    fn prefix(&self) -> Option<PathBuf> {
        let program = self.launch.argv.first()?;
        Path::new(program).parent()?.parent().map(Path::to_owned)
    }

    /// Whether both are the same interpreter.
    fn is(&self, other: &Candidate) -> bool {
        let program = |it: &Candidate| {
            let path = PathBuf::from(it.launch.argv.first()?);
            // `python` and `python3` of one folder are one.
            path.parent().map(Path::to_owned)
        };
        program(self).is_some() && program(self) == program(other)
    }
}

#[cfg(test)]
mod tests;
