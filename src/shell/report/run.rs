//! One run of a cell in lines: what it wrote, its value or error, its time, its loop.

use super::{Paper, Piece, Tone, Voice};
use crate::diagnostic::Severity;
use crate::review::called;
use crate::shell::visible::Charset;
use crate::transcript::{CellRun, Lag, Stream, Told, seconds};
use crate::wording::prove;

/// A line before it is broken by width.
pub type Line = Vec<Piece>;

/// What came of a run.
pub fn lines(paper: Paper, voice: Voice<'_>, run: &CellRun) -> Vec<Line> {
    run.told().into_iter().map(|told| line(paper, voice, told)).collect()
}

fn line(paper: Paper, voice: Voice<'_>, told: Told<'_>) -> Line {
    let quiet = |text: String| vec![Piece::new(Tone::Quiet, format!("  {text}"))];
    let bad = |text: String| {
        let sign = paper.sign(Severity::Error);
        vec![Piece::new(Tone::Severity(Severity::Error), format!("  {sign} {text}"))]
    };
    match told {
        Told::Output { from, is_late, text } => {
            let late = if is_late { voice.label(prove::LATE, &[]) } else { String::new() };
            let name = match is_late {
                true => format!("{}, {late}", from.name()),
                false => from.name().to_owned(),
            };
            vec![Piece::new(Tone::Quiet, format!("  {name}: ")), Piece::new(tone(from), text)]
        }
        Told::LeftOut(lines) => quiet(voice.label(prove::LEFT_OUT, &[("n", &lines.to_string())])),
        Told::Dropped(bytes) => {
            quiet(voice.label(prove::DROPPED, &[("bytes", &bytes.to_string())]))
        }
        Told::Result { is_first, text } => {
            let sign = if is_first { paper.right() } else { " " };
            vec![Piece::new(Tone::Right, format!("  {sign} {text}"))]
        }
        Told::Error(error) => {
            let line = error.line.map_or_else(String::new, |line| {
                voice.label(prove::AT_LINE, &[("line", &line.to_string())])
            });
            bad(format!("{}{line}", error.headline()))
        }
        Told::AskedForInput => quiet(voice.label(prove::ASKED_FOR_INPUT, &[])),
        Told::Ended(status) => {
            bad(called::ended(status).map(|key| voice.label(key, &[])).unwrap_or_default())
        }
        Told::Took(time) => quiet(voice.label(prove::TOOK, &[("seconds", &seconds(time))])),
        Told::Lag(lag) => strip(paper, voice, lag),
    }
}

fn tone(from: Stream) -> Tone {
    match from {
        Stream::Stderr => Tone::Severity(Severity::Warning),
        Stream::Traceback => Tone::Severity(Severity::Error),
        Stream::Stdout | Stream::Display => Tone::Plain,
    }
}

/// The strip as bars, with its worst figure in words.
fn strip(paper: Paper, voice: Voice<'_>, lag: &Lag) -> Line {
    const UNICODE: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const ASCII: [char; 8] = ['_', '.', ':', '-', '=', '+', '*', '#'];
    let signs = match paper.charset {
        Charset::Unicode => UNICODE,
        Charset::Ascii => ASCII,
    };
    let bars: String = lag.levels().filter_map(|level| signs.get(level)).collect();
    let said = voice.label(called::lag(lag), &[("seconds", &seconds(lag.worst))]);
    vec![Piece::new(Tone::Quiet, format!("  {bars} ")), Piece::new(Tone::Plain, said)]
}
