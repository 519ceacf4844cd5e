//! The report of `kernels` for people, and why a notebook has no kernel.

use std::path::Path;

use super::{Paper, Tone, Voice};
use crate::diagnostic::Severity;
use crate::knowledge::Language;
use crate::shell::kernel::find::{Candidate, Kernels, Origin, Unusable};
use crate::shell::kernel::{Choice, Launch, Reason, Refusal};
use crate::wording::{self, Wording};

/// Each kernel with its place and versions, or why it cannot be used; then the one that would be
/// taken, or what to do.
pub fn kernels(
    paper: Paper,
    voice: Voice<'_>,
    kernels: &Kernels,
    chosen: &Result<Choice, Refusal>,
) -> String {
    let mut out = String::new();
    for candidate in &kernels.candidates {
        entry(paper, voice, candidate, &mut out);
    }
    if !kernels.candidates.is_empty() {
        out.push('\n');
    }
    for language in voice.languages() {
        match chosen {
            Ok(choice) => {
                let said = reason(voice, language, choice);
                out.push_str(&paper.paint(Tone::Right, &said));
                out.push('\n');
            }
            Err(why) => out.push_str(&refusal(paper, voice, language, why, kernels)),
        }
    }
    out
}

/// Why there is no kernel, and what to do about it.
pub fn refusal(
    paper: Paper,
    voice: Voice<'_>,
    language: Language,
    refusal: &Refusal,
    kernels: &Kernels,
) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
    let mut lines = Vec::new();
    match refusal {
        Refusal::Language(other) => {
            lines.push(ui(wording::kernels::refused::LANGUAGE, &[("language", other)]));
        }
        Refusal::Unknown { name, known } => {
            lines.push(ui(wording::kernels::refused::UNKNOWN, &[("name", name)]));
            if !known.is_empty() {
                lines.push(ui(wording::kernels::refused::KNOWN, &[("names", &known.join(", "))]));
            }
        }
        Refusal::Unusable(candidate) => {
            let place = candidate.place.display().to_string();
            let why = candidate.unusable.as_ref();
            let why = why.map(|why| unusable(voice, language, candidate, why));
            lines.extend(why.map(|why| format!("{place}: {why}")));
        }
        Refusal::Nothing => {
            lines.push(ui(wording::kernels::refused::NOTHING, &[]));
            lines.extend(advice(voice, language, kernels));
        }
    }
    lines.iter().map(|line| format!("{}\n", paper.safe(line))).collect()
}

/// Why a kernel was chosen, in a sentence that names it.
pub fn reason(voice: Voice<'_>, language: Language, choice: &Choice) -> String {
    let Choice { candidate, reason } = choice;
    let place = candidate.place.display().to_string();
    let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
    let origin = ui(origin_of(candidate.origin), &[]);
    let name = candidate.kernelspec.as_deref().unwrap_or_default();
    match reason {
        Reason::Python => ui(wording::kernels::chosen::PYTHON, &[("place", &place)]),
        Reason::Kernel => {
            ui(wording::kernels::chosen::KERNEL, &[("name", name), ("place", &place)])
        }
        Reason::Notebook => {
            ui(wording::kernels::chosen::NOTEBOOK, &[("name", name), ("place", &place)])
        }
        Reason::Likeliest { missing: None } => {
            ui(wording::kernels::chosen::LIKELIEST, &[("place", &place), ("origin", &origin)])
        }
        Reason::Likeliest { missing: Some(missing) } => {
            let args = [("place", &*place), ("origin", &origin), ("name", missing)];
            ui(wording::kernels::chosen::INSTEAD, &args)
        }
    }
}

