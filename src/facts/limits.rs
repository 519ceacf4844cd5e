//! How many calls a fan-out starts at once, and whether something holds them back.

use super::definitions::own_nodes;
use super::waiting::Arguments;
use super::{Facts, FnId, Site, Value};
use crate::python::{Kind, Role};

/// More items than anybody lists by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Many {
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

/// What a coroutine function is seen to do, over everything that it calls here.
#[derive(Default)]
struct Seen {
    functions: Vec<FnId>,
    asks: bool,
    limited: bool,
}

impl Facts<'_> {
    /// The many items that the comprehension or `for` at `site` runs over.
    pub fn many(&self, site: Site) -> Option<Many> {
        let holders = self.children_in(site, Role::Clause).chain([site]);
        let mut iterables = holders.filter_map(|it| self.child(it, Role::Iter));
        let items = match self.kind(site) {
            Kind::For { .. } => self.child(site, Role::Iter)?,
            _ => site,
        };
        if let Some(count) = self.length(items) {
            return (count >= MANY).then_some(Many::Count(count));
        }
        let filtered =
            self.children_in(site, Role::Clause).any(|it| self.child(it, Role::Test).is_some());
        let data = iterables.find(|it| !filtered && self.is_data(*it, 4))?;
        Some(Many::Data(self.source_of(data).to_owned()))
    }

    /// Whether the items come from a file or a data set, all of them.
    fn is_data(&self, site: Site, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match self.kind(site) {
            Kind::Name { .. } => self.only_value(site).is_some_and(|it| self.is_data(it, depth)),
            // `frame["column"]`, but no slice of it.
            Kind::Subscript => {
                let sliced = self
                    .child(site, Role::Index)
                    .is_none_or(|it| !matches!(self.kind(it), Kind::Str));
                let inner = self.child(site, Role::Value);
                !sliced && inner.is_some_and(|it| self.is_frame(it))
            }
            Kind::Call => {
                let Value::Path(path) = self.value(site) else { return false };
                let whole = DATA.iter().any(|end| path.ends_with(end));
                let read = path.starts_with("pandas.read_")
                    || path.starts_with("polars.read_")
                    || path.starts_with("datasets.load_dataset")
                    || path.starts_with("builtins.open()")
                    || path.starts_with("pathlib.Path().read_text");
                let object =
                    self.child(site, Role::Func).and_then(|it| self.child(it, Role::Value));
                let cut = object.is_some_and(|it| self.is_cut(it));
                whole && read && !cut && !PARTS.iter().any(|part| path.contains(part))
            }
            _ => false,
        }
    }

    fn is_frame(&self, site: Site) -> bool {
        let read = self.value(site).path().is_some_and(|path| {
            let inner = path.strip_prefix("pandas.read_").or(path.strip_prefix("polars.read_"));
            inner.is_some_and(|rest| rest.ends_with("()") && rest.matches("()").count() == 1)
        });
        read && !self.is_cut(site)
    }

    /// `read_csv(…, nrows=5)`, also through one name.
    fn is_cut(&self, site: Site) -> bool {
        let call = self.only_value(site).unwrap_or(site);
        ["nrows", "n_rows", "split"].iter().any(|name| self.keyword(call, name).is_some())
    }

    /// Whether awaiting the call at `site` asks a service, and nothing is seen to limit how many
    /// do so at once.
    pub fn asks_without_limit(&self, call: Site) -> bool {
        let mut seen = Seen::default();
        let arguments = self.own_arguments(call);
        self.look_at_call(call, &arguments, &mut seen);
        seen.limited |= speaks_of_a_limit(self.source_of(call));
        seen.asks && !seen.limited
    }

    fn look_at_call(&self, call: Site, arguments: &Arguments, seen: &mut Seen) {
        let Some(func) = self.child(call, Role::Func) else { return };
        match self.value_with(func, arguments) {
            Value::Function(id) => {
                let arguments = self.arguments_of(call, id, arguments);
                self.look_at_function(id, &arguments, seen);
            }
            Value::Path(path) => {
                let sends = [".post", ".put", ".patch", ".delete", ".request"];
                let sends = sends.iter().any(|verb| path.ends_with(verb))
                    && (path.starts_with("httpx.AsyncClient()")
                        || path.starts_with("aiohttp.ClientSession()"));
                let blocks = self.tables.blocking(&path).is_some();
                seen.asks |= !blocks && (sends || self.asks_a_service(func, &path));
            }
            _ => {}
        }
    }

    fn look_at_function(&self, id: FnId, arguments: &Arguments, seen: &mut Seen) {
        let Some(function) = self.function(id).filter(|_| !seen.functions.contains(&id)) else {
            return;
        };
        seen.functions.push(id);
        seen.limited |= speaks_of_a_limit(self.source_of(function.site));
        let tree = self.tree(function.site.cell);
        for node in own_nodes(tree, function.site.node) {
            let site = Site { node, ..function.site };
            match self.kind(site) {
                Kind::Call => self.look_at_call(site, arguments, seen),
                Kind::With { is_async: true } => {
                    seen.limited |= !self.opens_only(site, arguments);
                }
                _ => {}
            }
        }
    }

    /// Whether an `async with` opens clients and responses alone, and no lock.
    fn opens_only(&self, with: Site, arguments: &Arguments) -> bool {
        self.children_in(with, Role::Context).all(|item| {
            let manager = self.child(item, Role::Context);
            let func = manager.and_then(|manager| self.child(manager, Role::Func));
            func.is_some_and(|func| match self.value_with(func, arguments) {
                Value::Path(path) => {
                    self.tables.effects.may_be_entered(&path)
                        || path.starts_with("aiohttp.ClientSession()")
                        || path.starts_with("httpx.AsyncClient()")
                }
                _ => false,
            })
        })
    }
}

fn speaks_of_a_limit(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    LIMITS.iter().any(|word| text.contains(word))
        || text.contains("sem.")
        || text.contains("sem:")
        || text.contains(".acquire(")
}
