//! Managers: what `with` and `async with` enter and leave.

use super::event::{EventKind, Miss, ValueUse};
use super::machine::Machine;
use super::value::{Args, Coroutine, Object, Site, Value};
use crate::knowledge::callables::Gives;

impl Machine<'_> {
    /// `with manager as value`.
    pub fn enter_manager(&mut self, manager: Value, is_async: bool, site: Site) -> Value {
        if !is_async {
            self.note_owner_of(manager, self.words.enter, site);
        }
        match self.object(manager).cloned() {
            Some(Object::Instance { class, is_open, .. }) => {
                let name = if is_async { self.words.aenter } else { self.words.enter };
                let (found, known) = self.class_member(class, name);
                match found {
                    Some(method) => {
                        let method = self.bound(method, manager, class);
                        let given = self.call(method, Args::default(), site);
                        if is_async && self.is_awaitable(given) == Some(false) {
                            let kind = EventKind::AsyncWithRefused { value: manager };
                            self.raise("TypeError", site, kind, manager);
                        }
                        if is_async { self.outcome(given, site) } else { given }
                    }
                    None => {
                        let other = if is_async { self.words.enter } else { self.words.aenter };
                        let is_other = self.class_member(class, other).0.is_some();
                        if known && !is_open && (is_async || is_other) {
                            let value = manager;
                            let kind = match is_async {
                                true => EventKind::AsyncWithRefused { value },
                                false => EventKind::PlainWithRefused { value },
                            };
                            self.raise("TypeError", site, kind, manager);
                        }
                        Value::Unknown
                    }
                }
            }
            // What `@contextmanager` makes of a generator function.
            Some(Object::Generator { is_async: true, is_manager: true, .. }) if !is_async => {
                let kind = EventKind::PlainWithRefused { value: manager };
                self.raise("TypeError", site, kind, manager);
                self.escape(manager);
                Value::Unknown
            }
            Some(Object::Generator { is_async: false, function, args, .. }) if is_async => {
                let kind = EventKind::AsyncWithRefused { value: manager };
                self.raise("TypeError", site, kind, manager);
                self.run_generator(function, &args, site)
            }
            Some(Object::Generator { function, args, walked, .. }) => {
                self.enter_once(manager, walked, site);
                self.run_generator(function, &args, site)
            }
            _ if !is_async && self.is_entered_by_async_with(manager) => {
                let kind = EventKind::PlainWithRefused { value: manager };
                self.raise("TypeError", site, kind, manager);
                if matches!(manager, Value::Path(_)) { manager } else { Value::Unknown }
            }
            Some(Object::Foreign(foreign)) => {
                self.hand_on(manager);
                if is_async && self.is_async_manager(Value::Path(foreign.path)) == Some(false) {
                    let kind = EventKind::AsyncWithRefused { value: manager };
                    self.raise("TypeError", site, kind, manager);
                }
                self.enter_followed(manager, &foreign, site);
                match is_async {
                    true => self.take_own_lock(manager, &foreign, site),
                    false => self.take_lock(manager, &foreign, site),
                }
                if is_async && foreign.path == self.words.task_group {
                    self.note_miss(Miss::Group, site);
                }
                if is_async {
                    self.open(&foreign);
                    self.enter_on_loop(manager, site);
                }
                manager
            }
            _ => {
                if is_async && self.is_async_manager(manager) == Some(false) {
                    self.raise(
                        "TypeError",
                        site,
                        EventKind::AsyncWithRefused { value: manager },
                        manager,
                    );
                }
                if !is_async {
                    let name = Some(self.words.enter);
                    self.too_early(manager, site, ValueUse::Attribute, name);
                }
                match manager {
                    Value::Path(_) => manager,
                    _ => {
                        self.may_raise();
                        if is_async {
                            self.escape(manager);
                        }
                        Value::Unknown
                    }
                }
            }
        }
    }

    /// `async with lock` waits only where the lock is held; a client works at once.
    pub fn enter_on_loop(&mut self, manager: Value, site: Site) {
        let Some(Object::Foreign(foreign)) = self.object(manager).cloned() else { return };
        // The same block entered again is one that waits for itself, sooner or later.
        let here = Value::Int(i64::from(site.cell.0) * 1_000_000 + site.node.index() as i64);
        let before = self.heap.get(foreign.taken);
        let held = before == Value::Bool(true) || before == here;
        if before == Value::Bool(false) {
            self.heap.set(foreign.taken, here);
        }
        let is_lock = self.names.module_of(foreign.path) == self.names.find("asyncio");
        self.use_on_loop(manager, site, held || !is_lock);
    }

    /// Whether a library's call gives what only `async with` enters.
    fn is_entered_by_async_with(&self, value: Value) -> bool {
        let entry = match (value, self.object(value)) {
            (Value::Path(path), _) => self.entry_of_call(path),
            (_, Some(Object::Foreign(foreign))) => self.entry_of_call(foreign.path),
            // A client's request, before anybody awaits it.
            (_, Some(Object::Coroutine(Coroutine { function: Value::Path(path), .. }))) => {
                self.input.tables.callables.get(&self.names, *path)
            }
            _ => None,
        };
        entry.is_some_and(|entry| {
            let gives = entry.row.as_ref().map(|row| row.gives);
            entry.is_async_manager || gives == Some(Gives::AsyncManager)
        })
    }

    /// Whether `async with` takes a value.
    pub fn is_async_manager(&self, value: Value) -> Option<bool> {
        match value {
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Plain(_) => {
                Some(false)
            }
            Value::Path(path) => {
                let entry = self.entry_of_call(path)?;
                if entry.is_async_manager || entry.is_walked || entry.is_coroutine_function {
                    return None;
                }
                let gives = entry.row.as_ref()?.gives;
                matches!(gives, Gives::Object | Gives::Data).then_some(false)
            }
            _ => match self.object(value)? {
                Object::Collection(_)
                | Object::Function(_)
                | Object::Class { .. }
                | Object::Future(_) => Some(false),
                Object::Coroutine(coroutine) => match self.object(coroutine.function) {
                    Some(Object::Function(_)) => Some(false),
                    _ => self.is_bare_coroutine(coroutine).then_some(false),
                },
                _ => None,
            },
        }
    }

    /// The end of a `with` block.
    pub fn exit_manager(&mut self, manager: Value, is_async: bool, site: Site) {
        if is_async {
            self.let_loop_run();
        }
        if let Some(Object::Foreign(foreign)) = self.object(manager).cloned() {
            self.leave_followed(manager, &foreign, site);
            self.release_lock(manager);
        }
        let Some(Object::Instance { class, .. }) = self.object(manager).cloned() else { return };
        let name = if is_async { self.words.aexit } else { self.words.exit };
        if let (Some(method), _) = self.class_member(class, name) {
            let method = self.bound(method, manager, class);
            let args = Args { positional: vec![Value::Unknown; 3], ..Args::default() };
            if is_async {
                let given = self.call(method, args, site);
                self.outcome(given, site);
            } else {
                self.consult(manager, ["__exit__"], args, site);
            }
        }
    }
}
