//! How help looks: what a command is for, how it is called, what can be said to it.

use clap::{Arg, Command};

use super::texts::{Words, heading_key};
use crate::shell::report::{Paper, Piece, Tone, wrap};
use crate::shell::visible;

/// Columns that help takes at most.
const WIDEST: usize = 100;

/// Columns before what is said of an argument in long help.
const INDENT: usize = 10;

/// Puts the finished help into the command and all that is below it.
pub(super) fn in_place(command: Command, words: Words<'_>, paper: Paper, is_long: bool) -> Command {
    let mut command = command.mut_subcommands(|sub| in_place(sub, words, paper, is_long));
    let help = help(&mut command, words, paper, is_long);
    command.override_help(help)
}

/// The help of a command that has its texts.
pub(super) fn help(command: &mut Command, words: Words<'_>, paper: Paper, is_long: bool) -> String {
    let usage = usage(&command.render_usage().to_string(), words);
    let page = Page { words, paper, is_long, width: paper.width.unwrap_or(WIDEST).min(WIDEST) };
    let about = command.get_long_about().filter(|_| is_long).or(command.get_about());
    let mut parts = vec![page.text(&about.map(ToString::to_string).unwrap_or_default())];
    let usage =
        [Piece::new(Tone::Strong, words.say("words.usage", &[])), Piece::new(Tone::Plain, usage)];
    parts.push(wrap(paper, &usage, Some(page.width)));
    let commands = command.get_subcommands().map(|sub| {
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        (sub.get_name().to_owned(), vec![about])
    });
    parts.extend(page.section("headings.commands", &commands.collect::<Vec<_>>(), false));
    for (heading, arguments) in groups(command) {
        let entries: Vec<_> = arguments.iter().map(|arg| (spelled(arg), page.told(arg))).collect();
        parts.extend(page.section(&heading, &entries, is_long));
    }
    parts.extend(command.get_after_help().map(|end| page.text(&end.to_string())));
    let parts: Vec<String> = parts.into_iter().map(|lines| lines.join("\n")).collect();
    format!("{}\n", parts.join("\n\n"))
}

/// How a command is called, in words of the language.
pub(super) fn usage(usage: &str, words: Words<'_>) -> String {
    let usage = usage.strip_prefix("Usage:").unwrap_or(usage).trim();
    let usage = usage.split_whitespace().collect::<Vec<_>>().join(" ");
    [("[OPTIONS]", "options"), ("<COMMAND>", "command"), ("[COMMAND]", "maybe-command")]
        .into_iter()
        .fold(usage, |usage, (sign, key)| {
            usage.replace(sign, &words.say(&format!("words.{key}"), &[]))
        })
}

/// The arguments under their headings: what stands in a place first, then options.
fn groups(command: &Command) -> Vec<(String, Vec<Arg>)> {
    let mut groups: Vec<(String, Vec<Arg>)> =
        ["headings.arguments", "headings.options"].map(|key| (key.to_owned(), Vec::new())).into();
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        let heading = match arg.get_help_heading() {
            Some(heading) => heading_key(heading),
            None if arg.is_positional() => "headings.arguments".to_owned(),
            None => "headings.options".to_owned(),
        };
        match groups.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, arguments)) => arguments.push(arg.clone()),
            None => groups.push((heading, vec![arg.clone()])),
        }
    }
    groups.retain(|(_, arguments)| !arguments.is_empty());
    groups
}

/// An argument as it is written, its short form first.
fn spelled(arg: &Arg) -> String {
    match (arg.get_short(), arg.is_positional()) {
        (_, true) => arg.to_string(),
        (Some(short), _) if arg.get_long().is_some() => format!("-{short}, {arg}"),
        (Some(_), _) => arg.to_string(),
        (None, _) => format!("    {arg}"),
    }
}

struct Page<'k> {
    words: Words<'k>,
    paper: Paper,
    is_long: bool,
    width: usize,
}

impl Page<'_> {
    /// Running text; what is set in from the margin stays as it is.
    fn text(&self, text: &str) -> Vec<String> {
        let lines = text.lines();
        lines.flat_map(|line| self.lines(line, self.width)).collect()
    }

    fn lines(&self, text: &str, width: usize) -> Vec<String> {
        let width = (!text.starts_with(' ')).then_some(width);
        wrap(self.paper, &[Piece::new(Tone::Plain, text)], width)
    }

    /// A heading, by its key, with its entries: beside each other, or what is said below the name.
    fn section(
        &self,
        heading: &str,
        entries: &[(String, Vec<String>)],
        is_below: bool,
    ) -> Option<Vec<String>> {
        let widest = entries.iter().map(|(name, _)| visible::width(name)).max()?;
        let mut out = vec![self.paper.paint(Tone::Strong, &self.words.say(heading, &[]))];
        for (at, (name, told)) in entries.iter().enumerate() {
            let columns = 2 + visible::width(name);
            let name = format!("  {}", self.paper.paint(Tone::Strong, name));
            if is_below {
                out.extend((at > 0).then(String::new));
                out.push(name);
                out.extend(self.column(told, INDENT));
            } else {
                let indent = widest + 4;
                let mut lines = self.column(&[told.join(" ")], indent).into_iter();
                let first = lines.next().unwrap_or_default();
                let gap = " ".repeat(indent.saturating_sub(columns));
                out.push(format!("{name}{gap}{}", first.trim_start()).trim_end().to_owned());
                out.extend(lines);
            }
        }
        Some(out)
    }

    fn column(&self, told: &[String], indent: usize) -> Vec<String> {
        let width = self.width.saturating_sub(indent).max(20);
        let lines = told.iter().flat_map(|text| self.lines(text, width));
        lines.map(|line| format!("{}{line}", " ".repeat(indent)).trim_end().to_owned()).collect()
    }

    /// What is said of an argument: what it is, what it may be, what it is unless something is said.
    fn told(&self, arg: &Arg) -> Vec<String> {
        let mut told = vec![arg.get_help().map(ToString::to_string).unwrap_or_default()];
        let values = arg.get_possible_values();
        let is_shown = arg.get_action().takes_values() && !arg.is_hide_possible_values_set();
        if is_shown && !values.is_empty() {
            if self.is_long && values.iter().any(|value| value.get_help().is_some()) {
                told.extend([String::new(), self.words.say("words.values-told", &[])]);
                told.extend(values.iter().map(|value| match value.get_help() {
                    Some(text) => {
                        let args = [("value", value.get_name()), ("text", &text.to_string())];
                        self.words.say("words.value", &args)
                    }
                    None => format!("- {}", value.get_name()),
                }));
                told.push(String::new());
            } else {
                let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
                told.push(self.words.say("words.values", &[("values", &names.join(", "))]));
            }
        }
        let default: Vec<_> =
            arg.get_default_values().iter().map(|it| it.to_string_lossy()).collect();
        if arg.get_action().takes_values() && default.iter().any(|it| !it.is_empty()) {
            told.push(self.words.say("words.default", &[("value", &default.join(" "))]));
        }
        while told.last().is_some_and(String::is_empty) {
            told.pop();
        }
        told
    }
}
