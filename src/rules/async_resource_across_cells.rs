//! An async resource whose life is spread over cells, or that is used when it is over.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Binding, Call, Facts, Site, Value};
use crate::python::{Kind, NameUse, Role};
use crate::rewrite::{checked, delete_statement};
use crate::text::{Edit, indentation, line_range};

const NAME: &str = "async-resource-across-cells";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

/// Clients that refuse to work once they are closed: what they stand for, the methods that
/// raise, and what they say.
///
/// Source: httpx `AsyncClient.send`, aiohttp `ClientSession._request`.
const CLIENTS: [(&str, &[&str], &str); 2] = [
    (
        "httpx.AsyncClient()",
        &["get", "post", "put", "patch", "delete", "head", "options", "request", "send", "stream"],
        "Cannot send a request, as the client has been closed.",
    ),
    (
        "aiohttp.ClientSession()",
        &["get", "post", "put", "patch", "delete", "head", "options", "request", "ws_connect"],
        "Session is closed",
    ),
];

/// As many places as a note names.
const MOST: usize = 4;

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for call in facts.calls.iter().filter(|call| call.owner.is_none()) {
        out.extend(split_by_hand(facts, call));
    }
    for site in facts.sites() {
        if matches!(facts.kind(site), Kind::With { is_async: true }) {
            out.extend(used_when_closed(facts, site));
        }
    }
}

/// `await thing.__aenter__()` in one cell, `await thing.__aexit__(…)` in a later one.
fn split_by_hand(facts: &Facts, enter: &Call) -> Option<Diagnostic> {
    let manager = receiver(facts, enter.site, "__aenter__")?;
    let name = facts.source_of(manager);
    let kept = assigned(facts, enter.site);
    let exit = facts.calls.iter().find(|call| {
        let leaves = |name: &str| {
            let found = receiver(facts, call.site, "__aexit__");
            found.is_some_and(|it| {
                facts.source_of(it) == name && stays(facts, name, enter.site, call.site)
            })
        };
        call.owner.is_none()
            && facts.runs_after(call.site.cell, enter.site.cell)
            && (leaves(name) || kept.is_some_and(leaves))
    })?;
    let value = facts.value(manager);
    let scoped = value.path().is_some_and(|path| path.starts_with("anyio."));
    let key = if scoped { "split-scope" } else { "split" };
    let mut found = Diagnostic::new(NAME, Severity::Warning, facts.span(enter.site), key)
        .with("name", name)
        .with("cell", exit.site.cell.number());
    let note = Message::new(NAME, "left-here").with("cell", exit.site.cell.number());
    found.note(note, Some(facts.span(exit.site)));
    found.patterns = vec!["owned-lifetime"];
    Some(found)
}

/// The object whose `method` is called and awaited.
fn receiver(facts: &Facts, call: Site, method: &str) -> Option<Site> {
    let func = facts.child(call, Role::Func)?;
    let Kind::Attribute { name } = facts.kind(func) else { return None };
    let named = facts.tree(call.cell).text(*name) == method;
    let awaited = facts.parent(call).is_some_and(|up| matches!(facts.kind(up), Kind::Await));
    facts.child(func, Role::Value).filter(|_| named && awaited)
}

/// The name that keeps what the awaited call gives.
fn assigned<'f>(facts: &'f Facts, call: Site) -> Option<&'f str> {
    let statement = facts.parent(facts.parent(call)?)?;
    let target = facts.child(statement, Role::Target)?;
    matches!(facts.kind(target), Kind::Name { .. }).then(|| facts.source_of(target))
}

/// Whether the name means the same at both places. What enters may name its own result.
fn stays(facts: &Facts, name: &str, enter: Site, exit: Site) -> bool {
    let statement = facts.statement(enter).node;
    facts.global(name).iter().all(|(cell, binding)| {
        let bound = Site { cell: *cell, node: binding.node };
        let own = *cell == enter.cell && facts.tree(*cell).is_within(binding.node, statement);
        own || bound < enter || bound > exit
    })
}

/// A client and the name that an `async with` of a cell leaves behind when it has closed it.
struct Closed<'f> {
    with: Site,
    /// Where the block names it.
    site: Site,
    name: &'f str,
    methods: &'static [&'static str],
    error: &'static str,
    /// The bindings that a use must see to mean this client.
    bound: Vec<Site>,
}

fn used_when_closed(facts: &Facts, with: Site) -> Vec<Diagnostic> {
    if facts.owner(with).is_some() || facts.tree(with.cell).loop_around(with.node).is_some() {
        return Vec::new();
    }
    let items = facts.children_in(with, Role::Context);
    items.filter_map(|item| diagnose(facts, &closed(facts, with, item)?)).collect()
}

fn closed<'f>(facts: &'f Facts, with: Site, item: Site) -> Option<Closed<'f>> {
    let manager = facts.child(item, Role::Context)?;
    let value = facts.value(manager);
    let path = value.path()?;
    let (_, methods, error) = CLIENTS.into_iter().find(|(client, _, _)| *client == path)?;
    let name = facts
        .child(item, Role::Target)
        .or_else(|| matches!(facts.kind(manager), Kind::Name { .. }).then_some(manager))?;
    let bound = match facts.kind(name) {
        Kind::Name { used: NameUse::Store } => vec![name],
        Kind::Name { .. } => sites(facts, name),
        _ => return None,
    };
    Some(Closed { with, site: name, name: facts.source_of(name), methods, error, bound })
}

