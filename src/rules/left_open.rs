//! A client or an executor that a call opens and that nobody closes.

use super::Rule;
use super::events::found;
use crate::diagnostic::{Diagnostic, Severity};
use crate::execution::{EventKind, Run};

const NAME: &str = "left-open";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    for event in run.events() {
        let EventKind::LeftOpen { path } = event.kind else { continue };
        let path = run.spell(path);
        let is_pool = path.contains("Executor");
        let severity = if is_pool { Severity::Hint } else { Severity::Warning };
        let key = if is_pool { "pool" } else { "client" };
        let diagnostic = found(run, event, event.site, |span| {
            Diagnostic::new(NAME, severity, span, key).with("call", run.callee(event.site))
        });
        let Some(mut diagnostic) = diagnostic else { continue };
        diagnostic.patterns = vec!["owned-lifetime", "async-client"];
        out.push(diagnostic);
    }
}
