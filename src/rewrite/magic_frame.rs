//! What plain Python stands around code in place of `%%time`, `%%timeit`, `%%prun`, `%%capture`.

use super::handles::free_name;
use super::magic::clock;
use crate::execution::{Run, Site};

/// How often code is run where `%timeit` is not told how often.
const RUNS: usize = 5;

/// Lines to put around code.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    pub import: Option<String>,
    pub before: Vec<String>,
    pub after: Vec<String>,
    /// Whether the code moves four blanks to the right.
    pub indents: bool,
    /// Whether the magic shows what its code gives.
    pub shows: bool,
}

/// The lines that do what the magic `name` does with `arguments`; the code begins at `first`.
///
/// Source: `ExecutionMagics` of IPython 8 and 9; what `%time` shows is the wall time alone here.
pub(super) fn frame(run: &Run, first: Site, name: &str, arguments: &str) -> Option<Frame> {
    match name {
        "time" => timed(run, first, arguments),
        "timeit" => repeated(run, first, arguments),
        "prun" if arguments.trim().is_empty() => Some(profiled(run)),
        "capture" => captured(run, arguments),
        _ => None,
    }
}

fn timed(run: &Run, first: Site, arguments: &str) -> Option<Frame> {
    if !arguments.trim().is_empty() {
        return None;
    }
    let (import, clock) = clock(run, first)?;
    let start = free_name(run, "start");
    Some(Frame {
        import,
        before: vec![format!("{start} = {clock}")],
        after: vec![format!("print(f\"{{{clock} - {start}:.2f}} s\")")],
        indents: false,
        shows: true,
    })
}

fn repeated(run: &Run, first: Site, arguments: &str) -> Option<Frame> {
    let (runs, setup) = timeit_options(arguments)?;
    let (import, clock) = clock(run, first)?;
    let (start, times) = (free_name(run, "start"), free_name(run, "times"));
    let mut before: Vec<String> = setup.into_iter().collect();
    before.push(format!("{times} = []"));
    before.push(format!("for _ in range({}):", runs.unwrap_or(RUNS)));
    before.push(format!("    {start} = {clock}"));
    let best = format!("print(f\"best of {{len({times})}}: {{min({times}):.3f}} s\")");
    let after = vec![format!("    {times}.append({clock} - {start})"), best];
    Some(Frame { import, before, after, indents: true, shows: false })
}

/// How many loops are asked for, and the code that `%%timeit` runs before them. `None` with an
/// option that has no place in a plain loop.
fn timeit_options(arguments: &str) -> Option<(Option<usize>, Option<String>)> {
    let mut rest = arguments.trim();
    let mut runs = None;
    while let Some(option) = rest.strip_prefix('-') {
        let value = option.strip_prefix(['n', 'r'])?.trim_start();
        let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = value.get(..digits)?.parse().ok()?;
        if option.starts_with('n') || runs.is_none() {
            runs = Some(number);
        }
        rest = value.get(digits..)?.trim_start();
    }
    Some((runs, (!rest.is_empty()).then(|| rest.to_owned())))
}

fn profiled(run: &Run) -> Frame {
    let profiler = free_name(run, "profiler");
    Frame {
        import: Some("import cProfile".to_owned()),
        before: vec![format!("with cProfile.Profile() as {profiler}:")],
        after: vec![format!("{profiler}.print_stats(\"cumulative\")")],
        indents: true,
        shows: false,
    }
}

fn captured(run: &Run, arguments: &str) -> Option<Frame> {
    let (mut options, mut output) = (Vec::new(), String::new());
    for word in arguments.split_whitespace() {
        match word {
            "--no-stdout" => options.push("stdout=False"),
            "--no-stderr" => options.push("stderr=False"),
            "--no-display" => options.push("display=False"),
            name if output.is_empty() && !name.starts_with('-') => output = format!(" as {name}"),
            _ => return None,
        }
    }
    let name = "capture_output";
    if !run.imports_alone(name, "IPython.utils.capture.capture_output") {
        return None;
    }
    let import = run.global(name).is_empty();
    Some(Frame {
        import: import.then(|| "from IPython.utils.capture import capture_output".to_owned()),
        before: vec![format!("with capture_output({}){output}:", options.join(", "))],
        after: Vec::new(),
        indents: true,
        shows: false,
    })
}
