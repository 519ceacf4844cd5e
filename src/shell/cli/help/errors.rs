//! What is wrong with a command line, in the reader's language.

use std::error::Error as _;
use std::num::{IntErrorKind, ParseIntError};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::layout;
use super::texts::Words;

/// Whether this is a mistake that there are words for, and not a wish for help.
pub(super) fn is_told(error: &clap::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ArgumentConflict
            | ErrorKind::InvalidSubcommand
            | ErrorKind::InvalidUtf8
            | ErrorKind::InvalidValue
            | ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand
            | ErrorKind::TooManyValues
            | ErrorKind::UnknownArgument
            | ErrorKind::ValueValidation
    )
}

/// What is said of arguments that were refused.
pub(super) fn refused(error: &clap::Error, words: Words<'_>) -> String {
    let complaint = Complaint { error, words };
    let mut out = words.say("errors.said", &[("what", &complaint.what())]);
    out.push('\n');
    let mut tips = complaint.similar();
    tips.extend(complaint.hints());
    if !tips.is_empty() {
        out.push('\n');
    }
    for tip in tips {
        out.push_str(&format!("{}\n", words.say("errors.tip", &[("what", &tip)])));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = layout::usage(&usage.to_string(), words);
        out.push_str(&format!("\n{}{usage}\n", words.say("words.usage", &[])));
    }
    out + &more(words)
}

/// What is said of options that make no sense together.
pub(super) fn contradiction(key: &str, words: Words<'_>) -> String {
    let what = words.say(&format!("contradictions.{key}"), &[]);
    format!("{}\n{}", words.say("errors.said", &[("what", &what)]), more(words))
}

fn more(words: Words<'_>) -> String {
    format!("\n{}\n", words.say("errors.try", &[("help", "--help")]))
}

struct Complaint<'e> {
    error: &'e clap::Error,
    words: Words<'e>,
}