fn sites(facts: &Facts, name: Site) -> Vec<Site> {
    let site = |(cell, binding): &(_, Binding)| Site { cell: *cell, node: binding.node };
    facts.bindings(name).iter().map(site).collect()
}

fn diagnose(facts: &Facts, closed: &Closed) -> Option<Diagnostic> {
    let reads = facts.reads_of(closed.site).into_iter();
    let uses: Vec<Site> = reads.filter(|site| is_use(facts, closed, *site)).collect();
    let first = *uses.first()?;
    let key = if first.cell == closed.with.cell { "closed-above" } else { "closed" };
    let mut found = Diagnostic::new(NAME, Severity::Warning, facts.span(first), key)
        .with("name", closed.name)
        .with("cell", closed.with.cell.number())
        .with("error", closed.error);
    let item = facts.child(closed.with, Role::Context)?;
    let note = Message::new(NAME, "closed-here").with("cell", closed.with.cell.number());
    found.note(note, Some(facts.span(item)));
    for other in uses.iter().skip(1).take(MOST) {
        let note = Message::new(NAME, "also-here").with("cell", other.cell.number());
        found.note(note, Some(facts.span(*other)));
    }
    found.patterns = vec!["owned-lifetime"];
    found.fixes.extend(move_fix(facts, closed, &uses));
    Some(found)
}

/// Whether the closed client has to work at `site`, a use of its name.
fn is_use(facts: &Facts, closed: &Closed, site: Site) -> bool {
    let follows = site > closed.with
        && !(site.cell == closed.with.cell
            && facts.tree(site.cell).is_within(site.node, closed.with.node));
    if !follows || sites(facts, site) != closed.bound {
        return false;
    }
    let runs = facts.owner(site).is_none_or(|id| {
        // A function's body runs when it is called, which has to be later as well.
        facts.calls_of(id).all(|call| call.site > closed.with) && facts.calls_of(id).count() > 0
    });
    runs && (sends(facts, closed, site) || is_handed_on(facts, site))
}

/// `await client.get(…)`, `async with client.get(…)`.
fn sends(facts: &Facts, closed: &Closed, name: Site) -> bool {
    let Some(method) = facts.parent(name) else { return false };
    let Kind::Attribute { name: called } = facts.kind(method) else { return false };
    let known = closed.methods.contains(&facts.tree(name.cell).text(*called));
    let call = facts.parent(method).filter(|_| facts.role(method) == Role::Func);
    known
        && call.and_then(|call| facts.parent(call)).is_some_and(|up| match facts.kind(up) {
            Kind::Await => true,
            Kind::WithItem => facts
                .parent(up)
                .is_some_and(|with| matches!(facts.kind(with), Kind::With { is_async: true })),
            _ => false,
        })
}

/// `await fetch(client, url)` with a coroutine function of the notebook that asks a service.
fn is_handed_on(facts: &Facts, name: Site) -> bool {
    let Some(call) = facts.parent(name).filter(|_| facts.role(name) == Role::Arg) else {
        return false;
    };
    let awaited = facts.parent(call).is_some_and(|up| matches!(facts.kind(up), Kind::Await));
    awaited
        && matches!(facts.value(call), Value::Coroutine(_))
        && super::unbounded_fan_out::is_unlimited(facts, call)
}

/// The statements that come too late move to the end of the block. Only shown: what stands
/// between the two cells may be needed as well.
fn move_fix(facts: &Facts, closed: &Closed, uses: &[Site]) -> Option<Fix> {
    let last = facts.children_in(closed.with, Role::Body).last()?;
    let source = facts.tree(last.cell).source();
    let indent = indentation(source, facts.range(last).start);
    let end = line_range(source, facts.range(last).end).end;
    let mut edits: Vec<Edit> = Vec::new();
    let mut moved = String::new();
    let mut reasons = Vec::new();
    let mut seen: Vec<Site> = Vec::new();
    for site in uses {
        let statement = facts.statement(*site);
        let whole = facts.source_of(statement);
        if seen.contains(&statement) {
            continue;
        }
        seen.push(statement);
        if facts.role(statement) != Role::Top || whole.contains("\"\"\"") || whole.contains("'''") {
            return None;
        }
        for line in whole.lines() {
            moved.push_str(&format!("\n{indent}{line}"));
        }
        edits.push(delete_statement(facts, statement));
        reasons.push((facts.span(statement), Message::new(NAME, "why-move")));
    }
    edits.push(Edit::insert(last.cell, end, moved));
    let fix = Fix {
        title: Message::new(NAME, "fix-move").with("name", closed.name),
        pattern: "owned-lifetime",
        applicability: Applicability::DisplayOnly,
        edits,
        reasons,
        tradeoffs: Vec::new(),
    };
    Some(checked(facts, fix))
}
