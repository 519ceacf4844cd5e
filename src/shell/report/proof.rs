//! The report of `prove` for people: what will run, and what came of it before and after.

use super::{Paper, Piece, Tone, Voice, wrap};
use crate::diagnostic::Severity;
use crate::knowledge::Language;
use crate::proof::{Difference, Plan, broken_promises, differences};
use crate::review::sentence;
use crate::shell::kernel::{Choice, Failure};
use crate::shell::report::kernels;
use crate::shell::report::run::{Line, lines};
use crate::shell::visible;
use crate::text::{CellIndex, Wording};
use crate::transcript::{CellRun, Status, Versions};
use crate::wording::{self, prove};

/// Columns from which before and after stand side by side.
const WIDE: usize = 120;

/// What stands between the two.
const GAP: &str = "   ";

/// Cells that ran as they are and as they are repaired.
#[derive(Debug)]
pub struct Proof {
    pub path: String,
    /// The place of the kernel.
    pub kernel: String,
    pub versions: Versions,
    /// In the order in which they ran.
    pub cells: Vec<Proved>,
    /// Whether there was a repair to run.
    pub has_after: bool,
}

/// One cell and its runs; `None` where it was not reached.
#[derive(Debug)]
pub struct Proved {
    pub cell: CellIndex,
    /// It is one of those in question, and not only needed by them.
    pub is_asked: bool,
    /// As it is, and as it is repaired.
    pub sources: [String; 2],
    pub before: Option<CellRun>,
    pub after: Option<CellRun>,
}

impl Proof {
    /// Whether somebody wanted an end of it while it ran.
    pub fn is_given_up(&self) -> bool {
        let mut runs = self.cells.iter().flat_map(|cell| [&cell.before, &cell.after]).flatten();
        runs.any(|run| run.status.is_by_somebody())
    }
}

/// Which cells will run where, and what they do besides.
pub fn plan(
    paper: Paper,
    voice: Voice<'_>,
    plan: &Plan,
    choice: &Choice,
    is_changed: bool,
) -> String {
    let mut out = String::new();
    for language in voice.languages() {
        let mut line = |text: &str| out.push_str(&format!("{}\n", paper.safe(text)));
        let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
        line(&kernels::reason(voice, language, choice));
        if choice.candidate.is_found_here {
            line(&ui(wording::kernels::FOUND_HERE, &[]));
        }
        let command = kernels::command(&choice.candidate.launch);
        line(&ui(wording::kernels::COMMAND, &[("command", &command)]));
        line(&ui(if is_changed { prove::WILL_RUN_TWICE } else { prove::WILL_RUN }, &[]));
        for step in &plan.steps {
            line(&format!("  {}", sentence(voice.knowledge, language, &step.message())));
            for effect in &step.effects {
                line(&format!("      {}", ui(prove::EFFECT, &[("line", effect)])));
            }
        }
    }
    out
}

/// Why there is no proof.
pub fn failure(voice: Voice<'_>, failure: &Failure) -> Vec<String> {
    voice.tell(failure)
}

/// Both runs of each cell in question, and what is different.
pub fn proof(paper: Paper, voice: Voice<'_>, proof: &Proof) -> String {
    let mut out = String::new();
    for proved in &proof.cells {
        let is_broken = proved
            .after
            .as_ref()
            .or(proved.before.as_ref())
            .is_none_or(|run| run.status != Status::Ok);
        if !proved.is_asked && !is_broken {
            continue;
        }
        cell(paper, voice, proof, proved, &mut out);
    }
    let told = proof.versions.to_string();
    out.push_str(&paper.paint(Tone::Quiet, &told));
    out.push('\n');
    out
}

