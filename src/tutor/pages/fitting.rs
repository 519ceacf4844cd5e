//! Which parts of the content pages are true of this very problem; the others are left out.

use super::Subject;
use crate::diagnostic::{Diagnostic, Note};
use crate::execution::{Call, Run};
use crate::knowledge::tables::BlockingKind;
use crate::knowledge::{Front, Language, Page, PageKind};
use crate::python::{Kind, Role};
use crate::review::sentence;
use crate::tutor::reading::as_sentence;
use crate::tutor::statements::Outcome;

/// The page about the patch that makes the loop re-entrant.
const PATCH: &str = "nest-asyncio-by-default";

/// The page about what is walked by `async for` alone.
const WALKED: &str = "async-protocol-needs-async";

/// The pattern for who does not await yet.
const AWAIT: &str = "top-level-await";

/// The rule about computations.
const COMPUTES: &str = "cpu-bound-in-async";

/// The pages about libraries that run a loop of their own.
const OWNERS: [&str; 2] = ["framework-runner-in-cell", "loop-owning-sync-api"];

/// The section of a mistake's page about what is to be written.
pub(super) const INSTEAD: &str = "instead";

/// As wide as a line of code is here, in characters.
const WIDE: usize = 72;

/// What the pages are held against.
pub(super) struct Fitting<'a> {
    subject: Subject<'a>,
    /// What holds the loop, where that is known.
    work: Option<Work>,
    outcome: Outcome,
}

/// What holds a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// A call that waits for something.
    Waits(BlockingKind),
    /// A computation.
    Computes,
}

impl<'a> Fitting<'a> {
    pub fn new(subject: Subject<'a>, problem: &Diagnostic) -> Self {
        let page = subject.knowledge.page(PageKind::Mistake, problem.rule);
        let asks = page.is_some_and(|page| !page.only.is_empty());
        let work = match problem.rule {
            COMPUTES => Some(Work::Computes),
            _ if asks => work_of(subject, problem).map(Work::Waits),
            _ => None,
        };
        Self { subject, work, outcome: Outcome::of(problem) }
    }

