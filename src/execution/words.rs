//! Names and paths that Python itself gives a meaning.

use crate::knowledge::callables::{Names, QualifiedName, Symbol};

/// Names that Python itself gives a meaning.
#[derive(Clone)]
pub(super) struct Words {
    pub init: Symbol,
    pub call: Symbol,
    pub enter: Symbol,
    pub aenter: Symbol,
    pub exit: Symbol,
    pub aexit: Symbol,
    pub iter: Symbol,
    pub aiter: Symbol,
    pub next: Symbol,
    pub anext: Symbol,
    pub await_: Symbol,
    pub getitem: Symbol,
    pub name: Symbol,
    pub main: Symbol,
    pub builtins: QualifiedName,
    pub task: QualifiedName,
    pub thread_future: QualifiedName,
    pub event_loop: QualifiedName,
    pub asyncio: QualifiedName,
    pub runner_run: QualifiedName,
    /// What runs a loop, or code that nobody sees.
    pub starters_by_name: [QualifiedName; 3],
    /// The shell that runs the cells, by what gives it, and the name that IPython binds to `True`.
    pub shells: [QualifiedName; 4],
    pub in_ipython: QualifiedName,
    pub range: QualifiedName,
    pub task_group: QualifiedName,
    pub print: QualifiedName,
    /// What starts a task that somebody has to keep, and what gathers others into one future.
    pub starters: [QualifiedName; 3],
    pub gathers: [QualifiedName; 2],
    pub all_tasks: QualifiedName,
    pub identity: QualifiedName,
    pub object_init: QualifiedName,
    /// What makes an object of a class that is called.
    pub make: QualifiedName,
    pub sort: QualifiedName,
    pub sleep: QualifiedName,
    /// What ends the process where a task raises it.
    pub exits: [QualifiedName; 2],
    pub context_var: QualifiedName,
    /// A name that nothing has.
    pub nobody: Symbol,
}

impl Words {
    pub fn of(names: &mut Names) -> Self {
        Self {
            init: names.symbol("__init__"),
            call: names.symbol("__call__"),
            enter: names.symbol("__enter__"),
            aenter: names.symbol("__aenter__"),
            exit: names.symbol("__exit__"),
            aexit: names.symbol("__aexit__"),
            iter: names.symbol("__iter__"),
            aiter: names.symbol("__aiter__"),
            next: names.symbol("__next__"),
            anext: names.symbol("__anext__"),
            await_: names.symbol("__await__"),
            getitem: names.symbol("__getitem__"),
            name: names.symbol("__name__"),
            main: names.symbol("__main__"),
            builtins: names.path("builtins"),
            task: names.path("asyncio.Task()"),
            thread_future: names.path("concurrent.futures.Future()"),
            event_loop: names.path("asyncio.AbstractEventLoop()"),
            asyncio: names.path("asyncio"),
            runner_run: names.path("asyncio.Runner().run"),
            starters_by_name: [
                names.path("asyncio.run"),
                names.path("builtins.exec"),
                names.path("builtins.eval"),
            ],
            shells: [
                names.path("builtins.get_ipython()"),
                names.path("IPython.get_ipython()"),
                names.path("IPython.core.getipython.get_ipython()"),
                names.path("IPython.core.interactiveshell.InteractiveShell.instance()"),
            ],
            in_ipython: names.path("builtins.__IPYTHON__"),
            range: names.path("builtins.range"),
            starters: [
                names.path("asyncio.create_task"),
                names.path("asyncio.ensure_future"),
                names.path("asyncio.AbstractEventLoop().create_task"),
            ],
            gathers: [names.path("asyncio.gather"), names.path("asyncio.shield")],
            all_tasks: names.path("asyncio.all_tasks"),
            print: names.path("builtins.print"),
            task_group: names.path("asyncio.TaskGroup()"),
            identity: names.path("typing.final"),
            make: names.path("builtins.type.__call__"),
            object_init: names.path("builtins.object.__init__"),
            sort: names.path("builtins.list.sort"),
            sleep: names.path("asyncio.sleep"),
            exits: [names.path("builtins.SystemExit"), names.path("builtins.KeyboardInterrupt")],
            context_var: names.path("contextvars.ContextVar()"),
            nobody: names.symbol(""),
        }
    }
}
