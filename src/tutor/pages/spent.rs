//! Where the time of a cell went: a lane for each task, before and after to one scale.

use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use crate::document::Block;
use crate::knowledge::timeline::{Lane, State, Timeline};
use crate::knowledge::{Knowledge, Language};
use crate::review::called;
use crate::transcript::{CellRun, Chart, ChartLane, Doing, HOLDS, seconds};
use crate::tutor::reading::Writer;
use crate::wording::{self, Wording, prove, spent};

/// Parts of the time, each a column.
const PARTS: u64 = 40;

/// Characters of a lane's name at most.
const NAME: usize = 20;

/// Writes the lanes of both runs; nothing where no task but the cell's own ran.
pub(super) fn write(writer: &mut Writer, before: Option<&CellRun>, after: Option<&CellRun>) {
    let charts = charts(before, after);
    if charts.is_empty() {
        return;
    }
    writer.heading(spent::HEADING);
    for (key, chart) in charts {
        writer.paragraph(key, &[]);
        lanes(writer, &chart);
        if chart.left_out > 0 {
            writer.paragraph(spent::MORE, &[("n", &chart.left_out.to_string())]);
        }
        let held = [("held", &*seconds(chart.held)), ("whole", &seconds(chart.whole))];
        writer.paragraph(called::held(&chart), &held);
    }
}

/// The same as Markdown: each run as a picture of signs. `None` where no task but the cell's own ran.
pub(in crate::tutor) fn markdown(
    knowledge: &Knowledge,
    language: Language,
    before: Option<&CellRun>,
    after: Option<&CellRun>,
) -> Option<String> {
    let ui = |key: Wording, args: &[(&str, &str)]| knowledge.ui(language, key, args);
    let charts = charts(before, after);
    let pictures = charts.iter().map(|(key, chart)| {
        let rows = chart.lanes.iter().map(|lane| {
            let name = name(knowledge, language, lane);
            let pad = NAME.saturating_sub(UnicodeWidthStr::width(name.as_str()));
            let signs: String = lane.parts.iter().map(|doing| sign(*doing)).collect();
            format!("{name}{}  {}\n", " ".repeat(pad), signs.trim_end())
        });
        let held = [("held", &*seconds(chart.held)), ("whole", &seconds(chart.whole))];
        let more = ui(spent::MORE, &[("n", &chart.left_out.to_string())]);
        let more = if chart.left_out > 0 { format!("{more}\n") } else { String::new() };
        let (key, held) = (ui(*key, &[]), ui(called::held(chart), &held));
        format!("{key}\n{}{more}{held}\n", rows.collect::<String>())
    });
    let pictures: Vec<String> = pictures.collect();
    let word = |key: Wording| ui(key, &[("ms", &HOLDS.to_string())]);
    let legend = [
        (Doing::Running, wording::timeline::RUN),
        (Doing::Waiting, wording::timeline::WAIT),
        (Doing::Holding, spent::HOLDS),
    ];
    let legend = legend.map(|(doing, key)| format!("{} {}", sign(doing), word(key))).join("   ");
    let heading = ui(spent::HEADING, &[]);
    let picture = pictures.join("\n");
    (!pictures.is_empty()).then(|| format!("## {heading}\n\n```text\n{picture}\n{legend}\n```\n"))
}

/// Both runs to one scale, each with the key of its name; none where there is nothing to tell.
fn charts(before: Option<&CellRun>, after: Option<&CellRun>) -> Vec<(Wording, Chart)> {
    let first = if after.is_some() { prove::BEFORE } else { prove::AS_IT_IS };
    let sides = [(first, before), (prove::AFTER, after)];
    let watched = sides.into_iter().filter_map(|(key, run)| Some((key, run?)));
    let watched: Vec<_> = watched.filter(|(_, run)| !run.tasks.is_empty()).collect();
    let scale = Chart::scale(watched.iter().map(|(_, run)| run.tasks.as_slice()));
    let charts = watched.into_iter();
    let charts = charts.map(|(key, run)| (key, Chart::new(&run.tasks, run.elapsed, scale, PARTS)));
    let charts: Vec<(Wording, Chart)> = charts.collect();
    if charts.iter().any(|(_, chart)| chart.tells()) { charts } else { Vec::new() }
}

fn sign(doing: Doing) -> char {
    match doing {
        Doing::Nothing => ' ',
        Doing::Running => '█',
        Doing::Waiting => '░',
        Doing::Holding => '▓',
    }
}

/// What a lane is called.
fn name(knowledge: &Knowledge, language: Language, lane: &ChartLane) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| knowledge.ui(language, key, args);
    let name = match lane.line {
        _ if lane.name.is_empty() => ui(spent::CELL, &[]),
        None => lane.name.clone(),
        Some(line) => ui(spent::TASK, &[("name", &lane.name), ("line", &line.to_string())]),
    };
    name.chars().take(NAME).collect()
}

fn lanes(writer: &mut Writer, chart: &Chart) {
    let knowledge = writer.knowledge;
    let lanes = |language| {
        let ui = |key: Wording, args: &[(&str, &str)]| knowledge.ui(language, key, args);
        let lane = |lane: &ChartLane| Lane {
            name: name(knowledge, language, lane),
            states: lane.parts.iter().map(|doing| state(*doing)).collect(),
        };
        let lanes: Vec<Lane> = chart.lanes.iter().map(lane).collect();
        let ticks = lanes.first().map_or(0, |lane| lane.states.len());
        let word = |key: Wording| ui(key, &[("ms", &HOLDS.to_string())]);
        let legend = vec![
            (State::Run, word(wording::timeline::RUN)),
            (State::Wait, word(wording::timeline::WAIT)),
            (State::Block, word(spent::HOLDS)),
        ];
        Block::Timeline { timeline: Arc::new(Timeline { lanes, ticks }), legend }
    };
    // One picture for both languages: its words are in the reader's first.
    writer.same(lanes(writer.reading.base()));
}

fn state(doing: Doing) -> State {
    match doing {
        Doing::Nothing => State::None,
        Doing::Running => State::Run,
        Doing::Waiting => State::Wait,
        Doing::Holding => State::Block,
    }
}
