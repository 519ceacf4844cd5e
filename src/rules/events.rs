//! What rules that read events share: places, values in words, and the way that led there.

use hashbrown::{HashMap, HashSet};

use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Plain, Run, Site, StackId, Value, ValueKind};
use crate::knowledge::callables::QualifiedName;
use crate::python::Kind;
use crate::rewrite::{Start, can_await, checked, draft, drafted_fix};
use crate::text::{Edit, Span};
use crate::wording;

/// More calls than this on the way to an event are not told one by one.
const LONGEST_WAY: usize = 4;

/// A place of the notebook's own cells; `None` for a module's, which no repair changes.
pub(super) fn place(run: &Run, site: Site) -> Option<Site> {
    run.cell_of(site.cell).is_some().then_some(site)
}

/// A new diagnostic for an event; `None` where it happens outside of the notebook's cells.
pub(super) fn found(
    run: &Run,
    event: &Event,
    at: Site,
    make: impl FnOnce(Span) -> Diagnostic,
) -> Option<Diagnostic> {
    let at = if run.cell_of(at.cell).is_some() { at } else { run.site_of(event) };
    let mut found = make(run.span(at)?);
    lead(run, event, at, &mut found);
    Some(found)
}

/// Notes the calls that lead to an event, outermost first.
pub(super) fn lead(run: &Run, event: &Event, at: Site, found: &mut Diagnostic) {
    let way = run.stack(event.stack);
    let shown = way.iter().filter(|site| **site != at && matches!(run.kind(**site), Kind::Call));
    for site in shown.take(LONGEST_WAY) {
        let Some(span) = run.span(*site) else { continue };
        let note = Message::says(wording::LED_BY)
            .with("call", run.callee(*site))
            .at_cell(span.cell)
            .with("line", run.line(*site));
        found.note(note, Some(span));
    }
    if let Some((path, line)) = run.in_module(event.site) {
        let note = Message::says(wording::HAPPENS_IN).with("path", path).with("line", line);
        found.note(note, None);
    }
}

/// The call that comes by what the one at `site` makes: not one in a helper, or a generator, that
/// only hands it on.
pub(super) fn handed_out(run: &Run, made: Site, stack: StackId) -> Site {
    let mut site = made;
    let mut way = run.stack(stack);
    while let Some(up) = run.parent(site).map(|up| run.kind(up))
        && matches!(up, Kind::Return | Kind::Lambda | Kind::Yield)
        && let Some(call) = way.pop().filter(|it| *run.kind(*it) == Kind::Call)
    {
        // A loop and a block have what a generator yields under a name of their own.
        if *up == Kind::Yield && !gives(run, call, made) {
            break;
        }
        let is_yielded = *up == Kind::Yield;
        site = call;
        // `list(names())[0]`.
        while let Some(item) = run.parent(site).filter(|_| is_yielded)
            && *run.kind(item) == Kind::Subscript
            && gives(run, item, made)
        {
            site = item;
        }
    }
    site
}

/// Whether an expression gives what the one at `made` makes, by itself or in a collection.
fn gives(run: &Run, site: Site, made: Site) -> bool {
    let is_it = |value: Value| run.trace.made_at(value) == Some(made);
    let holds_it = |value: Value| run.trace.makers_in(value).contains(&made);
    run.trace.given(site).into_iter().any(|value| is_it(value) || holds_it(value))
}

/// The tasks that nobody looks after and whose calls do not raise, in the order of their places:
/// each with whether it gathers others.
pub(super) fn lost_tasks<'r>(run: &'r Run) -> Vec<(&'r Event, bool)> {
    let gathers =
        |by: QualifiedName| matches!(run.spell(by).as_str(), "asyncio.gather" | "asyncio.shield");
    let mut lost: Vec<(&Event, bool)> = run
        .events()
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::TaskLost { by, is_refused: false, .. } => Some((event, gathers(by))),
            _ => None,
        })
        .collect();
    lost.sort_by_key(|(event, _)| run.span(run.site_of(event)));
    lost
}

