//! An `await` under a magic that compiles its code by itself, after `%autoawait off`, and scripts
//! with a loop of their own under `%run`.

use hashbrown::HashSet;

use super::Rule;
use super::events::place;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Holder, Run, Site, Thread};
use crate::index::{script_of, script_word};
use crate::python::{Kind, Role};
use crate::rewrite::{MagicAt, checked, delete_statement, plain_python};
use crate::text::{Edit, TextRange};

const NAME: &str = "await-under-magic";

/// Magics that run a cell inside the cell: that `await` finds the loop running already.
///
/// Source: kernels with IPython 8 and 9; `ipytest` 0.14.
const NESTED: [&str; 2] = ["capture", "ipytest"];

/// As many places as a note names.
const MOST: usize = 4;

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let mut seen = HashSet::new();
    for site in run.awaits() {
        let Some(at) = place(run, site) else { continue };
        let (magic, name, sign) = match run.holder(site) {
            Holder::Cell => {
                let Some(name) = run.cell_magic(site.cell) else { continue };
                (MagicAt::Cell(at.cell), name, "%%")
            }
            Holder::LineMagic(escape) => {
                let Some(line) = place(run, escape) else { continue };
                (MagicAt::Line(line), run.magic_name(escape), "%")
            }
            Holder::Async | Holder::Plain(_) | Holder::Class(_) => continue,
        };
        // A magic is one mistake, however often its code awaits.
        if seen.insert(magic) {
            out.extend(under_magic(run, site, magic, (sign, name)));
        }
    }
    out.extend(switched_off(run));
    if run.environment().host.refuses_a_run() {
        out.extend(run.events().iter().filter_map(|event| script(run, event)));
    }
}

/// The first `await` of a cell or line that a magic compiles.
fn under_magic(
    run: &Run,
    site: Site,
    magic: MagicAt,
    (sign, name): (&str, &str),
) -> Option<Diagnostic> {
    let nested = NESTED.contains(&name);
    if nested && !run.environment().host.refuses_a_run() {
        return None;
    }
    let patch = run.patch_before(site).filter(|_| nested);
    let key = match patch {
        Some(_) => "patched",
        None if nested => "runs-nothing",
        None => "compiles",
    };
    let severity = if patch.is_some() { Severity::Warning } else { Severity::Error };
    let mut found = Diagnostic::new(NAME, severity, run.first_line(site), key)
        .with("magic", format!("{sign}{name}"))
        .with("word", run.await_word(site));
    if let Some(patch) = patch.and_then(|patch| run.span(patch)) {
        let note = Message::new(NAME, "patched-here").at_cell(patch.cell);
        found.note(note, Some(patch));
    }
    found.patterns = vec!["plain-timing", "top-level-await"];
    if let Some(edits) = plain_python(run, magic) {
        let place = edits.first().map(|edit| edit.span).or(run.span(site))?;
        let fix = Fix {
            title: Message::new(NAME, "fix-plain").with("magic", format!("{sign}{name}")),
            pattern: "plain-timing",
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(place, Message::new(NAME, "why-plain"))],
            // Nothing of it ran before, so that nothing changes for it.
            tradeoffs: Vec::new(),
        };
        found.fixes.push(checked(run, fix));
    }
    Some(found)
}

/// The lines that take top-level `await` away, each with what it breaks.
fn switched_off(run: &Run) -> Vec<Diagnostic> {
    let mut off: Option<(Site, Vec<Site>)> = None;
    let mut found = Vec::new();
    for site in run.sites().filter(|site| run.role(*site) == Role::Top) {
        match autoawait(run, site) {
            Some(false) if off.is_none() => off = Some((site, Vec::new())),
            Some(false) => {}
            Some(true) => found.extend(off.take()),
            None => {
                let Some((_, awaits)) = &mut off else { continue };
                let here = run.cell_magic(site.cell).is_none();
                awaits.extend(run.within(site).filter(|site| here && is_top_await(run, *site)));
            }
        }
    }
    found.extend(off);
    let found = found.into_iter().filter(|(_, awaits)| !awaits.is_empty());
    found.filter_map(|(line, awaits)| no_autoawait(run, line, &awaits)).collect()
}

fn is_top_await(run: &Run, site: Site) -> bool {
    run.kind(site).suspends() && run.holder(site) == Holder::Cell
}

/// Whether a statement switches top-level `await` on or off.
///
/// Source: `BasicMagics.autoawait` of IPython, and a kernel that was sent each form.
fn autoawait(run: &Run, statement: Site) -> Option<bool> {
    let text = run.source_of(statement);
    let text = text.split('#').next().unwrap_or(text);
    let value = match run.kind(statement) {
        Kind::Escape { sigil: '%', .. } => match run.magic_name(statement) {
            "autoawait" => text.trim_start().strip_prefix("%autoawait")?.trim(),
            "config" if text.contains("InteractiveShell.autoawait") => text.split_once('=')?.1,
            _ => return None,
        },
        Kind::Assign if text.starts_with("get_ipython().autoawait") => text.split_once('=')?.1,
        _ => return None,
    };
    match value.trim().to_ascii_lowercase().as_str() {
        "" => None,
        "off" | "false" => Some(false),
        _ => Some(true),
    }
}