/// What the repaired cells do that was not promised, in lines; empty where they keep the promise.
/// A cell that was not reached has kept none.
pub fn broken(paper: Paper, voice: Voice<'_>, proof: &Proof) -> String {
    let mut out = String::new();
    for language in voice.languages() {
        let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
        let mut lines = Vec::new();
        for proved in proof.cells.iter().filter(|proved| proved.is_asked) {
            let said = match (&proved.before, &proved.after) {
                (Some(before), Some(after)) => broken_promises(before, after)
                    .iter()
                    .map(|it| sentence(voice.knowledge, language, &it.message()))
                    .collect(),
                _ => vec![ui(prove::NOT_REACHED, &[]).trim().to_owned()],
            };
            let cell = ui(prove::CELL, &[("cell", &proved.cell.number().to_string())]);
            lines.extend(said.iter().map(|said| format!("  {cell}: {said}")));
        }
        if lines.is_empty() {
            continue;
        }
        lines.insert(0, ui(prove::BROKEN, &[("path", &proof.path)]));
        out.extend(lines.iter().map(|line| format!("{}\n", paper.safe(line))));
    }
    out
}

fn cell(paper: Paper, voice: Voice<'_>, proof: &Proof, proved: &Proved, out: &mut String) {
    let number = proved.cell.number().to_string();
    let title = voice.label(prove::CELL, &[("cell", &number)]);
    out.push_str(&format!("\n{}\n", paper.paint(Tone::Heading, &title)));
    let side = |key: Wording, source: &str, run: Option<&CellRun>| {
        let mut side: Vec<Line> = Vec::new();
        side.push(vec![Piece::new(Tone::Strong, voice.label(key, &[]))]);
        side.extend(source.lines().map(|line| vec![Piece::new(Tone::Code, format!("  {line}"))]));
        match run {
            Some(run) => side.extend(lines(paper, voice, run)),
            None => side.push(vec![Piece::new(Tone::Quiet, voice.label(prove::NOT_REACHED, &[]))]),
        }
        side
    };
    let [old, new] = &proved.sources;
    if !proof.has_after {
        return stack(paper, &side(prove::AS_IT_IS, old, proved.before.as_ref()), out);
    }
    let before = side(prove::BEFORE, old, proved.before.as_ref());
    let after = side(prove::AFTER, new, proved.after.as_ref());
    match paper.width {
        Some(width) if width >= WIDE => beside(paper, width, &before, &after, out),
        _ => {
            stack(paper, &before, out);
            stack(paper, &after, out);
        }
    }
    if let (Some(before), Some(after)) = (&proved.before, &proved.after) {
        for language in voice.languages() {
            let (tone, said) = verdict(paper, voice, language, before, after);
            out.push_str(&paper.paint(tone, &said));
            out.push('\n');
        }
    }
}

fn stack(paper: Paper, lines: &[Line], out: &mut String) {
    for line in lines {
        for piece in wrap(paper, line, paper.width) {
            out.push_str(&piece);
            out.push('\n');
        }
    }
}

fn beside(paper: Paper, width: usize, left: &[Line], right: &[Line], out: &mut String) {
    let half = width.saturating_sub(GAP.len()) / 2;
    let plain = Paper { color: false, ..paper };
    let column = |paper: Paper, lines: &[Line]| -> Vec<String> {
        lines.iter().flat_map(|line| wrap(paper, line, Some(half))).collect()
    };
    let (painted, bare) = (column(paper, left), column(plain, left));
    let right = column(paper, right);
    for at in 0..painted.len().max(right.len()) {
        let text = painted.get(at).map_or("", String::as_str);
        let used = bare.get(at).map_or(0, |text| visible::width(text));
        let other = right.get(at).map_or("", String::as_str);
        let line = format!("{text}{}{GAP}{other}", " ".repeat(half.saturating_sub(used)));
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// One sentence that tells what the repair does to the cell.
fn verdict(
    paper: Paper,
    voice: Voice<'_>,
    language: Language,
    before: &CellRun,
    after: &CellRun,
) -> (Tone, String) {
    let found = differences(before, after);
    let said: Vec<String> =
        found.iter().map(|it| sentence(voice.knowledge, language, &it.message())).collect();
    let said = match said.is_empty() {
        true => voice.knowledge.ui(language, prove::SAME, &[]),
        false => said.join(" "),
    };
    match found.iter().any(Difference::is_bad) {
        true => {
            let tone = Tone::Severity(Severity::Warning);
            (tone, format!("{} {said}", paper.sign(Severity::Warning)))
        }
        false => (Tone::Right, format!("{} {said}", paper.right())),
    }
}
