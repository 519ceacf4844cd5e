//! What a coroutine function leaves behind when it is done, over everything it calls here.

use hashbrown::HashSet;

use crate::execution::{Run, Site, ValueKind, starts_task};
use crate::python::{Kind, Role};

/// What outlives a coroutine, or depends on the loop it ran on. `asyncio.run` cleans these up
/// or isolates them; `await` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leaves {
    pub tasks: bool,
    pub executor_work: bool,
    pub returns_task: bool,
    pub context_variables: bool,
    pub async_generators: bool,
    pub counts_tasks: bool,
    pub expects_ctrl_c: bool,
}

/// What the coroutine at `argument`, or that the function at `argument` makes, leaves behind.
pub(super) fn leaves(run: &Run, argument: Site) -> Leaves {
    let mut leaves = Leaves::default();
    let kinds = [ValueKind::Coroutine, ValueKind::Function];
    let mut waiting: Vec<Site> =
        kinds.into_iter().flat_map(|kind| run.definitions(argument, kind)).collect();
    leaves.returns_task = waiting.iter().any(|def| returns_task(run, *def));
    let mut seen: HashSet<Site> = waiting.iter().copied().collect();
    while let Some(def) = waiting.pop() {
        for site in run.body_of(def) {
            leaves.add(run, site);
            let func = run.child(site, Role::Func);
            let called = func.map(|it| run.definitions(it, ValueKind::Function));
            waiting.extend(called.into_iter().flatten().filter(|it| seen.insert(*it)));
        }
    }
    leaves
}

fn returns_task(run: &Run, def: Site) -> bool {
    let is_task = |value: Site| run.is_only(value, ValueKind::Task);
    let returns = |site: &Site| matches!(run.kind(*site), Kind::Return);
    run.body_of(def).filter(returns).filter_map(|it| run.child(it, Role::Value)).any(is_task)
}

impl Leaves {
    fn add(&mut self, run: &Run, site: Site) {
        match run.kind(site) {
            Kind::Call => self.add_call(run, site),
            Kind::Handler { .. } => {
                let caught = run.child(site, Role::Test);
                self.expects_ctrl_c |=
                    caught.is_some_and(|it| run.source_of(it).contains("KeyboardInterrupt"));
            }
            Kind::For { is_async: true } => {
                self.async_generators |=
                    run.descendants(site).any(|inner| run.source_of(inner) == "break");
            }
            _ => {}
        }
    }

    fn add_call(&mut self, run: &Run, call: Site) {
        let is_generator = run.is_only(call, ValueKind::AsyncGenerator);
        self.async_generators |= is_generator && !is_walked(run, call);
        let Some(path) = run.path_of_call(call) else { return };
        let name = path.rsplit('.').next().unwrap_or_default();
        let is_loose = || !run.is_waited_for(call);
        let in_executor = path == "asyncio.to_thread" || name == "run_in_executor";
        // What `wait` gives up on goes on.
        self.tasks |= path == "asyncio.wait" || starts_task(&path) && is_loose();
        self.executor_work |= in_executor && is_loose();
        self.context_variables |= path == "contextvars.ContextVar().set";
        self.counts_tasks |= path == "asyncio.all_tasks";
    }
}

/// Whether an async generator goes to an `async for` or an `async with` right away.
fn is_walked(run: &Run, call: Site) -> bool {
    run.parent(call).is_some_and(|up| match run.kind(up) {
        Kind::For { is_async } | Kind::Clause { is_async } => {
            *is_async && run.role(call) == Role::Iter
        }
        Kind::WithItem => true,
        _ => false,
    })
}
