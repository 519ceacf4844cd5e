//! The report of `kernels` for programs.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::shell::kernel::find::{Candidate, Kernels, Unusable};
use crate::shell::kernel::{Choice, Refusal};

/// What `kernels` prints.
#[derive(Debug, Serialize)]
pub struct Found {
    version: u32,
    kernels: Vec<Kernel>,
    /// The place of the kernel that would be taken.
    chosen: Option<String>,
    uv_project: Option<String>,
}

#[derive(Debug, Serialize)]
struct Kernel {
    place: String,
    origin: &'static str,
    kernelspec: Option<String>,
    python: Option<String>,
    ipykernel: Option<String>,
    ipython: Option<String>,
    usable: bool,
    /// Why it is not usable.
    reason: Option<&'static str>,
    /// Whether it may have been asked; not one that lies where the notebook does.
    tried: bool,
    command: Vec<String>,
    /// What the command gets in its environment.
    environment: Map<String, Value>,
}

/// The kernels as JSON has them.
pub fn kernels(kernels: &Kernels, chosen: &Result<Choice, Refusal>) -> Found {
    let place = |choice: &Choice| choice.candidate.place.display().to_string();
    Found {
        version: 1,
        kernels: kernels.candidates.iter().map(kernel).collect(),
        chosen: chosen.as_ref().ok().map(place),
        uv_project: kernels.uv_project.as_ref().map(|path| path.display().to_string()),
    }
}

fn kernel(candidate: &Candidate) -> Kernel {
    let Candidate { origin, place, kernelspec, versions, unusable, is_found_here, launch } =
        candidate;
    let environment = launch.env.iter().map(|(name, value)| (name.clone(), value.clone().into()));
    Kernel {
        place: place.display().to_string(),
        origin: origin.name(),
        kernelspec: kernelspec.clone(),
        python: versions.python.clone(),
        ipykernel: versions.ipykernel.clone(),
        ipython: versions.ipython.clone(),
        usable: unusable.is_none(),
        reason: unusable.as_ref().map(Unusable::name),
        tried: !is_found_here,
        command: launch.argv.clone(),
        environment: environment.collect(),
    }
}
