//! Jupyter's kernelspecs.

use std::path::{Path, PathBuf};

use jupyter_protocol::JupyterKernelspec;

use super::files::{entries, text};
use super::{Candidate, Ground, NO_HISTORY, Origin, Unusable, World, places, versions};
use crate::notebook::is_python;
use crate::shell::kernel::launch::Launch;
use crate::transcript::Versions;

/// A kernelspec: what its file says, if that makes sense.
struct Spec {
    name: String,
    folder: PathBuf,
    read: Option<JupyterKernelspec>,
}

/// Where a kernelspec is looked for.
#[derive(Clone, Copy)]
struct Place<'a> {
    world: &'a World,
    ground: &'a Ground,
    /// The environment that it is in.
    prefix: Option<&'a Path>,
    /// Whether that was found where the notebook lies.
    is_found_here: bool,
}

/// Adds the kernelspecs of Jupyter's data folders and of the environments. One that starts the
/// interpreter of a known candidate is a name for it.
pub fn add(
    world: &World,
    ground: &Ground,
    prefixes: &[(PathBuf, bool)],
    candidates: &mut Vec<Candidate>,
) {
    let shared = Place { world, ground, prefix: None, is_found_here: false };
    let of_environments = prefixes.iter().map(|(prefix, is_found_here)| {
        let place = Place { prefix: Some(prefix), is_found_here: *is_found_here, ..shared };
        (prefix.join("share/jupyter"), place)
    });
    let shared = data_folders(world).into_iter().map(|folder| (folder, shared));
    for (folder, place) in of_environments.chain(shared) {
        for spec in read(&folder) {
            let candidate = candidate(spec, place);
            let known = candidates.iter_mut().find(|known| known.is(&candidate));
            match known {
                // Nobody gives another one's kernel a name and arguments of their own.
                Some(known)
                    if known.kernelspec.is_none()
                        && known.unusable.is_none()
                        && candidate.unusable.is_none()
                        && known.is_found_here == candidate.is_found_here =>
                {
                    known.kernelspec = candidate.kernelspec;
                    known.launch = candidate.launch;
                }
                Some(known)
                    if known.kernelspec == candidate.kernelspec
                        && known.is_found_here == candidate.is_found_here => {}
                // The first of a name is the one that Jupyter takes.
                _ => candidates.push(candidate),
            }
        }
    }
}

/// Jupyter's data folders, those of environments left out.
///
/// Source: `jupyter_core.paths.jupyter_path` and `jupyter_data_dir`.
fn data_folders(world: &World) -> Vec<PathBuf> {
    let listed = world.list("JUPYTER_PATH").into_iter();
    let mut folders: Vec<PathBuf> = listed.map(|folder| world.here.join(folder)).collect();
    let of_home = |path: &str| world.home().map(|home| home.join(path));
    let own = match () {
        () if cfg!(windows) => world.variable("APPDATA").map(|data| data.join("jupyter")),
        () if cfg!(target_os = "macos") => of_home("Library/Jupyter"),
        () => {
            let data = world.place("XDG_DATA_HOME").or_else(|| of_home(".local/share"));
            data.map(|data| data.join("jupyter"))
        }
    };
    folders.extend(world.place("JUPYTER_DATA_DIR").or(own));
    if cfg!(windows) {
        folders.extend(world.variable("PROGRAMDATA").map(|data| data.join("jupyter")));
    } else {
        folders.extend(["/usr/local/share/jupyter", "/usr/share/jupyter"].map(PathBuf::from));
    }
    folders
}

/// The kernelspecs of a data folder in order of their names. A folder without the file is none.
fn read(folder: &Path) -> Vec<Spec> {
    let folder = folder.join("kernels");
    let spec = |name: String| {
        let folder = folder.join(&name);
        let file = folder.join("kernel.json");
        let read = || serde_json::from_str(&text(&file)?).ok();
        file.is_file().then(|| Spec { name, read: read(), folder })
    };
    entries(&folder).into_iter().filter_map(spec).collect()
}

