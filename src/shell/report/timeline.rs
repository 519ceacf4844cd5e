//! Where the time of proven cells went: a row for each task, before and after to one scale; as text
//! and as a picture.

use super::{Paper, Proof, Proved, Tone, Voice};
use crate::knowledge::Language;
use crate::review::called;
use crate::shell::visible::{self, Charset};
use crate::transcript::{CellRun, Chart, ChartLane, Doing, HOLDS, seconds};
use crate::wording::{self, Wording, prove, spent};

/// Parts of the time, each a column.
const PARTS: u64 = 48;

/// Columns of a lane's name at most.
const NAME: usize = 24;

/// A cell's charts: as it is, and as it is repaired.
struct Pair<'p> {
    proved: &'p Proved,
    sides: Vec<(Wording, Chart)>,
}

/// The charts of the cells in question whose tasks were watched.
fn pairs(proof: &Proof, parts: u64) -> Vec<Pair<'_>> {
    let of = |proved| {
        let sides = charts(proved, proof.has_after, parts);
        sides.iter().any(|(_, chart)| chart.tells()).then_some(Pair { proved, sides })
    };
    proof.cells.iter().filter(|proved| proved.is_asked).filter_map(of).collect()
}

fn charts(proved: &Proved, has_after: bool, parts: u64) -> Vec<(Wording, Chart)> {
    let before = if has_after { prove::BEFORE } else { prove::AS_IT_IS };
    let runs = [(before, &proved.before), (prove::AFTER, &proved.after)];
    let watched = |(key, run): (Wording, &'_ Option<CellRun>)| {
        let run = run.as_ref().filter(|run| !run.tasks.is_empty())?;
        Some((key, run.clone()))
    };
    let runs: Vec<(Wording, CellRun)> = runs.into_iter().filter_map(watched).collect();
    let scale = Chart::scale(runs.iter().map(|(_, run)| run.tasks.as_slice()));
    let chart = |run: &CellRun| Chart::new(&run.tasks, run.elapsed, scale, parts);
    runs.iter().map(|(key, run)| (*key, chart(run))).collect()
}

/// How a lane is called: its coroutine and the line on which that is defined.
fn name(voice: Voice<'_>, language: Language, lane: &ChartLane) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
    match lane.line {
        _ if lane.name.is_empty() => ui(spent::CELL, &[]),
        None => lane.name.clone(),
        Some(line) => ui(spent::TASK, &[("name", &lane.name), ("line", &line.to_string())]),
    }
}

/// How long the loop was held, of how long.
fn held(voice: Voice<'_>, language: Language, chart: &Chart) -> String {
    let args = [("held", &*seconds(chart.held)), ("whole", &seconds(chart.whole))];
    voice.knowledge.ui(language, called::held(chart), &args)
}

/// The charts in text.
pub fn timeline(paper: Paper, voice: Voice<'_>, proof: &Proof) -> String {
    let pairs = pairs(proof, PARTS);
    let mut out = String::new();
    for language in voice.languages() {
        let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
        let mut line = |text: &str| out.push_str(&format!("{}\n", text.trim_end()));
        if pairs.is_empty() {
            line(&ui(spent::NOTHING, &[]));
        }
        for pair in &pairs {
            let cell = ui(prove::CELL, &[("cell", &pair.proved.cell.number().to_string())]);
            line("");
            line(&paper.paint(Tone::Heading, &ui(spent::TITLE, &[("cell", &cell)])));
            for (key, chart) in &pair.sides {
                line(&paper.paint(Tone::Strong, &ui(*key, &[])));
                for lane in &chart.lanes {
                    line(&row(paper, &name(voice, language, lane), lane));
                }
                if chart.left_out > 0 {
                    line(&format!("  {}", ui(spent::MORE, &[("n", &chart.left_out.to_string())])));
                }
                line(&format!("  {}", held(voice, language, chart)));
            }
        }
        if !pairs.is_empty() {
            line(&paper.paint(Tone::Quiet, &legend(paper, voice, language)));
        }
    }
    out
}

fn row(paper: Paper, name: &str, lane: &ChartLane) -> String {
    let shown = paper.safe(name).into_owned();
    let shown: String = shown.chars().take(NAME).collect();
    let pad = NAME.saturating_sub(visible::width(&shown));
    let mut text = format!("  {shown}{} ", " ".repeat(pad));
    for part in lane.parts.chunk_by(|one, other| one == other) {
        let Some(doing) = part.first() else { continue };
        let bars = sign(paper.charset, *doing).repeat(part.len());
        text.push_str(&paper.paint(tone(*doing), &bars));
    }
    text
}

fn sign(charset: Charset, doing: Doing) -> &'static str {
    let (unicode, ascii) = match doing {
        Doing::Nothing => (" ", " "),
        Doing::Running => ("█", "#"),
        Doing::Waiting => ("░", "."),
        Doing::Holding => ("▓", "%"),
    };
    if charset == Charset::Unicode { unicode } else { ascii }
}