/// The argument of the wrong kind that an event speaks of, where it is written down.
pub(super) fn argument_of(run: &Run, event: &Event) -> Option<Site> {
    let EventKind::WrongKind { at, name, .. } = &event.kind else { return None };
    run.argument(event.site, at.unwrap_or(usize::MAX), name.as_deref().unwrap_or_default())
}

/// What a value is, as the key of a sentence.
pub(super) fn kind_key(run: &Run, value: Value) -> &'static str {
    // A member of a module; what its call gives ends in `()`.
    if let Value::Path(path) = value
        && !run.spell(path).ends_with(')')
    {
        return "function";
    }
    match run.trace.kind_of(value) {
        ValueKind::Function => "function",
        ValueKind::Class => "class",
        ValueKind::Collection => "collection",
        ValueKind::AsyncGenerator => "async-generator",
        ValueKind::AsyncManager => "async-manager",
        ValueKind::Generator | ValueKind::Manager => "generator",
        ValueKind::Coroutine => "coroutine",
        ValueKind::Task => "task",
        ValueKind::None => "none",
        ValueKind::Plain | ValueKind::Library | ValueKind::Instance | ValueKind::Other => "value",
    }
}

/// The calls that raise because a loop is running there: nothing that they give, and nothing that
/// they are given, comes to use.
pub(super) fn refused(run: &Run) -> HashSet<Site> {
    let refuses = |it: &&Event| matches!(it.kind, EventKind::LoopRefused { .. });
    run.events().iter().filter(refuses).map(|it| it.site).collect()
}

/// Reports what is found, once for each place, and nothing where an error is told already.
pub(super) fn report(out: &mut Vec<Diagnostic>, found: impl IntoIterator<Item = Diagnostic>) {
    let mut said = Said::of(out);
    for diagnostic in found {
        if !said.error_or(diagnostic.span, diagnostic.rule) {
            said.add(&diagnostic);
            out.push(diagnostic);
        }
    }
}

/// Where somebody said already that the coroutine that is made there is not awaited.
pub(super) fn known_lost(out: &[Diagnostic]) -> HashSet<Span> {
    let rules = ["coroutine-never-awaited", "async-function-handed-over"];
    out.iter().filter(|it| rules.contains(&it.rule)).map(|it| it.span).collect()
}

/// The name of the function that a value is, or whose call made it.
pub(super) fn function_name(run: &Run, value: Value) -> Option<String> {
    match value {
        Value::Path(path) => Some(run.spell(path)),
        _ => run.name_of(value).map(str::to_owned),
    }
}

/// A library's callable as it is written at `call`, or its full name where that calls another.
pub(super) fn taker(run: &Run, call: Site, by: QualifiedName) -> String {
    let (written, full) = (run.callee(call), run.spell(by));
    let last = full.rsplit('.').next().unwrap_or_default();
    let is_it = written == last || written.ends_with(&format!(".{last}"));
    if is_it { written.to_owned() } else { full.trim_start_matches("builtins.").to_owned() }
}

/// The type of a built-in value, where it is known: `NoneType`, `int`.
pub(super) fn spoken<'r>(run: &'r Run, value: Value) -> Option<&'r str> {
    Some(match value {
        Value::None => "NoneType",
        Value::Bool(_) | Value::Plain(Plain::Bool) => "bool",
        Value::Int(_) | Value::Plain(Plain::Int) => "int",
        Value::Plain(Plain::Float) => "float",
        Value::Str(_) | Value::Plain(Plain::Str) => "str",
        Value::Plain(Plain::Bytes) => "bytes",
        Value::Path(_) | Value::Plain(_) => return run.trace.collection_name(value),
        Value::Object(_) => return type_of_object(run, value),
        _ => return None,
    })
}

