//! What `map`, `filter` and a sort key do with a function, written out so that it can be awaited.

use super::handles::free_name;
use super::lambda::lambda_parts;
use super::wanted::wants_coroutine;
use crate::facts::{Facts, Holds, Site, Usage, Value};
use crate::python::{Kind, Role};
use crate::text::{Edit, Span, TextRange, apply_edits, indentation, line_range};

/// A function's value, given to something that calls it at once and cannot await it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detour {
    /// The lambda, or the name of the function.
    pub given: Site,
    /// The call that is given it.
    pub call: Site,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `map(f, items)` becomes `[await f(item) for item in items]`.
    Map,
    /// `filter(f, items)` becomes `[item for item in items if await f(item)]`.
    Filter,
    /// `sorted(items, key=f)` gets keys that were computed before.
    Key,
}

impl Detour {
    /// The key of the sentence that says why.
    pub fn why(self) -> &'static str {
        match self.form {
            Form::Map => "why-map",
            Form::Filter => "why-filter",
            Form::Key => "why-keys",
        }
    }
}

/// The way round a function that is given away at `given`, where it can be written down by rule.
pub(super) fn detour(facts: &Facts, given: Site) -> Option<Detour> {
    let Usage::Argument(call) = facts.usage(given) else { return None };
    let func = facts.child(call, Role::Func)?;
    let value = facts.value(func);
    let arguments: Vec<Site> = facts.children_in(call, Role::Arg).collect();
    let plain = |site: &Site| !matches!(facts.kind(*site), Kind::Starred);
    let is_key = facts.keyword(call, "key") == Some(given);
    let form = match (value.path(), arguments.as_slice()) {
        (Some("builtins.map"), [first, over]) if *first == given && plain(over) => Form::Map,
        (Some("builtins.filter"), [first, over]) if *first == given && plain(over) => Form::Filter,
        (Some("builtins.sorted" | "builtins.min" | "builtins.max"), [over])
            if is_key && plain(over) =>
        {
            Form::Key
        }
        (_, []) if is_key && sorted_list(facts, func).is_some() => Form::Key,
        _ => return None,
    };
    let detour = Detour { given, call, form };
    let fits = match form {
        Form::Key => stands_early_enough(facts, call),
        // `gather(*map(f, items))` wants the coroutines themselves.
        Form::Map | Form::Filter => is_read_as_a_list(facts, call) && !wants_coroutine(facts, call),
    };
    let lambda = matches!(facts.kind(given), Kind::Lambda);
    let one =
        !lambda || lambda_parts(facts, given).is_some_and(|(parameter, _)| is_name(parameter));
    (fits && one).then_some(detour)
}

