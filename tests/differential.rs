//! Generated notebooks: what four kernels answered, held against what the review says and repairs.
//!
//! The notebooks and answers stand in `tests/differential/recordings`; no Python is needed. See
//! `tests/differential/README.md`.

#[path = "differential/effects.rs"]
mod effects;
#[path = "differential/known.rs"]
mod known;
#[path = "differential/recording.rs"]
mod recording;
#[path = "differential/repairs.rs"]
mod repairs;
#[path = "differential/replay.rs"]
mod replay;
#[path = "differential/score.rs"]
mod score;
#[path = "common/tables.rs"]
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use nbasync::knowledge::Tables;
use nbasync::rules::RULES;

use known::{Known, REWRITE, count};
use recording::{Program, Repaired};
use repairs::{Attempt, Verdict, attempts};
use replay::{Outcome, outcomes};
use score::{scores, table};
use tables::tables;

/// Of the faults, those that are repaired at least, and run clean in every kernel.
const REPAIRED: f64 = 0.81;

/// How many repairs came to each verdict, by core.
type Verdicts = BTreeMap<String, BTreeMap<Verdict, usize>>;

/// The path that an environment variable names.
fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

#[test]
fn every_rule_says_what_a_kernel_shows_of_it() {
    let rules: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
    let said: BTreeSet<&str> = effects::FORETOLD.iter().map(|(name, _)| *name).collect();
    assert_eq!(rules, said, "FORETOLD in tests/differential/effects.rs has a row for each rule");
}

#[test]
fn recorded_notebooks_are_many_and_half_of_them_are_right() {
    let programs = recording::programs();
    let faulty = programs.iter().filter(|program| program.fault.is_some()).count();
    let dresses: BTreeSet<&str> = programs.iter().map(|it| it.dress.as_str()).collect();
    assert!(programs.len() >= 3000, "{}", programs.len());
    assert!(recording::cores(&programs).len() >= 24 && dresses.len() >= 60);
    assert!((programs.len() * 2 / 5..=programs.len() * 3 / 5).contains(&faulty), "{faulty}");
}

#[test]
fn what_is_missed_or_wrong_is_listed_and_nothing_else_is() {
    let (programs, tables) = (recording::programs(), tables());
    let outcomes = outcomes(&programs, &tables);
    let attempts = attempts(&programs, &tables);
    let mut now = Known::default();
    now.add_outcomes(&outcomes);
    let known = recording::repaired();
    let repairs = judged(&attempts, &known, &mut now);
    let by_core = report(&outcomes, &repairs);
    hand_out(&attempts, &known);
    if named("NBASYNC_DIFFERENTIAL_WRITE").is_some() {
        now.write();
        write_table(&by_core);
        return;
    }
    let all: usize = repairs.values().flat_map(BTreeMap::values).sum();
    let clean: usize = repairs.values().filter_map(|row| row.get(&Verdict::Clean)).sum();
    let share = clean as f64 / all as f64;
    assert!(share >= REPAIRED, "{share:.3} of the faults are repaired");
    let new = repairs.values().filter_map(|row| row.get(&Verdict::NewFault)).sum::<usize>();
    assert_eq!(new, 0, "repairs that bring a new fault");
    let differences = now.differences(&Known::read());
    assert!(
        differences.is_empty(),
        "{}\n{} differences from tests/differential/known_misses.toml. Where the new answers are \
         right, write the list anew:\n  {REWRITE}",
        differences.join("\n"),
        differences.len()
    );
}

#[test]
fn fresh_notebooks_are_no_worse_than_recorded_ones() {
    let Some(path) = named("NBASYNC_DIFFERENTIAL_FRESH") else {
        println!("skipped: NBASYNC_DIFFERENTIAL_FRESH names no file of fresh notebooks");
        return;
    };
    let (recorded, fresh, tables) = (recording::programs(), recording::read(&path), tables());
    let before = outcomes(&recorded, &tables);
    let now = outcomes(&fresh, &tables);
    let (by_core, all) = scores(&now, |outcome| &outcome.program.core);
    println!("{}", table("core", &by_core, all));
    let kinds = [
        ("false alarms", false_alarms(&before, &now), ALARMS),
        ("misses", misses(&before, &now), now.len() / MISSED),
        ("bad repairs", worse_repairs(&fresh, &tables), BAD_REPAIRS),
    ];
    let mut is_worse = false;
    for (kind, found, by_chance) in kinds {
        println!("{} {kind} (by chance up to {by_chance}):\n{}", found.len(), found.join("\n"));
        is_worse |= found.len() > by_chance;
    }
    assert!(!is_worse, "more than chance brings");
}

/// Hands out the repairs of fresh notebooks; where kernels have answered them already, gives those
/// that went wrong where no repair of that core or that dress is listed.
fn worse_repairs(fresh: &[Program], tables: &Tables) -> Vec<String> {
    let attempts = attempts(fresh, tables);
    let answers = named("NBASYNC_DIFFERENTIAL_ANSWERS");
    let known = answers.as_deref().map(recording::repaired_in).unwrap_or_default();
    hand_out(&attempts, &known);
    let mut now = Known::default();
    println!("{}", repair_table(&judged(&attempts, &known, &mut now)));
    let listed = Known::read().bad_repairs;
    let dresses: BTreeSet<&str> = listed
        .values()
        .flat_map(BTreeMap::keys)
        .filter_map(|key| key.split(" / ").nth(1))
        .collect();
    let is_new = |attempt: &&Attempt<'_>| {
        let Program { core, dress, .. } = attempt.program;
        let is_listed = listed.contains_key(core) || dresses.contains(dress.as_str());
        attempt.verdict(&known).is_bad() && !is_listed
    };
    let tell = |attempt: &Attempt<'_>| {
        let cells = attempt.cells.clone().unwrap_or_default().join("\n# %%\n");
        format!("bad repair: {}\n{cells}\n", attempt.program.name())
    };
    attempts.iter().filter(is_new).map(tell).collect()
}

