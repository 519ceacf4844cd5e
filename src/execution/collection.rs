//! Names and expressions that surely hold a collection, and what was put into it.

use super::meaning::Meaning;
use super::reading::Run;
use super::started::starts_kept_task;
use super::value::Site;
use crate::index::How;
use crate::python::{Builds, Kind, Role};

/// What kind of collection it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    List,
    Tuple,
    Set,
    Dict,
    Generator,
    /// `map()`, `filter()` and a dict's views.
    Lazy,
}

impl Holds {
    /// The word for it that the source would use.
    pub fn as_str(self) -> &'static str {
        match self {
            Holds::List => "list",
            Holds::Tuple => "tuple",
            Holds::Set => "set",
            Holds::Dict => "dict",
            Holds::Generator => "generator",
            Holds::Lazy => "iterator",
        }
    }
}

/// A collection as the notebook shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    pub holds: Holds,
    /// The expressions that make its elements, in order.
    pub elements: Vec<Site>,
    /// Whether these are all of them.
    pub complete: bool,
}

/// Names are followed so many steps back.
const STEPS: usize = 8;

/// A name that may mean more things than this is not followed.
pub(super) const MEANINGS: usize = 16;

impl Collection {
    fn open(holds: Holds) -> Self {
        Self { holds, elements: Vec::new(), complete: false }
    }
}

