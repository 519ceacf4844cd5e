use super::*;
use crate::execution::given::tests::{last, run_of};

/// Whether awaiting the last `text` of a cell, where `asyncio` is imported, comes to an end.
fn never_ends(source: &str, text: &str) -> Option<Endless> {
    let run = run_of(&format!("import asyncio\n{source}"));
    run.never_ends(last(&run, text))
}

#[test]
fn a_generator_without_a_way_out_gives_without_end() {
    let ticks = "async def ticks():\n    n = 0\n    while True:\n        yield n\n        n += 1";
    let gives = |source: &str, text: &str| {
        let run = run_of(source);
        run.gives_without_end(last(&run, text))
    };
    assert!(gives(&format!("{ticks}\nprint(list(ticks()))"), "ticks()"));
    assert!(gives(&format!("{ticks}\nall = ticks()\nprint(list(all))"), "all"));
    let some = ticks.replace("n += 1", "if n > 3: return");
    assert!(!gives(&format!("{some}\nprint(list(ticks()))"), "ticks()"));
}

#[test]
fn a_loop_without_a_way_out_never_ends() {
    let start = "async def f():\n    while True:\n        await asyncio.sleep(1)";
    assert_eq!(never_ends(&format!("{start}\nf()"), "f()"), Some(Endless::Turns));
    assert_eq!(never_ends(&format!("{start}\n        if x(): break\nf()"), "f()"), None);
    let through = "async def g():\n    await asyncio.gather(*[f()])\ng()";
    assert_eq!(never_ends(&format!("{start}\n{through}"), "g()"), Some(Endless::Turns));
}

#[test]
fn a_wait_ends_where_somebody_sets_what_it_is_for() {
    let start = "stop = asyncio.Event()\nasync def f(it):\n    await it.wait()";
    assert_eq!(
        never_ends("stop = asyncio.Event()\nstop.wait()", "stop.wait()"),
        Some(Endless::Waits)
    );
    assert_eq!(never_ends(&format!("{start}\nf(stop)\nprint(stop)"), "f(stop)"), None);
    let later = "stop = asyncio.Event()\nstop.wait()\nstop.set()";
    assert_eq!(never_ends(later, "stop.wait()"), Some(Endless::Later));
}
