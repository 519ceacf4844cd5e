//! A framework's own `run()` on the kernel's thread, where the kernel's loop is running already.

use super::Rule;
use super::loops::{owners, report_owner};
use crate::diagnostic::Diagnostic;
use crate::execution::Run;
use crate::knowledge::tables::Answers;

const NAME: &str = "framework-runner-in-cell";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    for (happening, owner) in owners(run, |path| run.tables().runner(path)) {
        // What works and holds the loop is a competing loop, and so is another library's.
        if !matches!(owner.answers, Answers::Blocks | Answers::Foreign) {
            out.push(report_owner(run, NAME, &happening, owner));
        }
    }
}
