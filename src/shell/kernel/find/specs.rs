//! Jupyter's kernelspecs.

use std::path::{Path, PathBuf};

use jupyter_protocol::JupyterKernelspec;
use jupyter_zmq_client::{KernelspecDir, list_kernelspec_names_at, read_kernelspec_jsons};

use super::{Candidate, NO_HISTORY, Origin, Unusable, World, versions};
use crate::notebook::is_python;
use crate::shell::kernel::launch::Launch;
use crate::transcript::Versions;

/// Adds the kernelspecs of Jupyter's data folders and of the environments. One that starts the
/// interpreter of a known candidate is a name for it.
pub fn add(world: &World, prefixes: &[PathBuf], candidates: &mut Vec<Candidate>) {
    let of_environments = prefixes.iter().map(|it| (it.join("share/jupyter"), Some(it.as_path())));
    let shared = data_folders(world).into_iter().map(|folder| (folder, None));
    for (folder, prefix) in of_environments.chain(shared) {
        let (specs, broken) = read(&folder);
        for spec in specs {
            let candidate = candidate(world, spec, prefix);
            let known = candidates.iter_mut().find(|known| known.is(&candidate));
            match known {
                Some(known) if known.kernelspec.is_none() && known.unusable.is_none() => {
                    known.kernelspec = candidate.kernelspec;
                    known.launch = candidate.launch;
                }
                Some(known) if known.kernelspec == candidate.kernelspec => {}
                // The first of a name is the one that Jupyter takes.
                _ => candidates.push(candidate),
            }
        }
        candidates.extend(broken.into_iter().map(|(name, place)| Candidate {
            kernelspec: Some(name),
            unusable: Some(Unusable::Unreadable),
            ..Candidate::empty(Origin::Kernelspec, &place)
        }));
    }
}

/// Jupyter's data folders, those of environments left out.
///
/// Source: `jupyter_core.paths.jupyter_path` and `jupyter_data_dir`.
fn data_folders(world: &World) -> Vec<PathBuf> {
    let mut folders = world.list("JUPYTER_PATH");
    let of_home = |path: &str| world.home().map(|home| home.join(path));
    let own = match () {
        () if cfg!(windows) => world.variable("APPDATA").map(|data| data.join("jupyter")),
        () if cfg!(target_os = "macos") => of_home("Library/Jupyter"),
        () => {
            let data = world.variable("XDG_DATA_HOME").or_else(|| of_home(".local/share"));
            data.map(|data| data.join("jupyter"))
        }
    };
    folders.extend(world.variable("JUPYTER_DATA_DIR").or(own));
    if cfg!(windows) {
        folders.extend(world.variable("PROGRAMDATA").map(|data| data.join("jupyter")));
    } else {
        folders.extend(["/usr/local/share/jupyter", "/usr/share/jupyter"].map(PathBuf::from));
    }
    folders
}

/// The kernelspecs of a data folder in order of their names, and those that make no sense.
fn read(folder: &Path) -> (Vec<KernelspecDir>, Vec<(String, PathBuf)>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let Ok(runtime) = runtime else { return (Vec::new(), Vec::new()) };
    runtime.block_on(async {
        let mut specs = read_kernelspec_jsons(folder).await;
        specs.sort_by(|a, b| a.kernel_name.cmp(&b.kernel_name));
        let mut broken = list_kernelspec_names_at(folder).await;
        broken.retain(|name| specs.iter().all(|spec| spec.kernel_name != *name));
        let place = |name: &String| folder.join("kernels").join(name);
        // A folder without the file is none of ours.
        broken.retain(|name| place(name).join("kernel.json").is_file());
        broken.sort();
        let broken = broken.into_iter().map(|name| (name.clone(), place(&name))).collect();
        (specs, broken)
    })
}

fn candidate(world: &World, found: KernelspecDir, prefix: Option<&Path>) -> Candidate {
    let KernelspecDir { kernel_name, path, kernelspec } = found;
    let mut candidate = Candidate::empty(Origin::Kernelspec, &path);
    candidate.kernelspec = Some(kernel_name);
    if !is_python(&kernelspec.language) {
        candidate.unusable = Some(Unusable::Language(kernelspec.language));
        return candidate;
    }
    let Some(program) = program(world, &kernelspec, prefix) else {
        candidate.unusable = Some(Unusable::NoPython);
        return candidate;
    };
    let is_ipykernel = kernelspec.argv.iter().any(|arg| arg.contains("ipykernel"));
    candidate.launch = launch(kernelspec, &path, &program, prefix, is_ipykernel);
    if is_ipykernel {
        match of_program(&program) {
            Some(versions) if versions.ipykernel.is_some() => candidate.versions = versions,
            Some(versions) => {
                candidate.versions = versions;
                candidate.unusable = Some(Unusable::NoIpykernel);
            }
            None => candidate.unusable = Some(Unusable::Silent),
        }
    }
    candidate
}

/// The interpreter that a kernelspec starts. A name without a folder is looked for in the
/// kernelspec's own environment first.
fn program(world: &World, spec: &JupyterKernelspec, prefix: Option<&Path>) -> Option<PathBuf> {
    let named = PathBuf::from(spec.argv.first()?);
    if named.components().count() > 1 {
        return named.is_file().then_some(named);
    }
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    let own = prefix.map(|prefix| prefix.join(bin).join(&named)).filter(|own| own.is_file());
    own.or_else(|| world.on_path(named.to_str()?))
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

fn of_program(program: &Path) -> Option<Versions> {
    let prefix = program.parent().and_then(Path::parent);
    let read = prefix.map(versions::read).filter(|read| read.ipykernel.is_some());
    read.or_else(|| versions::ask(program))
}
