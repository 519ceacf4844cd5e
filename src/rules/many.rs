//! How many calls a fan-out starts at once, and whether something holds them back.

use super::waiting::Reader;
use crate::execution::{Site, ValueKind};
use crate::python::{Kind, Role};

/// More items than anybody lists by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Many {
    Count(i64),
    /// As many as the data has that is read there; the expression as written.
    Data(String),
}

/// So many calls at once are what HTTP clients allow by themselves.
///
/// Source: `httpx.Limits(max_connections=100)` and `aiohttp.TCPConnector(limit=100)` are the
/// defaults.
const MANY: i64 = 100;

/// Words in names that speak of a limit.
const LIMITS: [&str; 7] =
    ["semaphore", "limiter", "ratelimit", "rate_limit", "throttle", "bucket", "aiometer"];

/// The ends of paths that give as many items as some data has.
const DATA: [&str; 9] = [
    ".iterrows()",
    ".itertuples()",
    ".readlines()",
    ".splitlines()",
    ".tolist()",
    ".to_list()",
    ".to_dict()",
    ".find_all()",
    "datasets.load_dataset()",
];

/// Methods that take a small part of some data.
const PARTS: [&str; 6] = [".head()", ".sample()", ".tail()", ".nlargest()", ".take()", ".select()"];

/// The clients whose methods ask a service.
const CLIENTS: [&str; 2] = ["httpx.AsyncClient()", "aiohttp.ClientSession()"];

/// The many items that the comprehension or `for` at `site` runs over.
pub(super) fn many(reader: &Reader, site: Site) -> Option<Many> {
    let run = reader.run;
    let items = match run.kind(site) {
        Kind::For { .. } => run.child(site, Role::Iter)?,
        _ => site,
    };
    if let Some(count) = reader.bindings.length(items) {
        return (count >= MANY).then_some(Many::Count(count));
    }
    let clauses = || run.children_in(site, Role::Clause);
    let filtered = clauses().any(|it| run.child(it, Role::Test).is_some());
    let mut iterables = clauses().chain([site]).filter_map(|it| run.child(it, Role::Iter));
    let data = iterables.find(|it| !filtered && is_data(reader, *it, 4))?;
    Some(Many::Data(run.source_of(data).to_owned()))
}

/// Whether the items come from a file or a data set, all of them.
fn is_data(reader: &Reader, site: Site, depth: usize) -> bool {
    let run = reader.run;
    let Some(depth) = depth.checked_sub(1) else { return false };
    match run.kind(site) {
        Kind::Name { .. } => {
            reader.bindings.only_value(site).is_some_and(|it| is_data(reader, it, depth))
        }
        // `frame["column"]`, but no slice of it.
        Kind::Subscript => {
            let is_column =
                run.child(site, Role::Index).is_some_and(|it| matches!(run.kind(it), Kind::Str));
            let inner = run.child(site, Role::Value);
            is_column && inner.is_some_and(|it| is_frame(reader, it))
        }
        Kind::Call => {
            let Some(path) = run.path(site) else { return false };
            let whole = DATA.iter().any(|end| path.ends_with(end));
            let read = path.starts_with("pandas.read_")
                || path.starts_with("polars.read_")
                || path.starts_with("datasets.load_dataset")
                || path.starts_with("builtins.open()")
                || path.starts_with("pathlib.Path().read_text");
            let object = run.child(site, Role::Func).and_then(|it| run.child(it, Role::Value));
            let cut = object.is_some_and(|it| is_cut(reader, it));
            whole && read && !cut && !PARTS.iter().any(|part| path.contains(part))
        }
        _ => false,
    }
}

fn is_frame(reader: &Reader, site: Site) -> bool {
    let read = reader.run.path(site).is_some_and(|path| {
        let inner = path.strip_prefix("pandas.read_").or(path.strip_prefix("polars.read_"));
        inner.is_some_and(|rest| rest.ends_with("()") && rest.matches("()").count() == 1)
    });
    read && !is_cut(reader, site)
}

/// `read_csv(…, nrows=5)`, also through one name.
fn is_cut(reader: &Reader, site: Site) -> bool {
    let call = match reader.run.kind(site) {
        Kind::Name { .. } => reader.bindings.only_value(site).unwrap_or(site),
        _ => site,
    };
    let cuts = ["nrows", "n_rows", "split"];
    cuts.iter().any(|name| reader.run.argument(call, usize::MAX, name).is_some())
}

/// As many functions are followed from one call.
const MOST_FUNCTIONS: usize = 200;

/// What a coroutine function is seen to do, over everything that it calls here.
#[derive(Default)]
struct Seen {
    functions: Vec<Site>,
    asks: bool,
    limited: bool,
}

/// Whether awaiting the call at `site` asks a service, and nothing is seen to limit how many
/// do so at once.
pub(super) fn asks_without_limit(reader: &Reader, call: Site) -> bool {
    let mut seen = Seen::default();
    look_at_call(reader, call, &mut seen);
    seen.limited |= speaks_of_a_limit(reader.run.source_of(call));
    seen.asks && !seen.limited
}

fn look_at_call(reader: &Reader, call: Site, seen: &mut Seen) {
    let Some(func) = reader.run.child(call, Role::Func) else { return };
    for def in reader.run.definitions(func, ValueKind::Function) {
        look_at_function(reader, def, seen);
    }
    let sends = |path: &String| {
        let verbs = [".post", ".put", ".patch", ".delete", ".request"];
        verbs.iter().any(|verb| path.ends_with(verb))
            && CLIENTS.iter().any(|client| path.starts_with(client))
    };
    let paths = reader.run.paths(func);
    let blocks = paths.iter().any(|path| reader.tables.blocking(path).is_some());
    seen.asks |= !blocks && (paths.iter().any(sends) || reader.asks_a_service(func));
}

fn look_at_function(reader: &Reader, def: Site, seen: &mut Seen) {
    if seen.functions.len() > MOST_FUNCTIONS || seen.functions.contains(&def) {
        return;
    }
    seen.functions.push(def);
    let run = reader.run;
    seen.limited |= speaks_of_a_limit(run.source_of(def));
    for site in run.body_of(def) {
        match run.kind(site) {
            Kind::Call => look_at_call(reader, site, seen),
            Kind::With { is_async: true } => seen.limited |= !opens_only(reader, site),
            _ => {}
        }
    }
}

/// Whether an `async with` opens clients and responses alone, and no lock.
fn opens_only(reader: &Reader, with: Site) -> bool {
    reader.run.children_in(with, Role::Context).all(|item| {
        let manager = reader.run.child(item, Role::Context);
        let path = manager.and_then(|manager| reader.run.path_of_call(manager));
        path.is_some_and(|path| {
            reader.tables.effects.may_be_entered(&path)
                || CLIENTS.iter().any(|client| path.starts_with(client))
        })
    })
}

fn speaks_of_a_limit(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    LIMITS.iter().any(|word| text.contains(word))
        || text.contains("sem.")
        || text.contains("sem:")
        || text.contains(".acquire(")
}
