//! Arguments that stand where a call wants a function, which it or something else calls later.

use crate::execution::{Run, Site, ValueKind};
use crate::knowledge::callables::{Native, Row, Take, Use, Wants, Where, With};
use crate::python::{Kind, NameUse, Role};

/// A call that is given a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taker {
    pub call: Site,
    /// How the function's own arguments reach it.
    pub passes: Passes,
    /// Whether a worker thread or another process calls the function.
    pub is_worker: bool,
    /// Whether the taker is known by what it is, and not only by the name of a method.
    pub is_known: bool,
}

/// How a call that is given a function is told what to call it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passes {
    /// They follow the function: `to_thread(f, a, k=b)`.
    Along,
    /// They follow it, without keywords: `run_in_executor(None, f, a)`.
    Positional,
    /// `Thread(target=f, args=(a,), kwargs={"k": b})`.
    Packed,
    /// The taker has arguments of its own for it: `map(f, items)`.
    Nothing,
}

/// What calls the functions that it is given with their keywords as well.
const WITH_KEYWORDS: [&str; 4] = [".to_thread", ".submit", ".partial", ".run_in_threadpool"];

/// So many of the notebook's own functions hand a function on, at most.
const STEPS: usize = 4;

/// The call that wants a function where it is given the value of the expression at `site`.
pub fn taker(run: &Run, site: Site) -> Option<Taker> {
    let asked = Asked { run };
    let (call, slot) = asked.taker(site, STEPS)?;
    let Slot { passes, is_worker, is_known } = slot;
    Some(Taker { call: Site { node: call.node, ..site }, passes, is_worker, is_known })
}

/// A parameter that wants a function.
#[derive(Clone, Copy)]
struct Slot {
    passes: Passes,
    is_worker: bool,
    is_known: bool,
}

struct Asked<'r, 't> {
    run: &'r Run<'t>,
}

impl Asked<'_, '_> {
    fn taker(&self, site: Site, steps: usize) -> Option<(Site, Slot)> {
        let run = self.run;
        let argument = self.whole_argument(site);
        let up = run.parent(argument)?;
        let call = match (run.kind(up), run.role(argument)) {
            (Kind::Call, Role::Arg) => up,
            (Kind::KeywordArg { .. }, _) => run.parent(up)?,
            _ => return None,
        };
        let func = run.child(call, Role::Func)?;
        if let Some(def) = run.definitions(func, ValueKind::Function).first() {
            let slot = self.own_slot(call, argument, *def, steps.checked_sub(1)?)?;
            return Some((call, slot));
        }
        let known = run.path(func).and_then(|path| self.slot(call, argument, &path));
        let slot = known.or_else(|| self.slot_by_name(call, argument, func))?;
        Some((call, slot))
    }

    /// The argument that an expression is, alone or as one of its choices.
    fn whole_argument(&self, site: Site) -> Site {
        let run = self.run;
        let mut argument = site;
        while let Some(up) = run.parent(argument) {
            let is_chosen = matches!(run.kind(up), Kind::BoolOp | Kind::Named)
                || matches!(run.kind(up), Kind::IfExp) && run.role(argument) != Role::Test;
            if !is_chosen {
                break;
            }
            argument = up;
        }
        argument
    }

