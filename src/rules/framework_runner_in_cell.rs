//! A framework's own `run()` on the kernel's thread, where the kernel's loop is running already.

use super::{Check, Rule};
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::knowledge::tables::Answers;
use crate::rewrite::{owners, report_owner};

const NAME: &str = "framework-runner-in-cell";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for (site, owner) in owners(facts, |path| facts.tables.runner(path)) {
        // What works and holds the loop is a competing loop, and so is another library's.
        if !matches!(owner.answers, Answers::Blocks | Answers::Foreign) {
            out.push(report_owner(facts, NAME, site, owner));
        }
    }
}