fn candidate(spec: Spec, place: Place<'_>) -> Candidate {
    let Spec { name, folder, read } = spec;
    let mut candidate = Candidate::empty(Origin::Kernelspec, &folder);
    candidate.kernelspec = Some(name);
    candidate.is_found_here = place.is_found_here || place.ground.holds(&folder);
    let Some(kernelspec) = read else {
        candidate.unusable = Some(Unusable::Unreadable);
        return candidate;
    };
    if !is_python(&kernelspec.language) {
        candidate.unusable = Some(Unusable::Language(kernelspec.language));
        return candidate;
    }
    let Some(program) = program(&kernelspec, place) else {
        candidate.unusable = Some(Unusable::NoPython);
        return candidate;
    };
    let is_ipykernel = kernelspec.argv.iter().any(|arg| arg.contains("ipykernel"));
    candidate.launch = launch(kernelspec, &folder, &program, place.prefix, is_ipykernel);
    candidate.is_found_here |= leads_here(&program, &candidate.launch, place.ground);
    if is_ipykernel {
        let told = of_program(&program, place.ground, candidate.is_found_here);
        (candidate.versions, candidate.unusable) = told;
    }
    candidate
}

/// Whether starting a kernelspec runs something on the ground, or is told of something there.
fn leads_here(program: &Path, launch: &Launch, ground: &Ground) -> bool {
    let values = launch.env.iter().map(|(_, value)| value);
    let mut words = launch.argv.iter().skip(1).chain(values);
    ground.holds_program(program) || words.any(|word| ground.is_in(word))
}

/// The interpreter that a kernelspec starts. A name without a folder is looked for in the
/// kernelspec's own environment first.
fn program(spec: &JupyterKernelspec, place: Place<'_>) -> Option<PathBuf> {
    let Place { world, prefix, .. } = place;
    let named = PathBuf::from(spec.argv.first()?);
    if named.components().count() > 1 {
        // The kernel runs in the notebook's folder.
        let named = std::path::absolute(world.folder.join(named)).ok()?;
        return named.is_file().then_some(named);
    }
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    let own = prefix.map(|prefix| prefix.join(bin).join(&named)).filter(|own| own.is_file());
    own.or_else(|| world.on_path(named.to_str()?).next())
}

fn launch(
    spec: JupyterKernelspec,
    folder: &Path,
    program: &Path,
    prefix: Option<&Path>,
    is_ipykernel: bool,
) -> Launch {
    let resources = folder.to_string_lossy().into_owned();
    let prefix = prefix.map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    let fill = |arg: String| arg.replace("{resource_dir}", &resources).replace("{prefix}", &prefix);
    let mut argv: Vec<String> = vec![program.to_string_lossy().into_owned()];
    argv.extend(spec.argv.into_iter().skip(1).map(fill));
    argv.extend(is_ipykernel.then(|| NO_HISTORY.to_owned()));
    Launch {
        argv,
        env: spec.env.unwrap_or_default().into_iter().collect(),
        bin: program.parent().map(Path::to_owned),
        folder: None,
        interrupted_by_message: is_ipykernel
            || spec.interrupt_mode.is_some_and(|mode| mode == "message"),
    }
}

/// What an interpreter has: as its files say, else as it says itself, where it may be asked.
fn of_program(
    program: &Path,
    ground: &Ground,
    is_found_here: bool,
) -> (Versions, Option<Unusable>) {
    let prefix = program.parent().and_then(Path::parent);
    let read = prefix.map(versions::read).unwrap_or_default();
    let versions = match () {
        () if read.ipykernel.is_some() => read,
        // Its environment is all that it has; of anything else nobody knows before it runs.
        () if is_found_here && prefix.is_some_and(places::is_environment) => read,
        () if is_found_here || !is_python_by_name(program) => return (Versions::default(), None),
        () => match versions::ask(program, ground) {
            Some(versions) => versions,
            None => return (Versions::default(), Some(Unusable::Silent)),
        },
    };
    let unusable = versions.ipykernel.is_none().then_some(Unusable::NoIpykernel);
    (versions, unusable)
}

/// Whether a program is called as Pythons are: another one would take a question for something else.
fn is_python_by_name(program: &Path) -> bool {
    let name = program.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.starts_with("python") || name.starts_with("pypy")
}