    /// What the tables say of the argument of a library's call.
    fn slot(&self, call: Site, argument: Site, path: &str) -> Option<Slot> {
        let row: &Row = self.run.tables().callables.ask(path, |entry| entry.row.as_ref())?;
        let is_it = |at: Option<usize>, name: Option<&str>| {
            let given = self.run.argument(call, at.unwrap_or(usize::MAX), name.unwrap_or_default());
            given == Some(argument)
        };
        let (place, with) = match row.native {
            Some(Native::Map | Native::Filter) if is_it(Some(0), None) => {
                (Where::Here, With::Element)
            }
            Some(Native::Partial) if is_it(Some(0), Some("func")) => (Where::Here, With::Rest),
            Some(Native::List) if is_it(None, Some("key")) => (Where::Here, With::Element),
            _ => {
                let takes = |take: &&Take| {
                    matches!(take.used, Use::Calls | Use::Keeps)
                        && matches!(take.wants, Wants::Function | Wants::PlainFunction)
                        && is_it(take.at, take.name.as_deref())
                };
                let take = row.takes.iter().find(takes)?;
                (take.place, take.with)
            }
        };
        let takes_keywords = WITH_KEYWORDS.iter().any(|end| path.ends_with(end));
        let passes = match with {
            With::Rest if takes_keywords => Passes::Along,
            With::Rest => Passes::Positional,
            With::Named => Passes::Packed,
            _ => Passes::Nothing,
        };
        let is_worker = matches!(place, Where::Thread | Where::Process);
        Some(Slot { passes, is_worker, is_known: true })
    }

    /// The same of a method of something that is not known: those of event loops have names that
    /// nothing else has.
    fn slot_by_name(&self, call: Site, argument: Site, func: Site) -> Option<Slot> {
        let Kind::Attribute { name } = self.run.kind(func) else { return None };
        let name = self.run.tree(func.cell).text(*name);
        let of_pool = "concurrent.futures.ThreadPoolExecutor().submit";
        match name {
            "submit" => self.slot(call, argument, of_pool).map(|it| Slot { is_known: false, ..it }),
            "sort" => self.slot(call, argument, "builtins.sorted"),
            "add_done_callback" => self.slot(call, argument, "asyncio.Task().add_done_callback"),
            _ if name.contains('_') => {
                self.slot(call, argument, &format!("asyncio.AbstractEventLoop().{name}"))
            }
            _ => None,
        }
    }

    /// One of the notebook's functions that calls what it is given here, or hands it to what
    /// does. It is known for sure where it does nothing else with it.
    fn own_slot(&self, call: Site, argument: Site, def: Site, steps: usize) -> Option<Slot> {
        let run = self.run;
        let (param, name) = self.param_of(call, argument, def)?;
        let reads = run.descendants(def).filter(|read| {
            matches!(run.kind(*read), Kind::Name { used: NameUse::Load })
                && run.source_of(*read) == name
                && run.is_in_one_scope(*read, param)
        });
        let (mut is_worker, mut is_known) = (None, true);
        for read in reads {
            let inner = self.taker(read, steps).map(|(_, slot)| slot);
            let is_called = run.role(read) == Role::Func;
            is_known &= is_called || inner.is_some_and(|inner| inner.is_known);
            if is_called || inner.is_some() {
                is_worker.get_or_insert(inner.is_some_and(|inner| inner.is_worker));
            }
        }
        Some(Slot { passes: Passes::Nothing, is_worker: is_worker?, is_known })
    }

    /// The parameter of the function at `def` that an argument of a call is given for, and its name.
    fn param_of(&self, call: Site, argument: Site, def: Site) -> Option<(Site, &str)> {
        let run = self.run;
        let is_method =
            run.parent(def).is_some_and(|up| matches!(run.kind(up), Kind::ClassDef { .. }));
        let mut params = run.children_in(def, Role::Param).skip(usize::from(is_method));
        let name_of = |param: &Site| match run.kind(*param) {
            Kind::Param { name } => Some(run.tree(param.cell).text(*name)),
            _ => None,
        };
        let keyword = run.parent(argument).filter(|up| *up != call);
        let param = match keyword.map(|up| run.kind(up)) {
            Some(Kind::KeywordArg { name }) => {
                let name = run.tree(argument.cell).text((*name)?);
                params.find(|param| name_of(param) == Some(name))?
            }
            _ => {
                let mut before = run.children_in(call, Role::Arg).take_while(|it| *it != argument);
                let at = before
                    .try_fold(0, |at, it| (*run.kind(it) != Kind::Starred).then_some(at + 1))?;
                params.nth(at)?
            }
        };
        Some((param, name_of(&param)?))
    }
}
