//! Names that mean nothing: a slip of the finger takes a mistake away without repairing it.

use crate::execution::{Meaning, Run, Site};
use crate::python::{Kind, NameUse, is_builtin, is_of_kernels};
use crate::text::Span;

/// What `dir(asyncio)` lists in Python 3.7 to 3.13, and what
/// <https://docs.python.org/3.14/library/asyncio-graph.html> adds; on Windows as
/// <https://docs.python.org/3/library/asyncio-platforms.html> has it.
const ASYNCIO: &str = "\
    ALL_COMPLETED AbstractChildWatcher AbstractEventLoop AbstractEventLoopPolicy \
    AbstractServer Barrier BaseEventLoop BaseProtocol BaseTransport BoundedSemaphore \
    BrokenBarrierError BufferedProtocol CancelledError Condition DatagramProtocol \
    DatagramTransport DefaultEventLoopPolicy Event EventLoop FIRST_COMPLETED FIRST_EXCEPTION \
    FastChildWatcher FrameCallGraphEntry Future FutureCallGraph Handle IncompleteReadError \
    InvalidStateError IocpProactor LifoQueue LimitOverrunError Lock MultiLoopChildWatcher \
    PidfdChildWatcher PriorityQueue ProactorEventLoop Process Protocol Queue QueueEmpty \
    QueueFull QueueShutDown ReadTransport Runner SafeChildWatcher SelectorEventLoop \
    Semaphore SendfileNotAvailableError Server StreamReader StreamReaderProtocol \
    StreamWriter SubprocessProtocol SubprocessTransport Task TaskGroup ThreadedChildWatcher \
    Timeout TimeoutError TimerHandle Transport WindowsProactorEventLoopPolicy \
    WindowsSelectorEventLoopPolicy WriteTransport all_tasks as_completed base_events \
    base_futures base_subprocess base_tasks capture_call_graph constants coroutine \
    coroutines create_eager_task_factory create_subprocess_exec create_subprocess_shell \
    create_task current_task eager_task_factory ensure_future events exceptions \
    format_call_graph format_helpers future_add_to_awaited_by future_discard_from_awaited_by \
    futures gather get_child_watcher get_event_loop get_event_loop_policy get_running_loop \
    iscoroutine iscoroutinefunction isfuture locks log mixins new_event_loop open_connection \
    open_unix_connection print_call_graph protocols queues run run_coroutine_threadsafe \
    runners selector_events selectors set_child_watcher set_event_loop set_event_loop_policy \
    shield sleep sslproto staggered start_server start_unix_server streams subprocess \
    taskgroups tasks threads timeout timeout_at timeouts to_thread transports trsock \
    unix_events wait wait_for wrap_future";

/// What `dir(time)` lists in Python 3.7 to 3.13.
const TIME: &str = "\
    CLOCK_BOOTTIME CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_PROCESS_CPUTIME_ID \
    CLOCK_REALTIME CLOCK_TAI CLOCK_THREAD_CPUTIME_ID altzone asctime clock_getres \
    clock_gettime clock_gettime_ns clock_settime clock_settime_ns ctime daylight \
    get_clock_info gmtime localtime mktime monotonic monotonic_ns perf_counter \
    perf_counter_ns process_time process_time_ns pthread_getcpuclockid sleep strftime \
    strptime struct_time thread_time thread_time_ns time time_ns timezone tzname tzset";

/// The first name that nothing binds, or that its module does not have, among those that `known`
/// does not hold.
pub(super) fn unknown(run: &Run<'_>, known: &[String]) -> Option<(Span, String)> {
    let mut sites = run.sites();
    sites.find_map(|site| {
        let text = run.source_of(site).to_owned();
        let strange = match run.kind(site) {
            Kind::Name { used: NameUse::Load } => is_unbound(run, site, &text),
            Kind::Attribute { .. } => is_no_part(run, site),
            _ => false,
        };
        (strange && !known.contains(&text)).then(|| (run.at(site), text))
    })
}

/// Every name that nothing binds, as it is written.
pub(super) fn all_unknown(run: &Run<'_>) -> Vec<String> {
    let mut known = Vec::new();
    while let Some((_, name)) = unknown(run, &known) {
        known.push(name);
    }
    known
}

fn is_unbound(run: &Run<'_>, site: Site, name: &str) -> bool {
    run.bindings(site).is_empty()
        && !is_builtin(name)
        && !is_of_kernels(name)
        && !imports_everything(run)
        && !is_in_a_magic(run, name)
}

/// Whether `from module import *` may bind anything.
fn imports_everything(run: &Run<'_>) -> bool {
    run.imports().iter().any(|site| run.source_of(*site).trim_end().ends_with('*'))
}

/// Whether a magic's line has the name, so that it may bind it.
fn is_in_a_magic(run: &Run<'_>, name: &str) -> bool {
    let is_word = |line: &str| {
        line.split(|char: char| !(char.is_alphanumeric() || char == '_')).any(|word| word == name)
    };
    let of_cell = |source: &str| {
        source.lines().any(|line| line.trim_start().starts_with(['%', '!']) && is_word(line))
    };
    run.cells().any(|(_, cell)| of_cell(cell.syntax.tree.source()))
}

/// Whether an attribute is asked of `asyncio` or `time` that they do not have.
fn is_no_part(run: &Run<'_>, site: Site) -> bool {
    let Meaning::Path(path) = run.meaning(site) else { return false };
    let Some((module, name)) = path.split_once('.') else { return false };
    let names = match module {
        "asyncio" => ASYNCIO,
        "time" => TIME,
        _ => return false,
    };
    let name = name.split(['.', '(']).next().unwrap_or_default();
    !names.split(' ').any(|known| known == name)
}
