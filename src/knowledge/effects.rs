//! What calls leave behind: `content/tables/effects.yaml`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What calling a path does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It gives a value and leaves nothing behind.
    Harmless,
    Prints,
    Sleeps,
    /// Runs the function that it is given on another thread.
    Thread,
    /// Starts a task, which has to be awaited at once.
    Starts,
    Unknown,
}

/// The table of effects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Effects {
    pure: BTreeSet<String>,
    impure: BTreeSet<String>,
    builtins: BTreeSet<String>,
    prints: BTreeSet<String>,
    waits: BTreeSet<String>,
    looks: BTreeSet<String>,
    managers: BTreeSet<String>,
    talks: Vec<String>,
    heavy: Vec<HeavyEntry>,
    requests: Vec<RequestEntry>,
    #[serde(skip)]
    names: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestEntry {
    /// What every name of this entry stands under, such as `httpx.AsyncClient()`.
    under: Option<String>,
    /// A module of which every object has the methods.
    within: Option<String>,
    names: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeavyEntry {
    calls: Vec<String>,
    number: Option<Number>,
    #[serde(rename = "source")]
    _source: String,
}

/// The argument that says how long a computation takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    pub at: usize,
    pub name: String,
    pub least: i64,
}

impl Effects {
    /// Reads the table's YAML.
    ///
    /// # Errors
    /// The first place that is not what the table's format asks for.
    pub fn parse(text: &str) -> Result<Self, serde_yaml::Error> {
        serde_yaml::from_str(text).map(Self::closed)
    }

    /// The table with the full paths of its requests.
    pub fn closed(mut self) -> Self {
        for entry in &self.requests {
            if let Some(under) = &entry.under {
                self.names.extend(entry.names.iter().map(|name| format!("{under}.{name}")));
            }
        }
        self
    }

    /// What a call of `path` does.
    pub fn of(&self, path: &str) -> Effect {
        let built_in = path.strip_prefix("builtins.");
        match path {
            "asyncio.sleep" | "time.sleep" => Effect::Sleeps,
            "asyncio.to_thread" => Effect::Thread,
            "asyncio.create_task" | "asyncio.ensure_future" => Effect::Starts,
            _ if path.ends_with(".run_in_executor") => Effect::Thread,
            _ if path.starts_with("logging.getLogger") => Effect::Harmless,
            _ if self.prints(path) => Effect::Prints,
            _ if built_in.is_some_and(|it| self.builtins.contains(it) || is_exception(it)) => {
                Effect::Harmless
            }
            _ if built_in.is_some() || path.contains("()") || self.impure.contains(path) => {
                Effect::Unknown
            }
            _ if self.waits(path) || is_below(path, &self.pure) || names_a_class(path) => {
                Effect::Harmless
            }
            _ if path.starts_with("asyncio.get_") => Effect::Harmless,
            _ => Effect::Unknown,
        }
    }

    /// Whether a call of `path` shows something, so that its place in the order of lines matters.
    pub fn prints(&self, path: &str) -> bool {
        is_below(path, &self.prints)
    }

    /// Whether `path` is one of asyncio's own ways to wait for what it is given.
    pub fn waits(&self, path: &str) -> bool {
        self.waits.contains(path) || path.ends_with(".run_in_executor")
    }

    /// Whether a `with` may open this for one wait alone.
    pub fn may_be_entered(&self, path: &str) -> bool {
        self.managers.contains(path)
    }

    /// Whether a method of this name changes nothing.
    pub fn only_looks(&self, method: &str) -> bool {
        self.looks.contains(method)
    }

    /// The keyword arguments by which a request goes on with a talk.
    pub fn talks(&self) -> &[String] {
        &self.talks
    }

    /// Whether a call of `path` asks a service for something and leaves nothing behind, so that
    /// many of them may wait at the same time.
    pub fn is_request(&self, path: &str) -> bool {
        let of_module = |entry: &RequestEntry| {
            let module = entry.within.as_deref();
            let rest = module.and_then(|module| path.strip_prefix(module)?.strip_prefix('.'));
            let name = rest.and_then(|rest| rest.rsplit('.').next());
            name.is_some_and(|name| entry.names.iter().any(|it| it == name))
        };
        self.names.contains(path) || self.requests.iter().any(of_module)
    }

    /// Whether a computation that may take long has a path that ends in `name`.
    pub fn names_heavy(&self, name: &str) -> bool {
        let mut all = self.heavy.iter().flat_map(|entry| &entry.calls);
        all.any(|call| call.rsplit('.').next() == Some(name))
    }

    /// The computations that take long from some number on, or always.
    pub fn heavy(&self, path: &str) -> Option<Option<&Number>> {
        let entry = self.heavy.iter().find(|entry| entry.calls.iter().any(|call| call == path))?;
        Some(entry.number.as_ref())
    }
}

/// Whether `path` or one of the modules that it stands in is in `names`.
fn is_below(path: &str, names: &BTreeSet<String>) -> bool {
    let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
    ends.filter_map(|end| path.get(..end)).any(|part| names.contains(part))
}

fn names_a_class(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or_default();
    last.starts_with(|c: char| c.is_ascii_uppercase()) && last.contains(char::is_lowercase)
}

fn is_exception(name: &str) -> bool {
    name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Group")
}