fn type_of_object<'r>(run: &'r Run, value: Value) -> Option<&'r str> {
    Some(match run.trace.kind_of(value) {
        // What a call gives that is walked once has many types.
        ValueKind::Collection => {
            return run.trace.collection_name(value).filter(|name| *name != "iterator");
        }
        ValueKind::Function => "function",
        ValueKind::Class => "type",
        ValueKind::Manager => "_GeneratorContextManager",
        ValueKind::Generator => "generator",
        ValueKind::AsyncGenerator => "async_generator",
        ValueKind::AsyncManager => "_AsyncGeneratorContextManager",
        ValueKind::Coroutine => "coroutine",
        ValueKind::Task => "Task",
        ValueKind::Instance => return run.class_of(value),
        _ => return None,
    })
}

/// A repair that its author has to look at, with the rule's own title and reason.
pub(super) fn repair(
    run: &Run,
    at: Site,
    title: Message,
    pattern: &'static str,
    edits: Vec<Edit>,
) -> Fix {
    let why = Message::new(title.page, why_of(title.page, title.key));
    let awaits = edits.iter().any(|edit| edit.text.contains("await ") || edit.text == "async ");
    if awaits && !can_await(run, at) {
        return awaited_further_out(run, at, title, why, edits);
    }
    let fix = Fix {
        title,
        pattern,
        applicability: Applicability::Unsafe,
        edits,
        reasons: vec![(run.at(at), why)],
        tradeoffs: Vec::new(),
    };
    checked(run, fix)
}

/// The sentence that says why a repair works: the page's own, or that of one of several repairs.
fn why_of(page: &str, title: &str) -> &'static str {
    match (page, title) {
        (_, "fix-posted") => "why-posted",
        (_, "fix-socket") => "why-socket",
        ("async-function-handed-over", "fix-call") => "why-call",
        ("async-function-handed-over", "fix-future") => "why-future",
        ("async-function-handed-over", "fix-unawaited") => "why-unawaited",
        ("async-function-handed-over", "fix-values") => "why-values",
        ("async-function-handed-over", "fix-walk") => "why-walk",
        ("handler-cannot-catch", "fix-cancelled") => "why-cancelled",
        ("call-where-a-function-belongs", "fix-await") => "why-await",
        ("call-where-a-function-belongs", "fix-partial") => "why-partial",
        _ => "why",
    }
}

/// The same where a plain function holds the place: it and those that call it become `async`.
fn awaited_further_out(run: &Run, at: Site, title: Message, why: Message, edits: Vec<Edit>) -> Fix {
    let reason = (run.at(at), why);
    let start = Start::Await { at, own: edits.clone(), otherwise: None };
    match draft(run, &start) {
        Some(drafted) => drafted_fix(run, title, reason, drafted),
        None => Fix {
            title,
            pattern: "async-all-the-way",
            applicability: Applicability::DisplayOnly,
            edits,
            reasons: vec![reason],
            tradeoffs: Vec::new(),
        },
    }
}

/// What was reported already, by place.
pub(super) struct Said {
    by_span: HashMap<Span, Vec<(&'static str, Severity)>>,
}

impl Said {
    pub(super) fn of(out: &[Diagnostic]) -> Self {
        let mut said = Self { by_span: HashMap::new() };
        out.iter().for_each(|diagnostic| said.add(diagnostic));
        said
    }

    pub(super) fn add(&mut self, diagnostic: &Diagnostic) {
        let said = self.by_span.entry(diagnostic.span).or_default();
        said.push((diagnostic.rule, diagnostic.severity));
    }

    /// What was said at `span`: rules and severities.
    pub(super) fn at(&self, span: Span) -> &[(&'static str, Severity)] {
        self.by_span.get(&span).map_or(&[], Vec::as_slice)
    }

    /// Whether an error, or something of `rule`, was said at `span`.
    pub(super) fn error_or(&self, span: Span, rule: &str) -> bool {
        self.at(span).iter().any(|(name, severity)| *severity == Severity::Error || *name == rule)
    }
}
