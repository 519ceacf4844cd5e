//! What was answered, as a page and as closing lines.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::asking::Asked;
use crate::data::{Claim, Place, folder, read};

/// The file of what was answered last.
const RECORDED: &str = "recorded.yaml";

const HEAD: &str = "\
# Where cells run, and what was answered there

Every verdict takes something for granted of the place where the cells run. Where the place can be had
it was asked: the cells and their answers stand in `tests/places/`, and `.ci/places` asks again.

*Verified*: the cells ran there and answered so. *Refuted*: they answered otherwise. *Inferred*: the
place could not be had; it is built on another one, as its source says.

## Places
";

/// What a place answered with one Python, and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    place: String,
    /// The day in UTC.
    date: String,
    versions: BTreeMap<String, String>,
    verified: Vec<String>,
    refuted: Vec<String>,
}

impl Line {
    fn python(&self) -> &str {
        self.versions.get("python").map_or("?", String::as_str)
    }

    /// As a reader knows it: `3.11`.
    fn minor(&self) -> &str {
        self.python().rsplit_once('.').map_or("?", |(minor, _)| minor)
    }
}

pub fn path() -> PathBuf {
    folder().join("../../docs/places.md")
}

pub fn recorded() -> Vec<Line> {
    read(RECORDED)
}

/// Writes down what was answered. Where not all was asked, what is written already stays.
pub fn record(places: &[Place], claims: &[Claim], asked: &[Asked]) {
    let line = |asked: &Asked| Line {
        place: asked.place.clone(),
        date: today(),
        versions: asked.versions.clone(),
        verified: asked.verified.clone(),
        refuted: asked.refuted.iter().map(|(claim, _)| claim.clone()).collect(),
    };
    let mut lines: Vec<Line> = asked.iter().filter(|it| it.unasked.is_none()).map(line).collect();
    let known = |old: &Line, lines: &[Line]| {
        lines.iter().any(|it| it.place == old.place && it.minor() == old.minor())
    };
    let old: Vec<Line> = recorded().into_iter().filter(|old| !known(old, &lines)).collect();
    lines.extend(old);
    let rank = |line: &Line| places.iter().position(|place| place.id == line.place);
    let minor = |line: &Line| line.minor().rsplit_once('.').and_then(|it| it.1.parse::<u32>().ok());
    lines.sort_by_key(|line| (rank(line), minor(line)));
    let recorded = lines;
    let text = serde_yaml::to_string(&recorded).unwrap();
    let head = "# Written by `.ci/places --record`.\n";
    fs::write(folder().join(RECORDED), format!("{head}{text}")).unwrap();
    fs::write(path(), page(places, claims, &recorded)).unwrap();
}

/// One line for each place and Python, and those for what was answered otherwise.
pub fn closing(places: &[Place], asked: &[Asked]) -> Vec<String> {
    let title = |id: &str| places.iter().find(|it| it.id == id).map_or("", |it| &it.title);
    let mut lines = Vec::new();
    for one in asked {
        let mut line = title(&one.place).to_owned();
        for (name, version) in &one.versions {
            write!(line, ", {name} {version}").unwrap();
        }
        let (verified, refuted) = (one.verified.len(), one.refuted.len());
        write!(line, ": {verified} verified, {refuted} refuted").unwrap();
        lines.push(line);
        for (claim, found) in &one.refuted {
            lines.push(format!("REFUTED {claim}: {found}"));
        }
        if let Some(why) = &one.unasked {
            lines.push(format!("NOT CHECKED: {}: {why}", title(&one.place)));
        }
    }
    for place in places.iter().filter(|place| place.ask.is_empty()) {
        let like = place.like.as_deref().map_or("", title);
        lines.push(format!("{}: inferred, as {like}", place.title));
    }
    let verified: usize = asked.iter().map(|one| one.verified.len()).sum();
    let refuted: usize = asked.iter().map(|one| one.refuted.len()).sum();
    let inferred = places.iter().filter(|place| place.ask.is_empty()).count();
    lines.push(format!(
        "{verified} answers verified, {refuted} refuted in {} places with their Pythons; \
         {inferred} places inferred",
        asked.iter().filter(|one| !one.versions.is_empty()).count()
    ));
    lines
}

/// The page of the documentation.
pub fn page(places: &[Place], claims: &[Claim], recorded: &[Line]) -> String {
    let mut page = HEAD.to_owned();
    writeln!(page, "\n| place | `--env` | Python | known by |\n| --- | --- | --- | --- |").unwrap();
    for place in places {
        match &place.like {
            None => asked_rows(place, recorded, &mut page),
            Some(like) => {
                let like = places.iter().find(|it| it.id == *like).map_or("", |it| &it.title);
                let source = place.source.as_deref().unwrap_or_default();
                let (title, env) = (&place.title, &place.env);
                writeln!(
                    page,
                    "| {title} | `{env}` | | inferred: as {like} ([source]({source})) |"
                )
                .unwrap();
            }
        }
    }
    page.push_str("\n## Answers\n");
    for claim in claims {
        let asks = &claim.asks;
        let (first, rest) = asks.split_at(asks.chars().next().map_or(0, char::len_utf8));
        let heading = first.to_uppercase() + rest;
        write!(page, "\n### {heading}\n\n| answer | where |\n| --- | --- |\n").unwrap();
        for answer in &claim.answers {
            let mut wheres = Vec::new();
            for place in places {
                let lines = recorded.iter().filter(|line| line.place == place.id);
                let here = lines.filter(|line| {
                    claim
                        .answer(&place.id, line.python())
                        .is_some_and(|it| std::ptr::eq(it, answer))
                });
                let told: Vec<String> = here.filter_map(|line| told(line, claim)).collect();
                if !told.is_empty() {
                    wheres.push(format!("{} on {}", place.title, told.join(", ")));
                }
            }
            if !wheres.is_empty() {
                writeln!(page, "| {} | {} |", answer.says, wheres.join("; ")).unwrap();
            }
        }
    }
    page
}

/// The Python of a line in which the claim was asked, and whether it was refuted.
fn told(line: &Line, claim: &Claim) -> Option<String> {
    if line.refuted.contains(&claim.id) {
        return Some(format!("{} (refuted)", line.minor()));
    }
    line.verified.contains(&claim.id).then(|| line.minor().to_owned())
}

fn asked_rows(place: &Place, recorded: &[Line], page: &mut String) {
    for line in recorded.iter().filter(|line| line.place == place.id) {
        let named = place.named.as_deref().unwrap_or_default();
        let version = line.versions.get(named).map_or("", String::as_str);
        let (title, env, python) = (&place.title, &place.env, line.python());
        let counts = match line.refuted.len() {
            0 => format!("{} verified on {}", line.verified.len(), line.date),
            refuted => {
                format!("{} verified, {refuted} refuted on {}", line.verified.len(), line.date)
            }
        };
        writeln!(page, "| {title} ({named} {version}) | `{env}` | {python} | {counts} |").unwrap();
    }
}

/// The day in UTC, as `2026-11-22`.
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seconds = i64::try_from(since.as_secs()).unwrap();
    let now = jiff::Timestamp::from_second(seconds).unwrap();
    now.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}