/// What would be started, as one line for a shell: the variables that it gets, the program and its
/// arguments. Not yet safe for a terminal.
pub fn command(launch: &Launch) -> String {
    let mut variables: Vec<&(String, String)> = launch.env.iter().collect();
    variables.sort();
    let variables =
        variables.iter().map(|(name, value)| format!("{}={}", quoted(name), quoted(value)));
    let words = launch.argv.iter().map(|word| quoted(word));
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

fn entry(paper: Paper, voice: Voice<'_>, candidate: &Candidate, out: &mut String) {
    let place = candidate.place.display().to_string();
    let (sign, tone) = match candidate.unusable {
        None if candidate.is_found_here => ("?", Tone::Quiet),
        None => (paper.right(), Tone::Right),
        Some(_) => (paper.sign(Severity::Hint), Tone::Quiet),
    };
    let origin = voice.label(origin_of(candidate.origin), &[]);
    let line = [
        paper.paint(tone, sign),
        paper.paint(Tone::Strong, &place),
        paper.paint(Tone::Quiet, &format!("({origin})")),
    ];
    out.push_str(&line.join(" "));
    out.push('\n');
    let mut told = candidate.versions.to_string();
    if let Some(name) = &candidate.kernelspec {
        let named = voice.label(wording::kernels::NAMED, &[("name", name)]);
        told = if told.is_empty() { named } else { format!("{told}; {named}") };
    }
    let mut lines: Vec<String> = (!told.is_empty()).then_some(told).into_iter().collect();
    if let Some(why) = &candidate.unusable {
        let of = |language| unusable(voice, language, candidate, why);
        lines.extend(voice.languages().into_iter().map(of));
    }
    if candidate.is_found_here && candidate.unusable.is_none() {
        let command = command(&candidate.launch);
        lines.extend(voice.say(wording::kernels::FOUND_HERE, &[]));
        lines.push(voice.label(wording::kernels::COMMAND, &[("command", &command)]));
    }
    for line in lines {
        out.push_str(&format!("    {}\n", paper.safe(&line)));
    }
}

fn unusable(voice: Voice<'_>, language: Language, candidate: &Candidate, why: &Unusable) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
    match why {
        Unusable::NoPython => ui(wording::kernels::unusable::NO_PYTHON, &[]),
        Unusable::NoIpykernel => {
            let python = candidate.launch.argv.first();
            let python = python.map_or_else(|| "python".to_owned(), |it| quoted(it));
            ui(wording::kernels::unusable::NO_IPYKERNEL, &[("python", &python)])
        }
        Unusable::Language(other) => {
            ui(wording::kernels::unusable::LANGUAGE, &[("language", other)])
        }
        Unusable::Unreadable => ui(wording::kernels::unusable::UNREADABLE, &[]),
        Unusable::Silent => ui(wording::kernels::unusable::SILENT, &[]),
    }
}

fn advice(voice: Voice<'_>, language: Language, kernels: &Kernels) -> Vec<String> {
    let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
    let without = |it: &&Candidate| it.unusable == Some(Unusable::NoIpykernel);
    if let Some(project) = &kernels.uv_project {
        return vec![ui(
            wording::kernels::advice::UV,
            &[("project", &project.display().to_string())],
        )];
    }
    match kernels.candidates.iter().find(without).and_then(|it| it.launch.argv.first()) {
        Some(python) => vec![ui(wording::kernels::advice::INSTALL, &[("python", &quoted(python))])],
        None => vec![ui(wording::kernels::advice::PYTHON, &[])],
    }
}

/// A word as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "/._-+:=,@{}\\".contains(char);
    match path.chars().all(is_plain) && Path::new(path).components().next().is_some() {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

/// Where a kernel was found.
fn origin_of(origin: Origin) -> Wording {
    match origin {
        Origin::Named => wording::kernels::origin::NAMED,
        Origin::Active => wording::kernels::origin::ACTIVE,
        Origin::Uv => wording::kernels::origin::UV,
        Origin::Beside => wording::kernels::origin::BESIDE,
        Origin::Conda => wording::kernels::origin::CONDA,
        Origin::Pyenv => wording::kernels::origin::PYENV,
        Origin::Kernelspec => wording::kernels::origin::KERNELSPEC,
        Origin::Path => wording::kernels::origin::PATH,
    }
}
