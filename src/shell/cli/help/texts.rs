//! Puts the texts of `content/help.yaml` into the command line.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command};

use crate::knowledge::{Knowledge, Language};

/// The texts in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'k> {
    pub knowledge: &'k Knowledge,
    pub language: Language,
}

impl Words<'_> {
    /// The text at a key; the key itself where there is none.
    pub fn say(self, key: &str, args: &[(&str, &str)]) -> String {
        self.knowledge.help(self.language, key, args).unwrap_or_else(|| key.to_owned())
    }

    fn find(self, key: &str) -> Option<String> {
        self.knowledge.help(self.language, key, &[])
    }

    /// The text of a command, or else that of every command.
    fn of(self, command: &str, key: &str) -> Option<String> {
        self.find(&format!("{command}.{key}")).or_else(|| self.find(&format!("every.{key}")))
    }
}

/// The command with all that is below it, built, each text in its place.
pub(super) fn put(mut command: Command, words: Words<'_>) -> Command {
    command.build();
    put_into(command, "nbasync", words)
}

fn put_into(command: Command, name: &str, words: Words<'_>) -> Command {
    let about = words.find(&format!("{name}.about")).unwrap_or_default();
    let more = words.find(&format!("{name}.more")).map(|more| format!("{about}\n\n{more}"));
    let command = command.about(about).mut_args(|arg| argument(arg, name, words));
    let command = match words.find(&format!("{name}.end")) {
        Some(end) => command.after_help(end),
        None => command,
    };
    let command = match more {
        Some(more) => command.long_about(more),
        None => command,
    };
    if name == "help" {
        return command;
    }
    command.mut_subcommands(|sub| {
        let below = below(name, sub.get_name());
        put_into(sub, &below, words)
    })
}

/// The key of a heading over arguments.
pub(super) fn heading_key(heading: &str) -> String {
    format!("headings.{}", heading.to_lowercase().replace(' ', "-"))
}

/// The name under which the texts of a command below another stand.
fn below(name: &str, sub: &str) -> String {
    if name == "nbasync" || sub == "help" { sub.to_owned() } else { format!("{name}-{sub}") }
}

fn argument(arg: Arg, command: &str, words: Words<'_>) -> Arg {
    let id = arg.get_id().to_string();
    let help = words.of(command, &format!("is.{id}"));
    let values: Vec<(PossibleValue, Option<String>)> = arg
        .get_possible_values()
        .into_iter()
        .map(|value| {
            let told = words.of(command, &format!("values.{id}-{}", value.get_name()));
            (value, told)
        })
        .collect();
    let arg = arg.help(help.unwrap_or_default());
    if values.iter().all(|(_, told)| told.is_none()) {
        return arg;
    }
    arg.value_parser(PossibleValuesParser::new(values.into_iter().map(
        |(value, told)| match told {
            Some(told) => value.help(told),
            None => value,
        },
    )))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;
    use crate::shell::cli::arguments::Cli;
    use crate::shell::embedded::Embedded;

    /// The keys that the texts of a command need, and those that it may have.
    fn walk(
        command: &Command,
        name: &str,
        needed: &mut BTreeSet<String>,
        known: &mut BTreeSet<String>,
    ) {
        needed.insert(format!("{name}.about"));
        known.extend([format!("{name}.more"), format!("{name}.end")]);
        if name == "help" {
            return;
        }
        for arg in command.get_arguments() {
            needed.insert(format!("{name}.is.{}", arg.get_id()));
            for value in arg.get_possible_values() {
                let key = format!("{name}.values.{}-{}", arg.get_id(), value.get_name());
                let is_flag = !arg.get_action().takes_values();
                match value.get_help().is_some() && !is_flag {
                    true => needed.insert(key),
                    false => known.insert(key),
                };
            }
            if let Some(heading) = arg.get_help_heading() {
                needed.insert(heading_key(heading));
            }
        }
        for sub in command.get_subcommands() {
            walk(sub, &below(name, sub.get_name()), needed, known);
        }
    }

    #[test]
    fn every_text_of_the_command_line_is_there_in_both_languages_and_none_is_left_over() {
        let knowledge = Knowledge::open(&Embedded);
        let keys: BTreeSet<&str> = knowledge.help_keys().collect();
        let (mut needed, mut known) = (BTreeSet::new(), BTreeSet::new());
        let mut command = Cli::command();
        command.build();
        walk(&command, "nbasync", &mut needed, &mut known);
        assert!(needed.len() > 200, "{}", needed.len());
        let every = |key: &str| {
            key.split_once('.').map(|(_, rest)| format!("every.{rest}")).unwrap_or_default()
        };
        for key in &needed {
            let found = [key.clone(), every(key)].into_iter().find(|it| keys.contains(it.as_str()));
            let Some(found) = found else { panic!("{key} has no text in content/help.yaml") };
            for language in [Language::En, Language::Zh] {
                let text = knowledge.help(language, &found, &[]).unwrap_or_default();
                assert!(!text.trim().is_empty(), "{found} has no text in {language:?}");
            }
        }
        known.extend(needed);
        let all: BTreeSet<String> = known.iter().map(|key| every(key)).collect();
        let made = ["words.", "headings.", "errors.", "contradictions."];
        for key in keys {
            let is_used = known.contains(key) || all.contains(key);
            assert!(is_used || made.iter().any(|it| key.starts_with(it)), "{key} is used nowhere");
        }
    }

    #[test]
    fn what_is_done_in_an_example_is_the_same_in_both_languages() {
        let knowledge = Knowledge::open(&Embedded);
        for key in knowledge.help_keys().filter(|key| key.ends_with(".end")) {
            let commands = |language| {
                let text = knowledge.help(language, key, &[]).unwrap_or_default();
                let lines = text.lines().filter(|line| line.contains("nbasync "));
                let plain = lines.filter_map(|line| line.trim_start().split("  ").next());
                plain.map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(commands(Language::En), commands(Language::Zh), "{key}");
        }
    }
}