impl Complaint<'_> {
    fn what(&self) -> String {
        let it = self.one(ContextKind::InvalidArg);
        let value = self.one(ContextKind::InvalidValue);
        let both = [("it", value.as_str()), ("argument", it.as_str())];
        match self.error.kind() {
            ErrorKind::UnknownArgument => self.say("unknown-argument", &[("it", &it)]),
            ErrorKind::InvalidSubcommand => {
                self.say("unknown-command", &[("it", &self.one(ContextKind::InvalidSubcommand))])
            }
            ErrorKind::ArgumentConflict => self.conflict(&it),
            ErrorKind::InvalidValue if value.is_empty() => {
                self.say("missing-value", &[("argument", &it)]) + &self.possible()
            }
            ErrorKind::InvalidValue => self.say("bad-value", &both) + &self.possible(),
            ErrorKind::TooManyValues => self.say("extra-value", &both),
            ErrorKind::ValueValidation => match self.why() {
                Some(why) => {
                    let args = [("it", value.as_str()), ("argument", it.as_str()), ("why", &why)];
                    self.say("bad-value-because", &args)
                }
                None => self.say("bad-value", &both),
            },
            ErrorKind::MissingRequiredArgument => {
                self.listed("missing-argument", &[], &self.all(ContextKind::InvalidArg))
            }
            ErrorKind::MissingSubcommand => {
                let commands = self.all(ContextKind::ValidSubcommand).join(", ");
                let it = self.one(ContextKind::InvalidSubcommand);
                let said = self.say("missing-command", &[("it", &it)]);
                format!("{said}\n  {}", self.say("commands", &[("commands", &commands)]))
            }
            _ => self.say("not-text", &[]),
        }
    }

    fn conflict(&self, it: &str) -> String {
        let others = self.all(ContextKind::PriorArg);
        match others.as_slice() {
            [other] if other == it => self.say("twice", &[("it", it)]),
            [other] => self.say("conflict", &[("it", it), ("other", other)]),
            others => self.listed("conflict-several", &[("it", it)], others),
        }
    }

    /// Why a value was not taken, where it is known in words of the language.
    fn why(&self) -> Option<String> {
        let source = self.error.source()?;
        let Some(number) = source.downcast_ref::<ParseIntError>() else {
            return Some(source.to_string());
        };
        let key = match number.kind() {
            IntErrorKind::Empty => "no-number",
            IntErrorKind::PosOverflow => "too-great",
            IntErrorKind::NegOverflow => "too-small",
            IntErrorKind::Zero => "zero",
            _ => "no-digits",
        };
        Some(self.say(key, &[]))
    }

    fn possible(&self) -> String {
        let values = self.all(ContextKind::ValidValue);
        match values.is_empty() {
            true => String::new(),
            false => {
                format!("\n  {}", self.words.say("words.values", &[("values", &values.join(", "))]))
            }
        }
    }

    /// What may have been meant.
    fn similar(&self) -> Vec<String> {
        let kinds = [
            (ContextKind::SuggestedSubcommand, "similar-command"),
            (ContextKind::SuggestedArg, "similar-argument"),
            (ContextKind::SuggestedValue, "similar-value"),
        ];
        let tips = kinds.into_iter().filter_map(|(kind, key)| match self.all(kind).as_slice() {
            [] => None,
            [it] => Some(self.say(key, &[("it", it)])),
            several => {
                let quoted = several.iter().map(|it| self.say("quoted", &[("it", it)]));
                let all = quoted.collect::<Vec<_>>().join(&self.say("between", &[]));
                Some(self.say(&format!("{key}s"), &[("all", &all)]))
            }
        });
        tips.collect()
    }

    /// What else could be done. The parser says it in sentences of its own; the names in them are
    /// what counts.
    fn hints(&self) -> Vec<String> {
        let Some(ContextValue::StyledStrs(said)) = self.error.get(ContextKind::Suggested) else {
            return Vec::new();
        };
        let said = said.iter().map(ToString::to_string);
        let hints = said.filter_map(|said| {
            let name = said.split('\'').nth(1)?.to_owned();
            let key = match () {
                () if said.starts_with("to pass") => "as-value",
                () if said.ends_with("exists") => "elsewhere",
                () => return None,
            };
            Some(self.say(key, &[("it", &name)]))
        });
        hints.collect()
    }

    fn listed(&self, key: &str, args: &[(&str, &str)], all: &[String]) -> String {
        let lines = all.iter().map(|it| format!("\n  {it}"));
        self.say(key, args) + &lines.collect::<String>()
    }

    fn one(&self, kind: ContextKind) -> String {
        self.all(kind).into_iter().next().unwrap_or_default()
    }

    fn all(&self, kind: ContextKind) -> Vec<String> {
        match self.error.get(kind) {
            Some(ContextValue::String(it)) => vec![it.clone()],
            Some(ContextValue::Strings(all)) => all.clone(),
            _ => Vec::new(),
        }
    }

    fn say(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.words.say(&format!("errors.{key}"), args)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::knowledge::{Knowledge, Language};
    use crate::shell::cli::arguments::Cli;
    use crate::shell::embedded::Embedded;

    /// Arguments that are refused, and what Chinese readers are told of them, `\n` as ` / `.
    const REFUSED: &[(&[&str], &str)] = &[
        (
            &["check", "--formt", "json", "."],
            "没有 `--formt` 这个参数 / 提示：有一个相近的参数：`--format`",
        ),
        (&["chek", "."], "没有 `chek` 这个命令 / 提示：相近的命令有：`schema`、`check`"),
        (
            &["check", "--format", "jsn", "."],
            "`jsn` 不能用作 `--format <FORMAT>` 的值 / [可选值：text, json, sarif, github, gitlab, junit] / 提示：有一个相近的值：`json`",
        ),
        (&["check"], "缺少必需的参数： / <PATH>..."),
        (
            &["check", ".", "--format"],
            "`--format <FORMAT>` 需要一个值，但没有给 / [可选值：text, json, sarif, github, gitlab, junit]",
        ),
        (
            &["skill", "--ascii"],
            "`nbasync skill` 后面要有一个命令，但没有给 / [命令：check, install, uninstall, help]",
        ),
        (&["tutor", "--cell", "x"], "`x` 不能用作 `--cell <N>` 的值：这里要写数字"),
        (&["tutor", "--cell", "0"], "`0` 不能用作 `--cell <N>` 的值：数字至少是 1"),
        (&["tutor", "a", "b"], "没有 `b` 这个参数"),
        (&["check", "--diff", "--statistics", "."], "`--diff` 不能与 `--statistics` 同用"),
        (&["check", "--format", "json", "--format", "text", "."], "`--format <FORMAT>` 只能用一次"),
        (&["--select", "x", "check"], "没有 `--select` 这个参数 / 提示：有 `check --select`"),
    ];

    #[test]
    fn every_mistake_on_the_command_line_is_told_in_chinese() {
        let knowledge = Knowledge::open(&Embedded);
        let words = Words { knowledge: &knowledge, language: Language::Zh };
        for (args, expected) in REFUSED {
            let error = Cli::try_parse_from(["nbasync"].iter().chain(*args)).unwrap_err();
            assert!(is_told(&error), "{args:?}");
            let told = refused(&error, words);
            let (what, _) = told.split_once("\n用法：").or(told.split_once("\n详情见")).unwrap();
            let lines = what.lines().map(str::trim).filter(|line| !line.is_empty());
            let line = lines.collect::<Vec<_>>().join(" / ");
            assert_eq!(line, format!("错误：{expected}"), "{args:?}\n{told}");
        }
    }

    #[test]
    fn in_english_the_words_are_those_of_the_parser() {
        let knowledge = Knowledge::open(&Embedded);
        let words = Words { knowledge: &knowledge, language: Language::En };
        for (args, _) in REFUSED {
            let error = Cli::try_parse_from(["nbasync"].iter().chain(*args)).unwrap_err();
            let numbers = args.contains(&"--cell");
            assert!(
                numbers || refused(&error, words) == error.render().to_string(),
                "{args:?}: {}",
                refused(&error, words)
            );
        }
    }
}
