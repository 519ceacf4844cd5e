//! Which values are the same whenever and wherever they are worked out.

use crate::facts::{Facts, Site};
use crate::index::TOP;
use crate::python::{Kind, NameUse, Role};

/// How constant a value is, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Constancy {
    /// It may differ from one time to the next, or belong to a loop, a file, a connection.
    Computed,
    /// A list, dict or set of constants: as constant as people leave it.
    Container,
    Fixed,
}

/// Calls that give the same for the same arguments, and nothing that somebody has to close.
///
/// Source: the documentation of these modules.
const PURE: [&str; 28] = [
    "aiohttp.ClientTimeout",
    "builtins.bytes",
    "builtins.float",
    "builtins.frozenset",
    "builtins.int",
    "builtins.len",
    "builtins.object",
    "builtins.range",
    "builtins.str",
    "builtins.tuple",
    "collections.namedtuple",
    "contextvars.ContextVar",
    "datetime.date",
    "datetime.datetime",
    "datetime.timedelta",
    "datetime.timezone",
    "decimal.Decimal",
    "fractions.Fraction",
    "functools.partial",
    "httpx.Limits",
    "httpx.Timeout",
    "logging.getLogger",
    "os.path.join",
    "pathlib.Path",
    "pathlib.PurePath",
    "re.compile",
    "typing.NewType",
    "typing.TypeVar",
];

/// Calls that give a new container.
const CONTAINERS: [&str; 3] = ["builtins.dict", "builtins.list", "builtins.set"];

/// Methods of strings that are used to write a constant down.
const OF_STRINGS: [&str; 8] =
    ["encode", "format", "join", "lower", "replace", "split", "strip", "upper"];

/// Methods that change a list, dict or set.
const CHANGING: [&str; 12] = [
    "add",
    "append",
    "clear",
    "discard",
    "extend",
    "insert",
    "pop",
    "popitem",
    "remove",
    "reverse",
    "setdefault",
    "sort",
];

/// What is imported and yet not the same everywhere.
const OF_THE_PROCESS: [&str; 4] = ["os.environ", "sys.argv", "sys.modules", "sys.path"];

/// How constant the expression at `value` is. Names in it count as constant: whether they are is
/// asked of what binds them.
pub fn constancy(facts: &Facts, value: Site) -> Constancy {
    use Constancy::{Computed, Container, Fixed};
    if facts.value(value).path().is_some_and(|path| OF_THE_PROCESS.contains(&path)) {
        return Computed;
    }
    match facts.kind(value) {
        Kind::Str
        | Kind::Bytes
        | Kind::Number
        | Kind::True
        | Kind::False
        | Kind::None
        | Kind::Ellipsis
        | Kind::Lambda
        | Kind::Name { used: NameUse::Load } => Fixed,
        Kind::Tuple { .. }
        | Kind::FString
        | Kind::BinOp
        | Kind::Not
        | Kind::Unary
        | Kind::BoolOp
        | Kind::Compare
        | Kind::IfExp
        | Kind::Starred
        | Kind::Slice
        | Kind::Attribute { .. }
        | Kind::Subscript
        | Kind::KeywordArg { .. } => of_parts(facts, value),
        Kind::Dict | Kind::List | Kind::Set => of_parts(facts, value).min(Container),
        Kind::Call => of_call(facts, value),
        _ => Computed,
    }
}

fn of_parts(facts: &Facts, value: Site) -> Constancy {
    let tree = facts.tree(value.cell);
    let parts = tree.children(value.node).map(|node| Site { node, ..value });
    parts.map(|part| constancy(facts, part)).min().unwrap_or(Constancy::Fixed)
}

fn of_call(facts: &Facts, call: Site) -> Constancy {
    let Some(func) = facts.child(call, Role::Func) else { return Constancy::Computed };
    let value = facts.value(func);
    let known = match value.path() {
        Some(path) if PURE.contains(&path) => Constancy::Fixed,
        Some(path) if CONTAINERS.contains(&path) => Constancy::Container,
        _ if is_method_of_string(facts, func) => Constancy::Fixed,
        _ => Constancy::Computed,
    };
    known.min(of_parts(facts, call))
}

fn is_method_of_string(facts: &Facts, func: Site) -> bool {
    let Kind::Attribute { name } = facts.kind(func) else { return false };
    let of_string =
        facts.child(func, Role::Value).is_some_and(|it| matches!(facts.kind(it), Kind::Str));
    of_string && OF_STRINGS.contains(&facts.tree(func.cell).text(*name))
}

/// Whether the name is written as people write constants: `URLS`, `_MAX_2`.
pub fn is_written_as_constant(name: &str) -> bool {
    name.chars().any(|char| char.is_uppercase()) && !name.chars().any(|char| char.is_lowercase())
}

/// The first place that changes what the global `name` holds, without giving the name a new value.
pub fn changed_at(facts: &Facts, name: &str) -> Option<Site> {
    facts.sites().find(|site| {
        matches!(facts.kind(*site), Kind::Name { used: NameUse::Load })
            && facts.source_of(*site) == name
            && facts.binding_scope(*site) == TOP
            && is_changed(facts, *site)
    })
}

fn is_changed(facts: &Facts, read: Site) -> bool {
    let Some(parent) = facts.parent(read) else { return false };
    match facts.kind(parent) {
        Kind::Attribute { name } => {
            let name = facts.tree(parent.cell).text(*name);
            let called = facts.role(parent) == Role::Func;
            let stored = facts.role(parent) == Role::Target;
            stored || (called && (CHANGING.contains(&name) || name == "update"))
        }
        Kind::Subscript => facts.role(read) == Role::Value && facts.role(parent) == Role::Target,
        _ => false,
    }
}
