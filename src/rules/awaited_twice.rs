//! One coroutine object is awaited, gathered or scheduled a second time.

use super::Rule;
use super::events::found;
use crate::diagnostic::{Diagnostic, Message, Severity};
use crate::execution::{EventKind, Run};

const NAME: &str = "awaited-twice";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    for event in run.events() {
        if let EventKind::CoroutineCached { function, .. } = event.kind {
            let cached = found(run, event, event.site, |span| {
                Diagnostic::new(NAME, Severity::Warning, span, "cached")
                    .with("cache", run.source_of(event.site))
                    .with("function", run.name_of(function).unwrap_or_default())
            });
            out.extend(cached);
            continue;
        }
        if event.kind == EventKind::EnteredTwice {
            let entered = found(run, event, event.site, |span| {
                Diagnostic::new(NAME, Severity::Error, span, "manager")
                    .with("name", run.source_of(event.site))
            });
            out.extend(entered.map(|mut it| {
                it.patterns = vec!["owned-lifetime"];
                it
            }));
            continue;
        }
        let EventKind::AwaitedTwice { made } = event.kind else { continue };
        let diagnostic = found(run, event, event.site, |span| {
            Diagnostic::new(NAME, Severity::Error, span, "twice").with("call", run.callee(made))
        });
        let Some(mut diagnostic) = diagnostic else { continue };
        if let Some(span) = run.span(made) {
            let note = Message::new(NAME, "made").at_cell(span.cell);
            diagnostic.note(note, Some(span));
        }
        diagnostic.patterns = vec!["keep-the-handle", "top-level-await"];
        out.push(diagnostic);
    }
}
