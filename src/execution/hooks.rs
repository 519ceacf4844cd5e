//! Methods that a library's class calls by itself, where a class of the notebook writes them
//! `async`: nobody awaits what they give.

use std::sync::Arc;

use super::event::EventKind;
use super::machine::Machine;
use super::value::{Object, ObjectId, Site, Value};
use crate::knowledge::callables::{QualifiedName, Row};

/// Longer chains of bases are not followed.
const DEEPEST: usize = 8;

impl Machine<'_> {
    /// Says which methods of a new class are called by a library that does not await.
    pub fn note_hooks(&mut self, class: ObjectId) {
        let Some((of, row)) = self.calling_base(Value::Object(class), 0) else { return };
        let Some(Object::Class { attributes, .. }) = self.heap.object(class).cloned() else {
            return;
        };
        let mut found: Vec<(Site, String)> = Vec::new();
        for (name, slot) in &attributes {
            let value = self.heap.get(*slot);
            self.note_handed(value, &row.hands);
            let Some(Object::Function(function)) = self.object(value) else { continue };
            let text = self.names.text(*name);
            if row.hooks.iter().any(|hook| fits(hook, text))
                && self.is_coroutine_function(value) == Some(true)
            {
                found.push((function.def, text.to_owned()));
            }
        }
        found.sort_unstable();
        for (site, name) in found {
            self.emit(site, EventKind::HookUnawaited { name, of });
        }
    }

    /// The base of a library that calls methods of its subclasses; `None` where another base may
    /// have changed that.
    fn calling_base(&self, class: Value, depth: usize) -> Option<(QualifiedName, Arc<Row>)> {
        let Some(Object::Class { bases, .. }) = self.object(class) else { return None };
        let mut only = None;
        for base in bases.iter().filter(|_| depth < DEEPEST) {
            let found = match *base {
                Value::Path(path) => {
                    let entry = self.input.tables.callables.get(&self.names, path);
                    let row = entry.and_then(|entry| entry.row.as_ref());
                    row.filter(|row| !row.hooks.is_empty() || !row.hands.is_empty())
                        .map(|row| (path, Arc::clone(row)))
                }
                base => self.calling_base(base, depth + 1),
            };
            match found {
                Some(found) if only.is_none() => only = Some(found),
                None if self.is_plain_base(*base) || self.has_known_bases(*base) => {}
                _ => return None,
            }
        }
        only
    }
}

/// `test*` stands for every name that begins so.
fn fits(hook: &str, name: &str) -> bool {
    hook.strip_suffix('*').map_or(hook == name, |start| name.starts_with(start))
}
