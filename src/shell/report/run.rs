//! One run of a cell in lines: what it wrote, its value or error, its time, its loop.

use super::{Paper, Piece, Tone, Voice};
use crate::diagnostic::Severity;
use crate::shell::visible::Charset;
use crate::transcript::{CellRun, Chunk, Lag, Status, Stream};

/// A line before it is broken by width.
pub type Line = Vec<Piece>;

/// Lines shown of one stretch of output.
const MOST: usize = 12;

/// A loop that is late by less keeps turning, as far as people can tell; in milliseconds.
pub const LATE: u64 = 100;

/// What came of a run.
pub fn lines(paper: Paper, voice: Voice<'_>, run: &CellRun) -> Vec<Line> {
    let mut lines = Vec::new();
    for chunk in &run.output {
        output(voice, chunk, "", &mut lines);
    }
    if run.dropped > 0 {
        let said = voice.label("prove.dropped", &[("bytes", &run.dropped.to_string())]);
        lines.push(vec![Piece::new(Tone::Quiet, format!("  {said}"))]);
    }
    if let Some(result) = &run.result {
        for (at, text) in few(voice, result).into_iter().enumerate() {
            let sign = if at == 0 { paper.right() } else { " " };
            lines.push(vec![Piece::new(Tone::Right, format!("  {sign} {text}"))]);
        }
    }
    lines.extend(ending(paper, voice, run));
    let late = voice.label("prove.late", &[]);
    for chunk in &run.late {
        output(voice, chunk, &late, &mut lines);
    }
    let time = voice.label("prove.took", &[("seconds", &seconds(run.elapsed))]);
    lines.push(vec![Piece::new(Tone::Quiet, format!("  {time}"))]);
    lines.extend(run.lag.as_ref().map(|lag| strip(paper, voice, lag)));
    lines
}

/// Milliseconds as seconds for people.
pub fn seconds(milliseconds: u64) -> String {
    let (whole, rest) = (milliseconds / 1000, milliseconds % 1000);
    match milliseconds {
        0..1_000 => format!("{}.{:03} s", whole, rest),
        1_000..10_000 => format!("{}.{:02} s", whole, rest / 10),
        _ => format!("{}.{} s", whole, rest / 100),
    }
}

fn output(voice: Voice<'_>, chunk: &Chunk, mark: &str, lines: &mut Vec<Line>) {
    let tone = match chunk.from {
        Stream::Stderr => Tone::Severity(Severity::Warning),
        Stream::Traceback => Tone::Severity(Severity::Error),
        Stream::Stdout | Stream::Display => Tone::Plain,
    };
    let name = chunk.from.name();
    let name = if mark.is_empty() { name.to_owned() } else { format!("{name}, {mark}") };
    for text in few(voice, &chunk.text) {
        lines.push(vec![Piece::new(Tone::Quiet, format!("  {name}: ")), Piece::new(tone, text)]);
    }
}

fn ending(paper: Paper, voice: Voice<'_>, run: &CellRun) -> Vec<Line> {
    let bad = Tone::Severity(Severity::Error);
    let sign = paper.sign(Severity::Error);
    let mut lines = Vec::new();
    let mut say = |tone, text: String| lines.push(vec![Piece::new(tone, format!("  {text}"))]);
    if let Some(error) = &run.error {
        let message = error.message.lines().next().unwrap_or_default();
        let line = error.line.map_or_else(String::new, |line| {
            voice.label("prove.at-line", &[("line", &line.to_string())])
        });
        let named = if message.is_empty() {
            error.name.clone()
        } else {
            format!("{}: {message}", error.name)
        };
        say(bad, format!("{sign} {named}{line}"));
        if error.asked_for_input() {
            say(Tone::Quiet, voice.label("prove.asked-for-input", &[]));
        }
    }
    match run.status {
        Status::Ok | Status::Error => {}
        Status::Interrupted => {
            say(bad, format!("{sign} {}", voice.label("prove.interrupted", &[])))
        }
        Status::TimedOut => say(bad, format!("{sign} {}", voice.label("prove.timed-out", &[]))),
        Status::Died => say(bad, format!("{sign} {}", voice.label("prove.died", &[]))),
    }
    lines
}

/// The strip as bars, with its worst figure in words.
fn strip(paper: Paper, voice: Voice<'_>, lag: &Lag) -> Line {
    const UNICODE: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const ASCII: [char; 8] = ['_', '.', ':', '-', '=', '+', '*', '#'];
    let signs = match paper.charset {
        Charset::Unicode => UNICODE,
        Charset::Ascii => ASCII,
    };
    let bar = |still: &u64| {
        let level = usize::try_from(still * 7 / lag.bucket.max(1)).unwrap_or(7).min(7);
        signs.get(level).copied().unwrap_or(' ')
    };
    let bars: String = lag.still.iter().map(bar).collect();
    let key = match lag.worst {
        0 => "prove.loop-free",
        1..LATE => "prove.loop-turned",
        _ => "prove.loop-stood",
    };
    let said = voice.label(key, &[("seconds", &seconds(lag.worst))]);
    vec![Piece::new(Tone::Quiet, format!("  {bars} ")), Piece::new(Tone::Plain, said)]
}

/// The lines of a text, the middle left out where there are many.
fn few(voice: Voice<'_>, text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    if lines.len() <= MOST {
        return own(&lines);
    }
    let (head, rest) = lines.split_at(MOST / 2);
    let (middle, tail) = rest.split_at(rest.len() - MOST / 2);
    let mut few = own(head);
    few.push(voice.label("prove.left-out", &[("n", &middle.len().to_string())]));
    few.extend(own(tail));
    few
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_as_many_figures_as_people_read() {
        let told = [7, 420, 1_234, 12_345].map(seconds);
        assert_eq!(told, ["0.007 s", "0.420 s", "1.23 s", "12.3 s"]);
    }
}
