//! Which values are the same whenever and wherever they are worked out.

use crate::execution::{Run, Site};
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
pub fn constancy(run: &Run, value: Site) -> Constancy {
    use Constancy::{Computed, Container, Fixed};
    if run.meaning(value).path().is_some_and(|path| OF_THE_PROCESS.contains(&path)) {
        return Computed;
    }
    match run.kind(value) {
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
        | Kind::KeywordArg { .. } => of_parts(run, value),
        Kind::Dict | Kind::List | Kind::Set => of_parts(run, value).min(Container),
        Kind::Call => of_call(run, value),
        _ => Computed,
    }
}

fn of_parts(run: &Run, value: Site) -> Constancy {
    let tree = run.tree(value.cell);
    let parts = tree.children(value.node).map(|node| Site { node, ..value });
    parts.map(|part| constancy(run, part)).min().unwrap_or(Constancy::Fixed)
}

fn of_call(run: &Run, call: Site) -> Constancy {
    let Some(func) = run.child(call, Role::Func) else { return Constancy::Computed };
    let value = run.meaning(func);
    let known = match value.path() {
        Some(path) if PURE.contains(&path) => Constancy::Fixed,
        Some(path) if CONTAINERS.contains(&path) => Constancy::Container,
        _ if is_method_of_string(run, func) => Constancy::Fixed,
        _ => Constancy::Computed,
    };
    known.min(of_parts(run, call))
}

fn is_method_of_string(run: &Run, func: Site) -> bool {
    let Kind::Attribute { name } = run.kind(func) else { return false };
    let of_string =
        run.child(func, Role::Value).is_some_and(|it| matches!(run.kind(it), Kind::Str));
    of_string && OF_STRINGS.contains(&run.tree(func.cell).text(*name))
}

/// Whether the name is written as people write constants: `URLS`, `_MAX_2`.
pub fn is_written_as_constant(name: &str) -> bool {
    name.chars().any(|char| char.is_uppercase()) && !name.chars().any(|char| char.is_lowercase())
}

/// The first place that changes what the global `name` holds, without giving the name a new value.
pub fn changed_at(run: &Run, name: &str) -> Option<Site> {
    run.sites().find(|site| {
        matches!(run.kind(*site), Kind::Name { used: NameUse::Load })
            && run.source_of(*site) == name
            && run.binding_scope(*site) == TOP
            && is_changed(run, *site)
    })
}

fn is_changed(run: &Run, read: Site) -> bool {
    let Some(parent) = run.parent(read) else { return false };
    match run.kind(parent) {
        Kind::Attribute { name } => {
            let name = run.tree(parent.cell).text(*name);
            let called = run.role(parent) == Role::Func;
            let stored = run.role(parent) == Role::Target;
            stored || (called && (CHANGING.contains(&name) || name == "update"))
        }
        Kind::Subscript => run.role(read) == Role::Value && run.role(parent) == Role::Target,
        _ => false,
    }
}