fn no_autoawait(run: &Run, line: Site, awaits: &[Site]) -> Option<Diagnostic> {
    let (at, text) = (run.span(line)?, run.source_of(line));
    let mut found = Diagnostic::new(NAME, Severity::Error, at, "autoawait-off")
        .with("line", text)
        .with("count", awaits.len());
    for site in awaits.iter().take(MOST) {
        let span = run.first_line(*site);
        let note = Message::new(NAME, "refused-here")
            .at_cell(span.cell)
            .with("word", run.await_word(*site));
        found.note(note, Some(span));
    }
    found.patterns.push("top-level-await");
    let fix = Fix {
        title: Message::new(NAME, "fix-autoawait").with("line", text),
        pattern: "top-level-await",
        applicability: Applicability::Unsafe,
        edits: vec![delete_statement(run, place(run, line)?)],
        reasons: vec![(at, Message::new(NAME, "why-autoawait"))],
        tradeoffs: Vec::new(),
    };
    found.fixes.push(checked(run, fix));
    Some(found)
}

/// `%run` of a script that starts a loop.
fn script(run: &Run, event: &Event) -> Option<Diagnostic> {
    let line = event.site;
    if event.kind != EventKind::Magic
        || event.context.thread != Thread::Kernel
        || run.magic_name(line) != "run"
    {
        return None;
    }
    let (at, text) = (run.span(line)?, run.source_of(line));
    let arguments = text.split_once("run").map_or("", |(_, rest)| rest).trim_start();
    let options: Vec<&str> =
        arguments.split_whitespace().take_while(|word| word.starts_with('-')).collect();
    let file = script_of(text).filter(|_| !options.contains(&"-m"))?;
    let start = match options.contains(&"-n") {
        true => run.modules().at_import(&file),
        false => run.modules().as_script(&file),
    }?;
    // After the patch the script's loop runs inside the kernel's.
    if run.patch_before(run.begun_at(event)).is_some() {
        return None;
    }
    let mut found = Diagnostic::new(NAME, Severity::Error, at, "run-script")
        .with("file", &file)
        .with("start", &start.call)
        .with("line", start.line);
    found.patterns = vec!["module", "top-level-await"];
    let head = at.range.end.saturating_sub(arguments.len());
    let named = script_word(text).filter(|word| word.trim_matches(['"', '\'']) == file);
    let word = arguments.find(char::is_whitespace).unwrap_or(arguments.len());
    let ending = named
        .is_none()
        .then(|| Edit::insert(run.position(run.key_of(at.cell)), head + word, ".py"));
    let is_quoted = arguments.starts_with(['"', '\'']);
    if options.is_empty() && (ending.is_none() || !is_quoted) {
        let head = run.span_of(line.cell, TextRange::new(at.range.start, head));
        let fix = Fix {
            title: Message::new(NAME, "fix-run").with("file", &file),
            pattern: "module",
            applicability: Applicability::Unsafe,
            edits: std::iter::once(Edit::replace(head, "!python ")).chain(ending).collect(),
            reasons: vec![(at, Message::new(NAME, "why-run"))],
            tradeoffs: Vec::new(),
        };
        found.fixes.push(checked(run, fix));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::execution::{ModuleSource, Modules};
    use crate::notebook::{Pasted, parse_pasted};
    use crate::review::{Known, Surroundings, review_again};
    use crate::rules::tests::tables;
    use crate::text::apply_edits;

    const SCRIPT: &str = "import asyncio\nasync def main(): ...\nif __name__ == '__main__':\n    asyncio.run(main())\n";

    /// The first diagnostic of `code` beside the script `job.py`, with its repair if it has one.
    fn beside(code: &str) -> Option<(&'static str, Option<String>)> {
        let Pasted::Notebook(notebook) = parse_pasted(code) else { return None };
        let tables = tables();
        let (name, path) = ("job.py".to_owned(), "job.py".to_owned());
        let source = ModuleSource { name, path, source: SCRIPT.to_owned() };
        let modules = Arc::new(Modules::read(&[source], &tables));
        let surroundings = Surroundings { modules, ..Surroundings::default() };
        let review = review_again(&notebook, &tables, &surroundings, &Known::default());
        let found = review.found().find(|found| found.rule == super::NAME)?;
        let cell = notebook.cell(found.span.cell)?;
        let fixed = found.fix().and_then(|fix| apply_edits(cell.index, &cell.source, &fix.edits));
        Some((found.message.key, fixed))
    }

    #[test]
    fn a_script_with_a_loop_runs_in_a_process_of_its_own() {
        let fixed = |text: &str| Some(("run-script", Some(text.to_owned())));
        assert_eq!(beside("%run job.py --fast"), fixed("!python job.py --fast"));
        let loop_ = "for n in range(2):\n    %run  job.py {n}";
        assert_eq!(beside(loop_), fixed("for n in range(2):\n    !python job.py {n}"));
    }

    #[test]
    fn a_script_that_shares_the_notebooks_names_stays() {
        assert_eq!(beside("%run -i job.py"), Some(("run-script", None)));
    }

    #[test]
    fn a_script_that_is_only_imported_starts_no_loop() {
        assert_eq!(beside("%run -n job.py"), None);
        assert_eq!(beside("%run other.py"), None);
        assert_eq!(beside("import nest_asyncio\nnest_asyncio.apply()\n%run job.py"), None);
    }
}