impl Run<'_> {
    /// The collection at `site`; `None` where it may be something else.
    pub fn collection(&self, site: Site) -> Option<Collection> {
        self.collection_within(site, STEPS)
    }

    fn collection_within(&self, site: Site, steps: usize) -> Option<Collection> {
        let steps = steps.checked_sub(1)?;
        let literal = |holds| {
            let elements: Vec<Site> = self.children_in(site, Role::Element).collect();
            let complete =
                elements.iter().all(|element| !matches!(self.kind(*element), Kind::Starred));
            Some(Collection { holds, elements, complete })
        };
        match self.kind(site) {
            Kind::List => literal(Holds::List),
            Kind::Tuple { .. } => literal(Holds::Tuple),
            Kind::Set => literal(Holds::Set),
            Kind::Dict => literal(Holds::Dict),
            Kind::Comprehension { builds, .. } => {
                let holds = match builds {
                    Builds::List => Holds::List,
                    Builds::Set => Holds::Set,
                    Builds::Dict => Holds::Dict,
                    Builds::Generator => Holds::Generator,
                };
                // A dict's key stands before its value.
                let element = self.children_in(site, Role::Element).last();
                Some(Collection { holds, elements: element.into_iter().collect(), complete: true })
            }
            Kind::Named => self.collection_within(self.child(site, Role::Value)?, steps),
            Kind::Call => self.made_by_call(site, steps),
            Kind::BinOp => {
                let is_list = |operand: Site| {
                    self.collection_within(operand, steps).is_some_and(|it| it.holds == Holds::List)
                };
                let any = self.children_in(site, Role::Operand).any(is_list);
                any.then_some(Collection::open(Holds::List))
            }
            Kind::Subscript => {
                let slice = self.child(site, Role::Index)?;
                let whole = self.collection_within(self.child(site, Role::Value)?, steps)?;
                let sliced = matches!(self.kind(slice), Kind::Slice)
                    && matches!(whole.holds, Holds::List | Holds::Tuple);
                sliced.then_some(Collection { complete: false, ..whole })
            }
            Kind::Name { .. } => self.named_collection(site, steps),
            _ => None,
        }
    }

    /// `list(…)`, `map(…)`, `jobs.values()`.
    fn made_by_call(&self, call: Site, steps: usize) -> Option<Collection> {
        let func = self.child(call, Role::Func)?;
        if let Kind::Attribute { name } = self.kind(func) {
            let name = self.tree(call.cell).text(*name);
            let receiver = self.collection_within(self.child(func, Role::Value)?, steps)?;
            let views = receiver.holds == Holds::Dict && name == "values";
            return views.then_some(Collection { holds: Holds::Lazy, ..receiver });
        }
        let value = self.meaning(func);
        let holds = match value.path()?.strip_prefix("builtins.")? {
            "list" | "sorted" => Holds::List,
            "tuple" => Holds::Tuple,
            "set" | "frozenset" => Holds::Set,
            "dict" => Holds::Dict,
            "map" | "filter" | "zip" | "reversed" => Holds::Lazy,
            _ => return None,
        };
        let copied = matches!(holds, Holds::List | Holds::Tuple | Holds::Set);
        let from = self.argument(call, 0, "").filter(|_| copied);
        let whole = from.and_then(|from| self.collection_within(from, steps));
        let is_empty = self.argument(call, 0, "").is_none() && copied;
        Some(match whole {
            Some(whole) if whole.holds != Holds::Dict => Collection { holds, ..whole },
            _ => Collection { complete: is_empty, ..Collection::open(holds) },
        })
    }

    /// All that a name was bound to, with what was appended.
    fn named_collection(&self, name: Site, steps: usize) -> Option<Collection> {
        let mut found: Option<Collection> = None;
        let bindings = self.bindings(name);
        if bindings.len() > MEANINGS {
            return None;
        }
        for (cell, binding) in bindings {
            let target = Site { cell, node: binding.node };
            let mut this = match binding.how {
                How::Value(node) => self.collection_within(Site { cell, node }, steps)?,
                // `jobs += more` leaves a list a list.
                How::Other if self.is_augmented(target) => {
                    let before = self.named_collection(target, steps.checked_sub(1)?)?;
                    Collection { complete: false, ..before }
                }
                _ => return None,
            };
            self.add_appended(target, &mut this);
            match &mut found {
                None => found = Some(this),
                Some(old) if old.holds == this.holds => {
                    old.elements.extend(this.elements);
                    old.complete &= this.complete;
                }
                Some(_) => return None,
            }
        }
        let mut found = found?;
        found.elements.sort_unstable();
        found.elements.dedup();
        Some(found)
    }

    fn is_augmented(&self, target: Site) -> bool {
        self.parent(target).is_some_and(|up| matches!(self.kind(up), Kind::AugAssign))
    }

    /// `jobs.append(x)` adds an element; any other method that fills it leaves it open.
    fn add_appended(&self, target: Site, collection: &mut Collection) {
        let (methods, all) = self.fills(target);
        collection.complete &= all;
        for method in methods {
            let Kind::Attribute { name } = self.kind(*method) else { continue };
            let one = matches!(self.tree(method.cell).text(*name), "append" | "add");
            let call = self.parent(*method).filter(|_| one && self.role(*method) == Role::Func);
            match call.and_then(|call| self.argument(call, 0, "")) {
                Some(element) => collection.elements.push(element),
                None => collection.complete = false,
            }
        }
    }

    /// Whether the value at `site` is a coroutine that nothing has started yet.
    pub fn is_coroutine(&self, site: Site) -> bool {
        match self.meaning(site) {
            Meaning::Coroutine(_) => true,
            Meaning::Path(path) => path.strip_suffix("()").is_some_and(|made_by| {
                let known = self.tables().is_coroutine_function(made_by)
                    || self.modules().is_coroutine_function(made_by);
                known && !self.tables().is_awaited_factory(&path)
            }),
            _ => false,
        }
    }

    /// Whether `gather()` takes the value at `site` for certain: a coroutine, a task, a future.
    pub fn is_awaitable(&self, site: Site) -> bool {
        let value = self.meaning(site);
        let starts = value.path().and_then(|path| path.strip_suffix("()")).is_some_and(|path| {
            matches!(path, "asyncio.gather" | "asyncio.shield") || starts_kept_task(path)
        });
        starts || self.is_coroutine(site)
    }
}