/// The edits that work out before what a key function gives, or write out what a filter does, so
/// that it can be awaited.
pub fn written_out(facts: &Facts, given: Site) -> Option<Vec<Edit>> {
    let detour = detour(facts, given).filter(|it| it.form != Form::Map)?;
    take(facts, Vec::new(), &[detour])
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The list that `name.sort` sorts.
fn sorted_list(facts: &Facts, func: Site) -> Option<Site> {
    let Kind::Attribute { name } = facts.kind(func) else { return None };
    let list = facts.child(func, Role::Value)?;
    let simple = matches!(facts.kind(list), Kind::Name { .. } | Kind::Attribute { .. });
    (simple && facts.tree(func.cell).text(*name) == "sort").then_some(list)
}

/// What reads the iterator takes a list as well; `next()` and a name that keeps it may not.
fn is_read_as_a_list(facts: &Facts, call: Site) -> bool {
    match facts.usage(call) {
        Usage::Iterated => true,
        Usage::Argument(reader) => facts.callee_text(reader) != "next",
        _ => false,
    }
}

/// Whether the statement around `call` begins its line and evaluates the call once and surely, so
/// that a line before it may work out the keys.
fn stands_early_enough(facts: &Facts, call: Site) -> bool {
    let statement = statement_of(facts, call);
    let tree = facts.tree(call.cell);
    let start = facts.range(statement).start;
    let line = line_range(tree.source(), start);
    let alone = TextRange::new(line.start, start).slice(tree.source()).trim().is_empty();
    let simple = match facts.kind(statement) {
        Kind::Expression | Kind::Assign | Kind::AnnAssign | Kind::AugAssign | Kind::Return => true,
        Kind::For { .. } => true,
        Kind::If => facts.role(statement) != Role::Else,
        _ => false,
    };
    let mut between = facts.ancestors(call).take_while(|up| *up != statement);
    let once = !between.any(|up| {
        matches!(
            facts.kind(up),
            Kind::Comprehension { .. } | Kind::Lambda | Kind::IfExp | Kind::BoolOp
        )
    });
    alone && simple && once
}

fn statement_of(facts: &Facts, site: Site) -> Site {
    Site { node: facts.tree(site.cell).statement_of(site.node), ..site }
}

/// Takes the detours: what `edits` change in the functions goes along. `None` where the edits do
/// not fit together.
pub(super) fn take(facts: &Facts, edits: Vec<Edit>, detours: &[Detour]) -> Option<Vec<Edit>> {
    let mut detours = detours.to_vec();
    // Inner ones first: the outer ones take them along.
    detours.sort_by_key(|detour| facts.range(detour.call).len());
    detours.into_iter().try_fold(edits, |edits, detour| take_one(facts, edits, detour))
}

fn take_one(facts: &Facts, mut edits: Vec<Edit>, detour: Detour) -> Option<Vec<Edit>> {
    let Detour { given, call, form } = detour;
    let func = facts.child(call, Role::Func)?;
    let over = match form {
        Form::Map | Form::Filter => facts.children_in(call, Role::Arg).nth(1)?,
        Form::Key => facts.child(call, Role::Arg).or_else(|| sorted_list(facts, func))?,
    };
    let (item, body) = applied(facts, &mut edits, given)?;
    if form == Form::Key {
        return keys_first(facts, edits, detour, over, &item, &body);
    }
    let items = taken(facts, &mut edits, facts.range(over), over)?;
    let items = bracketed(facts, over, items);
    let text = match form {
        Form::Map => format!("[{body} for {item} in {items}]"),
        _ => format!("[{item} for {item} in {items} if {body}]"),
    };
    let whole = facts.parent(call).filter(|up| {
        matches!(facts.usage(call), Usage::Argument(outer) if outer == *up)
            && facts.children_in(*up, Role::Arg).count() == 1
            && facts.child(*up, Role::Keyword).is_none()
            && facts
                .child(*up, Role::Func)
                .is_some_and(|it| facts.value(it).path() == Some("builtins.list"))
    });
    let span = facts.span(whole.unwrap_or(call));
    let inside = |edit: &Edit| edit.span.cell == span.cell && span.range.contains(edit.span.range);
    // The bracket of a list and an `await` may stand right before the call.
    let at_edge = |edit: &Edit| {
        edit.span.range.is_empty()
            && (edit.span.range.start == span.range.start || edit.span.range.end == span.range.end)
    };
    if edits.iter().any(|edit| inside(edit) && !at_edge(edit)) {
        return None;
    }
    edits.push(Edit::replace(span, text));
    Some(edits)
}

/// The name of one item, and the function's work on it with its edits made.
fn applied(facts: &Facts, edits: &mut Vec<Edit>, given: Site) -> Option<(String, String)> {
    if !matches!(facts.kind(given), Kind::Lambda) {
        let item = free_name(facts, "item");
        let body = format!("await {}({item})", facts.source_of(given));
        return Some((item, body));
    }
    let (parameter, body) = lambda_parts(facts, given)?;
    let text = taken(facts, edits, body, given)?;
    let inner = facts.child(given, Role::Body)?;
    Some((parameter.to_owned(), bracketed(facts, inner, text)))
}

/// The text of `range` with the edits in it, which are taken out of the list.
fn taken(facts: &Facts, edits: &mut Vec<Edit>, range: TextRange, at: Site) -> Option<String> {
    let cell = at.cell;
    let inside = |edit: &mut Edit| edit.span.cell == cell && range.contains(edit.span.range);
    let mine: Vec<Edit> = edits
        .extract_if(.., inside)
        .map(|edit| {
            let Edit { span: Span { range: place, .. }, text } = edit;
            let moved = TextRange::new(place.start - range.start, place.end - range.start);
            Edit::replace(Span::new(cell, moved), text)
        })
        .collect();
    apply_edits(cell, range.slice(facts.tree(cell).source()), &mine)
}

/// A comprehension's parts bind more tightly than `if … else` and `lambda`.
fn bracketed(facts: &Facts, site: Site, text: String) -> String {
    let loose = matches!(facts.kind(site), Kind::IfExp | Kind::Lambda | Kind::Named | Kind::Yield)
        && !text.starts_with('(');
    if loose { format!("({text})") } else { text }
}

/// `keys = {item: await f(item) for item in items}` before the statement that sorts by them.
fn keys_first(
    facts: &Facts,
    mut edits: Vec<Edit>,
    Detour { given, call, .. }: Detour,
    over: Site,
    item: &str,
    body: &str,
) -> Option<Vec<Edit>> {
    let statement = statement_of(facts, call);
    let source = facts.tree(call.cell).source();
    let start = facts.range(statement).start;
    let indent = indentation(source, start);
    let keys = free_name(facts, "keys");
    let mut lines = String::new();
    let is_method = facts.child(call, Role::Arg).is_none();
    let items = if is_method || can_be_read_twice(facts, over) {
        facts.source_of(over).to_owned()
    } else {
        let items = free_name(facts, "items");
        let text = taken(facts, &mut edits, facts.range(over), over)?;
        let text = if keeps(facts, over) { text } else { format!("list({text})") };
        lines = format!("{items} = {text}\n{indent}");
        edits.push(Edit::replace(facts.span(over), items.clone()));
        items
    };
    let (key, get) = if may_be_unhashable(facts, given, over) {
        (format!("id({item})"), format!("lambda {item}: {keys}[id({item})]"))
    } else {
        (item.to_owned(), format!("{keys}.get"))
    };
    lines = format!("{lines}{keys} = {{{key}: {body} for {item} in {items}}}\n{indent}");
    edits.push(Edit::insert(call.cell, start, lines));
    edits.push(Edit::replace(facts.span(given), get));
    Some(edits)
}

/// A name that holds a list can be read for the keys and again for the order; an iterator cannot.
fn can_be_read_twice(facts: &Facts, items: Site) -> bool {
    matches!(facts.kind(items), Kind::Name { .. }) && keeps(facts, items)
}

/// Whether the items are there after they were read.
fn keeps(facts: &Facts, items: Site) -> bool {
    let held = facts.collection(items).map(|collection| collection.holds);
    matches!(held, Some(Holds::List | Holds::Tuple | Holds::Set | Holds::Dict))
}

/// Dicts and lists cannot be keys; what a key function looks up in an item tells what it is.
fn may_be_unhashable(facts: &Facts, given: Site, items: Site) -> bool {
    let function = match facts.value(given) {
        Value::Function(id) => facts.function(id).map_or(given, |function| function.site),
        _ => given,
    };
    let looked_up = facts.descendants(function).any(|site| {
        matches!(facts.kind(site), Kind::Subscript)
            && facts.child(site, Role::Index).is_some_and(|it| matches!(facts.kind(it), Kind::Str))
    });
    let element = |site: &Site| matches!(facts.kind(*site), Kind::Dict | Kind::List | Kind::Set);
    looked_up || facts.collection(items).is_some_and(|it| it.elements.iter().any(element))
}
