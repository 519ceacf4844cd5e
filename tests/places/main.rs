//! What the verdicts take for granted of the places where cells run, asked there.
//!
//! `NBASYNC_PLACES` names the folder of the environments, as `.ci/places` makes them; without it the
//! test that asks says that it was skipped. `NBASYNC_PLACES_SECONDS` bounds the time,
//! `NBASYNC_PLACES_RECORD` writes what was answered into `recorded.yaml` and `docs/places.md`.

mod asking;
mod data;
mod page;
#[path = "../common/tables.rs"]
mod tables;

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nbasync::environment::{Certainty, Host, PythonVersion, RequiredPython};
use nbasync::review::{Known, Settings, Surroundings, review_again};

/// Seconds, where no others are named.
const TIME: u64 = 270;

fn say(line: &str) {
    // Written past the test runner, which would keep it to itself.
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

#[test]
fn the_places_answer_as_it_is_claimed() {
    let Some(folder) = std::env::var_os("NBASYNC_PLACES").map(PathBuf::from) else {
        return say("SKIPPED: NBASYNC_PLACES names no folder of environments");
    };
    let (places, claims) = (data::places(), data::claims());
    let time = std::env::var("NBASYNC_PLACES_SECONDS").ok();
    let time = time.map_or(TIME, |text| text.parse().expect("NBASYNC_PLACES_SECONDS in seconds"));
    let until = Instant::now() + Duration::from_secs(time);
    let asked = asking::all(&places, &claims, &folder, until);
    for line in page::closing(&places, &asked) {
        say(&line);
    }
    let refuted: Vec<_> = asked.iter().flat_map(|it| &it.refuted).collect();
    if std::env::var_os("NBASYNC_PLACES_RECORD").is_some() {
        page::record(&places, &claims, &asked);
    }
    assert!(refuted.is_empty(), "{} claims are refuted", refuted.len());
}

#[test]
fn the_page_of_places_says_what_was_recorded() {
    let (places, claims) = (data::places(), data::claims());
    let written = std::fs::read_to_string(page::path()).unwrap_or_default();
    let page = page::page(&places, &claims, &page::recorded());
    assert!(written == page, "docs/places.md is not what the record says; it should be\n{page}");
}

#[test]
fn the_verdicts_follow_the_answers() {
    let (places, claims, tables) = (data::places(), data::claims(), tables::tables());
    for claim in claims.iter().filter(|claim| !claim.rules.is_empty()) {
        let cells: Vec<String> = claim.cells.iter().map(|cell| format!("# %%\n{cell}")).collect();
        let notebook = nbasync::notebook::parse("a.py", cells.concat()).unwrap();
        for place in places.iter().filter(|place| !place.is_aside) {
            for environment in &place.environments {
                let python = data::python_of(environment);
                let Some(answer) = claim.answer(&place.id, python) else { continue };
                let settings = Settings {
                    host: Host::named(&place.env),
                    python: PythonVersion::parse(python).map(RequiredPython::exactly),
                    ..Settings::default()
                };
                let surroundings = Surroundings { settings, ..Surroundings::default() };
                let review = review_again(&notebook, &tables, &surroundings, &Known::default());
                let mut found = review.diagnostics.iter();
                let is_reported = found.any(|it| claim.rules.iter().any(|rule| rule == it.rule));
                let told = &review.diagnostics;
                let at = format!("{} in {} on {python}", claim.id, place.title);
                assert_eq!(is_reported, answer.is_reported(), "{at}: {told:#?}");
            }
        }
    }
}

#[test]
fn a_place_is_verified_where_it_was_asked() {
    for place in data::places().iter().filter(|place| place.env != "jupyter") {
        let is_asked = !place.ask.is_empty();
        let certainty = Host::named(&place.env).unwrap().certainty();
        assert_eq!(is_asked, certainty == Certainty::Verified, "{}", place.title);
    }
}

#[test]
fn every_place_that_a_claim_or_a_place_names_is_one() {
    let places = data::places();
    let known: Vec<&str> = places.iter().map(|place| place.id.as_str()).collect();
    for claim in data::claims() {
        for answer in &claim.answers {
            for name in &answer.places {
                assert!(known.contains(&name.as_str()), "{}: {name}", claim.id);
            }
            assert!(answer.cells.is_some() || answer.last.is_some(), "{}", claim.id);
        }
    }
    for place in &places {
        assert!(Host::named(&place.env).is_some(), "{}", place.env);
        match &place.like {
            Some(like) => assert!(known.contains(&like.as_str()) && place.source.is_some()),
            None => assert!(!place.ask.is_empty() && !place.environments.is_empty()),
        }
    }
    for (name, _) in Host::ALL {
        let has_place = places.iter().any(|place| place.env == name || name == "jupyter");
        assert!(has_place, "{name} has no place");
    }
}