fn tone(doing: Doing) -> Tone {
    match doing {
        Doing::Nothing => Tone::Plain,
        Doing::Running => Tone::Right,
        Doing::Waiting => Tone::Quiet,
        Doing::Holding => Tone::Severity(crate::diagnostic::Severity::Error),
    }
}

fn legend(paper: Paper, voice: Voice<'_>, language: Language) -> String {
    let said = [Doing::Running, Doing::Waiting, Doing::Holding].map(|doing| {
        let word = word(voice, language, doing);
        format!("{} {word}", sign(paper.charset, doing))
    });
    format!("  {}", said.join("   "))
}

fn word(voice: Voice<'_>, language: Language, doing: Doing) -> String {
    let key = match doing {
        Doing::Nothing => wording::timeline::NONE,
        Doing::Running => wording::timeline::RUN,
        Doing::Waiting => wording::timeline::WAIT,
        Doing::Holding => spent::HOLDS,
    };
    voice.knowledge.ui(language, key, &[("ms", &HOLDS.to_string())])
}

/// Points of a picture: the height of a lane, where lanes begin, and how wide they are.
const LANE: u64 = 18;
const LEFT: u64 = 190;
const WIDE: u64 = 480;

/// The charts as an SVG picture.
pub fn svg(voice: Voice<'_>, proof: &Proof) -> String {
    let language = voice.languages().first().copied().unwrap_or_default();
    let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
    let (mut body, mut y) = (String::new(), LANE);
    let text = |x: u64, y: u64, class: &str, text: &str| {
        format!("<text x=\"{x}\" y=\"{y}\" class=\"{class}\">{}</text>\n", escaped(text))
    };
    for pair in pairs(proof, WIDE / 2) {
        let cell = ui(prove::CELL, &[("cell", &pair.proved.cell.number().to_string())]);
        body.push_str(&text(8, y, "title", &ui(spent::TITLE, &[("cell", &cell)])));
        y += LANE;
        for (key, chart) in &pair.sides {
            body.push_str(&text(8, y, "side", &ui(*key, &[])));
            body.push_str(&text(LEFT, y, "quiet", &held(voice, language, chart)));
            y += LANE;
            for lane in &chart.lanes {
                body.push_str(&text(16, y, "name", &name(voice, language, lane)));
                body.push_str(&bars(lane, y));
                y += LANE;
            }
            if chart.left_out > 0 {
                let more = ui(spent::MORE, &[("n", &chart.left_out.to_string())]);
                body.push_str(&text(16, y, "quiet", &more));
                y += LANE;
            }
        }
        y += LANE / 2;
    }
    let mut x = 16;
    for doing in [Doing::Running, Doing::Waiting, Doing::Holding] {
        body.push_str(&rectangle(x, y, 12, doing));
        body.push_str(&text(x + 18, y, "quiet", &word(voice, language, doing)));
        x += 150;
    }
    let (width, height) = (LEFT + WIDE + 16, y + LANE);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n<style>text{{font:12px monospace}}.title{{font-weight:bold}}\
         .quiet{{fill:#666}}.run{{fill:#2a7d46}}.wait{{fill:#cfd4da}}.hold{{fill:#c2362b}}</style>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n{body}</svg>\n"
    )
}

/// Stretches of one state are one rectangle.
fn bars(lane: &ChartLane, y: u64) -> String {
    let (mut x, mut out) = (LEFT, String::new());
    for part in lane.parts.chunk_by(|one, other| one == other) {
        let width = 2 * u64::try_from(part.len()).unwrap_or(0);
        if let Some(doing) = part.first().filter(|it| **it != Doing::Nothing) {
            out.push_str(&rectangle(x, y, width, *doing));
        }
        x += width;
    }
    out
}

fn rectangle(x: u64, y: u64, width: u64, doing: Doing) -> String {
    let class = match doing {
        Doing::Nothing => return String::new(),
        Doing::Running => "run",
        Doing::Waiting => "wait",
        Doing::Holding => "hold",
    };
    let top = y.saturating_sub(11);
    format!("<rect x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"13\" class=\"{class}\"/>\n")
}

/// Text as XML takes it; what no XML may hold, and what turns a line around, becomes a mark.
fn escaped(text: &str) -> String {
    visible::in_html(&visible::line(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_reads_as_its_own_is_escaped() {
        let acting = "<a & \"b\">\u{1b}[31m\u{202e}";
        assert_eq!(escaped(acting), "&lt;a &amp; &quot;b&quot;&gt;␛[31m‹U+202E›");
    }

    #[test]
    fn stretches_of_one_state_are_one_rectangle_and_none_is_drawn_for_nothing() {
        let parts = vec![Doing::Nothing, Doing::Waiting, Doing::Waiting, Doing::Holding];
        let lane = ChartLane { name: "f".to_owned(), line: None, parts };
        let drawn = bars(&lane, 20);
        assert_eq!(drawn.matches("<rect").count(), 2, "{drawn}");
        assert!(drawn.contains("x=\"192\" y=\"9\" width=\"4\" height=\"13\" class=\"wait\""));
    }
}
