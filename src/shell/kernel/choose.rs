//! Chooses the kernel for a notebook, and says why that one.

use std::path::Path;

use super::find::{Candidate, Kernels, Origin, named};
use crate::notebook::Kernel;

/// The name that the kernel of every environment has, so that it names none.
/// Source: `ipykernel.kernelspec.KERNEL_NAME`.
const GENERIC: [&str; 2] = ["python3", "python"];

/// What somebody wants.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// The name of a kernelspec.
    pub kernel: Option<&'a str>,
    /// The path of an interpreter, or of its environment's folder.
    pub python: Option<&'a Path>,
    /// What the notebook says.
    pub notebook: Option<&'a Kernel>,
}

/// The kernel that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub candidate: Candidate,
    pub reason: Reason,
}

/// Why a kernel was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Somebody named its interpreter.
    Python,
    /// Somebody named its kernelspec.
    Kernel,
    /// The notebook names its kernelspec.
    Notebook,
    /// It is the likeliest. The notebook may name a kernelspec that is not here.
    Likeliest { missing: Option<String> },
}

/// Why there is no kernel for a notebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The notebook is written in another language.
    Language(String),
    /// There is no kernelspec of that name; there are these.
    Unknown { name: String, known: Vec<String> },
    /// The one that was named cannot be used; it says why.
    Unusable(Box<Candidate>),
    /// None of those that were found can be used.
    Nothing,
}

/// Chooses. What somebody names comes first, then what the notebook names, then the likeliest.
///
/// # Errors
/// When what was named is not there or cannot be used, or nothing can be.
pub fn choose(kernels: &Kernels, wanted: Wanted<'_>) -> Result<Choice, Refusal> {
    if let Some(other) = wanted.notebook.filter(|kernel| !kernel.is_python()) {
        return Err(Refusal::Language(other.language.clone()));
    }
    if let Some(path) = wanted.python {
        return usable(named(path, &kernels.ground), Reason::Python);
    }
    if let Some(name) = wanted.kernel {
        let found = of_name(kernels, name).ok_or_else(|| {
            let mut known: Vec<String> =
                kernels.usable().filter_map(|it| it.kernelspec.clone()).collect();
            known.sort();
            known.dedup();
            Refusal::Unknown { name: name.to_owned(), known }
        })?;
        return usable(found.clone(), Reason::Kernel);
    }
    let name = wanted.notebook.and_then(|kernel| kernel.name.as_deref());
    let name = name.filter(|name| !GENERIC.contains(name));
    let by_name = name.and_then(|name| of_name(kernels, name));
    if let Some(found) = by_name.filter(|found| found.unusable.is_none()) {
        return Ok(Choice { candidate: found.clone(), reason: Reason::Notebook });
    }
    let likeliest = kernels.usable().next().cloned().ok_or(Refusal::Nothing)?;
    let reason = Reason::Likeliest { missing: name.map(str::to_owned) };
    Ok(Choice { candidate: likeliest, reason })
}

/// The kernelspec of a name: one of Jupyter's data folders before one of an environment, unless
/// every environment has the name. One that can be used comes before one that cannot.
fn of_name<'k>(kernels: &'k Kernels, name: &str) -> Option<&'k Candidate> {
    // Jupyter's names are the same in any case.
    let is_it = |it: &&Candidate| {
        it.kernelspec.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name))
    };
    let all = || kernels.candidates.iter().filter(is_it);
    let is_shared = |it: &&Candidate| it.origin == Origin::Kernelspec;
    let shared = all().find(is_shared).filter(|_| !GENERIC.contains(&name));
    shared
        .filter(|it| it.unusable.is_none())
        .or_else(|| all().find(|it| it.unusable.is_none()))
        .or_else(|| all().next())
}

fn usable(candidate: Candidate, reason: Reason) -> Result<Choice, Refusal> {
    match &candidate.unusable {
        Some(_) => Err(Refusal::Unusable(Box::new(candidate))),
        None => Ok(Choice { candidate, reason }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::kernel::Launch;
    use crate::shell::kernel::find::Unusable;
    use crate::transcript::Versions;

    fn candidate(origin: Origin, spec: Option<&str>) -> Candidate {
        Candidate {
            origin,
            place: Path::new("/").join(format!("{origin:?}")),
            kernelspec: spec.map(str::to_owned),
            versions: Versions::default(),
            unusable: None,
            is_found_here: false,
            launch: Launch::default(),
        }
    }

    fn kernels() -> Kernels {
        let broken =
            Candidate { unusable: Some(Unusable::NoIpykernel), ..candidate(Origin::Active, None) };
        let candidates = vec![
            broken,
            candidate(Origin::Beside, Some("python3")),
            candidate(Origin::Kernelspec, Some("python3")),
            candidate(Origin::Kernelspec, Some("lab")),
        ];
        Kernels { candidates, ..Kernels::default() }
    }

    fn chosen(kernel: Option<&str>, notebook: Option<&str>) -> (Origin, Option<String>, Reason) {
        let said = Kernel { name: notebook.map(str::to_owned), ..Kernel::default() };
        let wanted = Wanted { kernel, python: None, notebook: Some(&said) };
        let Choice { candidate, reason } = choose(&kernels(), wanted).unwrap();
        (candidate.origin, candidate.kernelspec, reason)
    }

    #[test]
    fn a_name_that_every_environment_has_names_none() {
        let likeliest = Reason::Likeliest { missing: None };
        let expected = (Origin::Beside, Some("python3".to_owned()), likeliest);
        assert_eq!(chosen(None, Some("python3")), expected);
    }

    #[test]
    fn what_somebody_names_comes_before_what_the_notebook_names() {
        let lab = (Origin::Kernelspec, Some("lab".to_owned()), Reason::Notebook);
        assert_eq!(chosen(None, Some("lab")), lab);
        let python3 = (Origin::Beside, Some("python3".to_owned()), Reason::Kernel);
        assert_eq!(chosen(Some("python3"), Some("lab")), python3);
    }

    #[test]
    fn a_kernel_that_is_not_here_is_told_and_another_taken() {
        let (origin, _, reason) = chosen(None, Some("gone"));
        assert_eq!(origin, Origin::Beside);
        assert_eq!(reason, Reason::Likeliest { missing: Some("gone".to_owned()) });
    }

    #[test]
    fn what_was_named_and_is_not_there_is_refused() {
        let wanted = Wanted { kernel: Some("gone"), ..Wanted::default() };
        let known = ["lab", "python3"].map(str::to_owned).to_vec();
        let expected = Refusal::Unknown { name: "gone".to_owned(), known };
        assert_eq!(choose(&kernels(), wanted), Err(expected));
        let nowhere = Path::new("/nowhere/python");
        let wanted = Wanted { python: Some(nowhere), ..Wanted::default() };
        let Err(Refusal::Unusable(refused)) = choose(&kernels(), wanted) else { panic!() };
        assert_eq!(refused.unusable, Some(Unusable::NoPython));
        assert_eq!(choose(&Kernels::default(), Wanted::default()), Err(Refusal::Nothing));
    }

    #[test]
    fn a_notebook_in_another_language_has_no_kernel() {
        let julia = Kernel { language: "julia".to_owned(), ..Kernel::default() };
        let wanted = Wanted { notebook: Some(&julia), ..Wanted::default() };
        assert_eq!(choose(&kernels(), wanted), Err(Refusal::Language("julia".to_owned())));
    }
}