    fn mistake(&self, id: &str) -> Option<&'a Page> {
        self.subject.knowledge.page(PageKind::Mistake, id)
    }

    /// The page whose conclusion is that of the problem.
    pub fn concluded(&self, problem: &Diagnostic) -> Option<&'a Page> {
        match self.outcome {
            Outcome::Apart => None,
            // No client and no thread asks a person.
            _ if self.work == Some(Work::Waits(BlockingKind::Input)) => None,
            Outcome::Generator => self.mistake(WALKED),
            _ => self.mistake(problem.rule),
        }
    }

    /// The page that explains the mistake, and which of its sections.
    pub fn explained(&self, problem: &Diagnostic) -> (Option<&'a Page>, &'static [&'static str]) {
        match self.outcome {
            Outcome::Usual => (self.mistake(problem.rule), &["happens", "why", "silent"]),
            // It works: what is to be known is what the patch does.
            Outcome::Patched => (self.mistake(PATCH), &["why", "silent"]),
            Outcome::Apart => (None, &[]),
            _ => (self.concluded(problem), &["why", "silent"]),
        }
    }

    /// What the mistake's own page says is to be written: for who has no pattern to follow.
    pub fn instead(&self, problem: &Diagnostic) -> Option<&'a Page> {
        self.concluded(problem).filter(|page| self.section(page, INSTEAD))
    }

    /// What is to be done where the page says nothing of it, in the words that belong to the message.
    pub fn way_out(&self, problem: &Diagnostic, language: Language) -> Option<String> {
        let message = &problem.message;
        let asks_somebody = self.work == Some(Work::Waits(BlockingKind::Input));
        let key = format!("how-{}", if asks_somebody { "input" } else { message.key });
        let knowledge = self.subject.knowledge;
        let own = message.filled(|args| knowledge.message(language, message.page, &key, args));
        // A library that wants its own loop has something else for who has one.
        let is_twin =
            |note: &&Note| OWNERS.contains(&note.message.page) && note.message.key == "twin";
        let twin = || problem.notes.iter().find(is_twin);
        own.or_else(|| Some(sentence(knowledge, language, &twin()?.message)))
            .map(|said| as_sentence(&said, language))
    }

    /// The mistake of which a recorded example is shown; `None` where none shows what happens here.
    pub fn demonstrated(&self, problem: &Diagnostic) -> Option<&'static str> {
        match self.outcome {
            Outcome::Usual => Some(problem.rule),
            Outcome::Patched => Some(PATCH),
            _ => None,
        }
    }

    /// Whether a page says something about work of this kind, and about code like this.
    pub fn page(&self, page: &Page) -> bool {
        let is_told = !matches!(self.outcome, Outcome::Apart | Outcome::Generator);
        is_told && self.section(page, "page") && (page.id != AWAIT || self.takes_await())
    }

    /// The same of one of its sections.
    pub fn section(&self, page: &Page, anchor: &str) -> bool {
        match (self.work, page.only.get(anchor)) {
            (Some(Work::Waits(kind)), Some(only)) => only.contains(&kind),
            // What is for no call that waits.
            (Some(Work::Computes), Some(only)) => only.is_empty(),
            _ => true,
        }
    }

    /// Whether the way on is an `await` that is not there yet.
    fn takes_await(&self) -> bool {
        match self.subject.fix() {
            Some(fix) => fix.edits.iter().any(|edit| edit.text.contains("await")),
            None => {
                let read = self.subject.document.review.cells.get(self.subject.cell.0);
                read.is_none_or(|read| !read.names().awaits_at_top())
            }
        }
    }

    /// The deviations that somebody with this problem may need.
    pub fn deviations(&self, problem: &Diagnostic) -> Vec<&'a Page> {
        let knowledge = self.subject.knowledge;
        let mistake = knowledge.page(PageKind::Mistake, problem.rule);
        let Some(Front::Mistake { deviations, .. }) = mistake.map(|page| &page.front) else {
            return Vec::new();
        };
        let pages = deviations.iter().filter_map(|id| knowledge.page(PageKind::Deviation, id));
        pages.filter(|page| self.page(page)).collect()
    }

    /// The call as a worker thread would make it, with the names of this cell; `None` where a
    /// thread is no way out, or what is called gives something that blocks when it is read.
    pub fn in_thread(&self, problem: &Diagnostic) -> Option<String> {
        let kinds = [BlockingKind::Network, BlockingKind::Process, BlockingKind::File];
        kinds.iter().find(|kind| self.work == Some(Work::Waits(**kind)))?;
        let run = self.subject.document.review.run(&self.subject.knowledge.tables);
        let call = call_of(&run, problem)?.site;
        let parent = run.parent(call)?;
        let is_read_later = matches!(run.kind(parent), Kind::WithItem | Kind::Attribute { .. });
        let callee = run.child(call, Role::Func)?;
        let whole = run.source_of(call);
        let rest = whole.strip_prefix(run.source_of(callee))?.trim_start();
        let arguments = rest.strip_prefix('(')?.strip_suffix(')')?.trim();
        let comma = if arguments.is_empty() { "" } else { ", " };
        let name = run.source_of(callee);
        let text = format!("await asyncio.to_thread({name}{comma}{arguments})");
        let fits = !text.contains('\n') && text.chars().count() <= WIDE;
        let opens = run.callee(call) == "open";
        (fits && !is_read_later && !opens).then_some(text)
    }
}

/// What a problem's call waits for.
fn work_of(subject: Subject, problem: &Diagnostic) -> Option<BlockingKind> {
    // Whoever answers at the other end of a socket.
    if problem.message.key == "socket" {
        return Some(BlockingKind::Wait);
    }
    let run = subject.document.review.run(&subject.knowledge.tables);
    let path = call_of(&run, problem)?.callee.path()?;
    Some(run.tables().blocking(path)?.kind)
}

/// The call that a problem is about.
fn call_of<'f>(run: &'f Run, problem: &Diagnostic) -> Option<&'f Call> {
    let calls = run.calls_of_cell(run.key_of(problem.span.cell));
    calls.iter().find(|call| run.at(call.site) == problem.span)
}
