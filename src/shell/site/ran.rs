//! What a kernel answered when a case was recorded: its cells, and what came of each.

use super::Site;
use super::markup::{code, escaped};
use super::picture;
use crate::knowledge::{Demonstration, Recording};
use crate::review::called;
use crate::transcript::{CellRun, Stream, Told, seconds};
use crate::wording::{Wording, learn, proof, prove};

/// A mistake as it was recorded, before and after its repair.
pub fn demonstration(site: Site<'_>, shown: Demonstration<'_>) -> String {
    let title = escaped(&site.ui(proof::RECORDED, &[]));
    let part = |key: Wording, recording: &Recording| {
        format!("<h3>{}</h3>\n{}", escaped(&site.ui(key, &[])), recorded(site, recording))
    };
    format!(
        "<h2>{title}</h2>\n{}{}",
        part(prove::BEFORE, shown.before),
        part(prove::AFTER, shown.after)
    )
}

/// The cells of a recording and what a kernel answered.
pub fn recorded(site: Site<'_>, recording: &Recording) -> String {
    let versions = recording.transcript.versions.to_string();
    let args = [("date", recording.date.as_str()), ("versions", versions.as_str())];
    let mut out = format!("<p class=\"quiet\">{}</p>\n", escaped(&site.ui(learn::RECORDED, &args)));
    let runs = recording.transcript.cells.iter();
    for (source, run) in recording.sources.iter().zip(runs) {
        out.push_str(&code("python", source));
        out.push_str(&format!("<div class=\"ran\">\n{}</div>\n", of_run(site, run)));
    }
    out
}

fn of_run(site: Site<'_>, run: &CellRun) -> String {
    run.told().into_iter().map(|told| line(site, told)).collect()
}

fn line(site: Site<'_>, told: Told<'_>) -> String {
    let quiet = |text: &str| paragraph("quiet", &escaped(text));
    let bad = |text: &str| paragraph("error", &escaped(text));
    let samp = |text: &str| format!("<samp translate=\"no\">{}</samp>", escaped(text));
    match told {
        Told::Output { from, is_late, text } => {
            let mut name = from.name().to_owned();
            if is_late {
                name = format!("{name}, {}", site.ui(prove::LATE, &[]));
            }
            let class = if from == Stream::Stderr { "warning" } else { "" };
            let name = escaped(&name);
            paragraph(class, &format!("<span class=\"quiet\">{name}:</span> {}", samp(text)))
        }
        Told::LeftOut(lines) => quiet(&site.ui(prove::LEFT_OUT, &[("n", &lines.to_string())])),
        Told::Dropped(bytes) => quiet(&site.ui(prove::DROPPED, &[("bytes", &bytes.to_string())])),
        Told::Result { is_first, text } => {
            let label = if is_first { site.ui(proof::VALUE, &[]) } else { String::new() };
            paragraph("right", &format!("{}{}", escaped(&label), samp(text)))
        }
        Told::Error(error) => {
            let line = error.line.map_or_else(String::new, |line| {
                site.ui(prove::AT_LINE, &[("line", &line.to_string())])
            });
            paragraph("error", &format!("{}{}", samp(&error.headline()), escaped(&line)))
        }
        Told::AskedForInput => quiet(&site.ui(prove::ASKED_FOR_INPUT, &[])),
        Told::Ended(status) => {
            bad(&called::ended(status).map(|key| site.ui(key, &[])).unwrap_or_default())
        }
        Told::Took(time) => quiet(&site.ui(prove::TOOK, &[("seconds", &seconds(time))])),
        Told::Lag(lag) => {
            let said = site.ui(called::lag(lag), &[("seconds", &seconds(lag.worst))]);
            let strip = if lag.worst > 0 { picture::strip(lag, &said) } else { String::new() };
            format!("{strip}{}", quiet(&said))
        }
    }
}

fn paragraph(class: &str, inside: &str) -> String {
    match class {
        "" => format!("<p>{inside}</p>\n"),
        class => format!("<p class=\"{class}\">{inside}</p>\n"),
    }
}
