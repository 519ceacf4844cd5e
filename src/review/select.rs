//! Which diagnostics somebody wants to hear of.

use super::{NOT_LOOKED_AT, SAVED_OUTPUT, SYNTAX_ERROR, UNUSED_IGNORE};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::RULES;

/// A choice among the diagnostics. The default takes all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The names of the rules to hear of; empty for every rule.
    pub select: Vec<String>,
    /// The names of the rules to leave out, whatever `select` says.
    pub ignore: Vec<String>,
    /// The least severity.
    pub severity: Severity,
}

impl Default for Selection {
    fn default() -> Self {
        Self { select: Vec::new(), ignore: Vec::new(), severity: Severity::Hint }
    }
}

impl Selection {
    /// Whether this one is wanted.
    pub fn takes(&self, found: &Diagnostic) -> bool {
        let names = |list: &[String]| list.iter().any(|name| name == found.rule);
        // That a rule gave no answer is said whichever rules are asked for.
        let always = found.rule == NOT_LOOKED_AT;
        let selected = always || self.select.is_empty() || names(&self.select);
        selected && !names(&self.ignore) && found.severity >= self.severity
    }

    /// How many of the rules are asked.
    pub fn rules(&self) -> usize {
        let names = |list: &[String], rule: &str| list.iter().any(|name| name == rule);
        let asked = |rule: &&crate::rules::Rule| {
            (self.select.is_empty() || names(&self.select, rule.name))
                && !names(&self.ignore, rule.name)
        };
        RULES.iter().filter(asked).count()
    }
}

/// Every name under which something is reported, in the order of the catalogue.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name).chain([
        SYNTAX_ERROR,
        SAVED_OUTPUT,
        UNUSED_IGNORE,
        NOT_LOOKED_AT,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn check(select: &[&str], ignore: &[&str], severity: Severity, expected: [bool; 2]) {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
        let selection = Selection { select: names(select), ignore: names(ignore), severity };
        let found = [("dropped-task", Severity::Warning), (UNUSED_IGNORE, Severity::Hint)];
        let takes = found.map(|(rule, severity)| {
            selection.takes(&Diagnostic::new(rule, severity, Span::default(), "key"))
        });
        assert_eq!(takes, expected, "{selection:?}");
    }

    #[test]
    fn rules_are_chosen_left_out_and_weighed() {
        check(&[], &[], Severity::Hint, [true, true]);
        check(&["dropped-task"], &[], Severity::Hint, [true, false]);
        check(&[], &["dropped-task"], Severity::Hint, [false, true]);
        check(&["dropped-task"], &["dropped-task"], Severity::Hint, [false, false]);
        check(&[], &[], Severity::Warning, [true, false]);
        check(&[], &[], Severity::Error, [false, false]);
    }

    #[test]
    fn every_rule_has_one_name() {
        let mut names: Vec<&str> = rule_names().collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!((names.len(), all), (all, RULES.len() + 4));
    }
}