/// As many of a few hundred fresh notebooks may hold something new by chance: what is recorded is a
/// sample as well. Each is printed, to be looked at and recorded.
const ALARMS: usize = 1;
const BAD_REPAIRS: usize = 2;

/// One missed fault in so many notebooks.
const MISSED: usize = 33;

/// False alarms of rules that give none in that core.
fn false_alarms(before: &[Outcome<'_>], now: &[Outcome<'_>]) -> Vec<String> {
    let known: BTreeSet<(&str, &str)> = before
        .iter()
        .flat_map(|it| it.false_alarms.iter().map(|rule| (it.program.core.as_str(), *rule)))
        .collect();
    let of = |outcome: &Outcome<'_>| {
        let core = outcome.program.core.as_str();
        let told = shown(outcome);
        let new = outcome.false_alarms.iter().filter(|rule| !known.contains(&(core, **rule)));
        new.map(|rule| format!("{rule}: {told}")).collect::<Vec<_>>()
    };
    now.iter().flat_map(of).collect()
}

/// Missed faults of cores of which none is missed in the recordings.
fn misses(before: &[Outcome<'_>], now: &[Outcome<'_>]) -> Vec<String> {
    let (by_core, _) = scores(before, |outcome| &outcome.program.core);
    let is_new = |outcome: &&Outcome<'_>| {
        let core = outcome.program.core.as_str();
        outcome.caught == Some(false) && by_core.get(core).is_some_and(|it| it.recall() == 1.0)
    };
    now.iter().filter(is_new).map(shown).collect()
}

/// A notebook with its name.
fn shown(outcome: &Outcome<'_>) -> String {
    format!("{}\n{}\n", outcome.program.name(), outcome.program.cells.join("\n# %%\n"))
}

/// How many repairs came to each verdict, by core; the bad ones also go to the list.
fn judged(
    attempts: &[Attempt<'_>],
    known: &BTreeMap<String, Repaired>,
    now: &mut Known,
) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for attempt in attempts {
        let verdict = attempt.verdict(known);
        let Program { core, kind, dress, .. } = attempt.program;
        *verdicts.entry(core.clone()).or_default().entry(verdict).or_default() += 1;
        if verdict.is_bad() {
            count(&mut now.bad_repairs, core, &format!("{kind} / {dress}"));
        }
    }
    verdicts
}

/// Prints everything; gives the table of cores.
fn report(outcomes: &[Outcome<'_>], repairs: &Verdicts) -> String {
    let (by_core, all) = scores(outcomes, |outcome| &outcome.program.core);
    let (by_dress, _) = scores(outcomes, |outcome| &outcome.program.dress);
    let cores = format!("{}\n{}", table("core", &by_core, all), repair_table(repairs));
    println!("{cores}\n{}", table("dress", &by_dress, all));
    cores
}

fn repair_table(repairs: &Verdicts) -> String {
    let verdicts = [
        Verdict::Clean,
        Verdict::Stays,
        Verdict::NewFault,
        Verdict::OtherValues,
        Verdict::Unknown,
        Verdict::Untouched,
    ];
    let head = "| repaired | clean | the fault stays | a new fault | other values | not asked | no repair |\n\
                | --- | --: | --: | --: | --: | --: | --: |\n";
    let line = |name: &str, row: &BTreeMap<Verdict, usize>| {
        let cells = verdicts.map(|verdict| row.get(&verdict).copied().unwrap_or(0).to_string());
        format!("| {name} | {} |\n", cells.join(" | "))
    };
    let mut all: BTreeMap<Verdict, usize> = BTreeMap::new();
    for (verdict, count) in repairs.values().flatten() {
        *all.entry(*verdict).or_default() += count;
    }
    let rows: String = repairs.iter().map(|(core, row)| line(core, row)).collect();
    format!("{head}{rows}{}", line("all", &all))
}

/// Writes the repaired notebooks that no kernel was asked of, and the keys of all, for the tool;
/// and the names of those without a repair, for who writes more repairs.
fn hand_out(attempts: &[Attempt<'_>], known: &BTreeMap<String, Repaired>) {
    let Some(path) = named("NBASYNC_DIFFERENTIAL_REPAIRS") else { return };
    let lines: BTreeMap<String, String> =
        attempts.iter().filter_map(|attempt| Some((attempt.key()?, attempt.line()?))).collect();
    let unknown = lines.iter().filter(|(key, _)| !known.contains_key(*key));
    let text: String = unknown.map(|(_, line)| format!("{line}\n")).collect();
    std::fs::write(&path, text).unwrap();
    let keys: String = lines.keys().map(|key| format!("{key}\n")).collect();
    std::fs::write(path.with_extension("keys"), keys).unwrap();
    let bare = attempts.iter().filter(|attempt| attempt.cells.is_none());
    let text: String = bare.map(|it| format!("{}\n", it.program.name())).collect();
    std::fs::write(path.with_extension("unrepaired"), text).unwrap();
}

/// Puts the table into the page that tells of this test.
fn write_table(table: &str) {
    let path = recording::folder().join("README.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("<!-- table -->").unwrap();
    let (_, after) = rest.split_once("<!-- /table -->").unwrap();
    let page = format!("{before}<!-- table -->\n{table}<!-- /table -->{after}");
    std::fs::write(path, page).unwrap();
}
