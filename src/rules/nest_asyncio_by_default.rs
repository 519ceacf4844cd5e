//! `nest_asyncio.apply()` and its disguises: a patch for the whole process.

use super::Rule;
use super::loops::{Happening, happenings, patches};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::environment::PythonVersion;
use crate::execution::{Event, EventKind, Run, Site, Thread, Usage};
use crate::python::{Kind, NameUse, Role};
use crate::rewrite::{checked, delete_import, delete_statement};
use crate::text::{Edit, Span, TextRange};

const NAME: &str = "nest-asyncio-by-default";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Methods of loops and of frameworks' apps that run them.
const RUNS: [&str; 4] = ["run_until_complete", "run_forever", "run_app", "run_sync"];

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let patches: Vec<Happening> = patches(run).collect();
    if patches.is_empty() {
        return;
    }
    // The whole notebook is looked through once, however many patches there are.
    let calls: Vec<Happening> =
        happenings(run, |event| needs_it(run, event)).map(|(it, ())| it).collect();
    let unsure = calls.is_empty() && may_need_it(run);
    let need = Need { calls, unsure, libraries: loud_imports(run) };
    out.extend(patches.iter().map(|patch| diagnose(run, patch, &need, &patches)));
}

/// What a notebook may need a patch for.
struct Need<'r> {
    calls: Vec<Happening<'r>>,
    /// Something may run a loop without being seen to.
    unsure: bool,
    libraries: Vec<String>,
}

fn diagnose(run: &Run, patch: &Happening, need: &Need, all: &[Happening]) -> Diagnostic {
    let Need { calls: needing, unsure, libraries } = need;
    let key = match (needing.is_empty(), libraries.is_empty()) {
        (false, _) => "needed",
        _ if *unsure => "unsure",
        (true, false) => "unneeded-here",
        (true, true) => "unneeded",
    };
    let mut found = patch
        .report(run, NAME, Severity::Warning, key, run.callee(patch.site))
        .with("count", needing.len())
        .with("libraries", libraries.join(", "));
    for it in needing.iter().take(6) {
        let note =
            Message::new(NAME, "needs-it").at_cell(it.span.cell).with("call", run.callee(it.site));
        found.note(note, Some(it.span));
    }
    if let Some(python) =
        run.environment().oldest_python().filter(|python| loses_task(run, patch, *python))
    {
        found.note(Message::new(NAME, "loses-task").with("python", python), None);
    }
    found.patterns.push("top-level-await");
    if !needing.is_empty() {
        found.note(Message::new(NAME, "fix-those-first"), None);
    } else if let Some(mut fix) = removal(run, patch, all) {
        if !libraries.is_empty() || *unsure {
            fix = fix.at_most(Applicability::Unsafe);
        }
        found.fixes.push(checked(run, fix));
    }
    found
}

/// Whether no cell has a current task any more, once the patch is there.
fn loses_task(run: &Run, patch: &Happening, python: PythonVersion) -> bool {
    let EventKind::LoopPatched { by } = patch.event.kind else { return false };
    let since = run.tables().patch(&run.spell(by)).and_then(|patch| patch.loses_task);
    since.is_some_and(|since| python >= since)
}

/// Whether a call re-enters the loop.
fn needs_it(run: &Run, event: &Event) -> Option<()> {
    let needs = match event.kind {
        // The patch leaves `Runner` alone.
        EventKind::LoopRefused { by, .. } => !run.spell(by).starts_with("asyncio.Runner"),
        EventKind::OwnLoopWanted { by } => {
            let path = run.spell(by);
            let runs_app = path.ends_with(".run_app") || path.ends_with(".run_sync");
            runs_app || run.tables().may_want_a_patch(&path)
        }
        _ => false,
    };
    needs.then_some(())
}

/// Whether something in the notebook may run a loop without being seen to: by another name, from
/// a place whose caller is not known, in code that is a string, in another file.
fn may_need_it(run: &Run) -> bool {
    let happens = |event: &Event| match event.kind {
        EventKind::LoopRefused { .. } | EventKind::OwnLoopWanted { .. } => {
            needs_it(run, event).is_some()
        }
        EventKind::LoopStarted { .. } | EventKind::StarterNamed { .. } => {
            !matches!(event.context.thread, Thread::Worker | Thread::Process)
        }
        _ => false,
    };
    // What another thread is seen to run needs no patch.
    let elsewhere: Vec<Span> = run
        .events()
        .iter()
        .filter(|event| matches!(event.kind, EventKind::LoopStarted { .. }) && !happens(event))
        .filter_map(|event| run.span(event.site))
        .collect();
    run.events().iter().any(happens)
        || run.sites().any(|site| match run.kind(site) {
            Kind::Attribute { name } => {
                let call = || run.parent(site).map(|call| run.at(call));
                RUNS.contains(&run.tree(site.cell).text(*name))
                    && !call().is_some_and(|call| elsewhere.contains(&call))
            }
            Kind::Escape { sigil: '%', name } => run.tree(site.cell).text(*name) == "run",
            // `%%capture` runs its cell inside the cell.
            Kind::Await => run.cell_magic(site.cell) == Some("capture"),
            _ => false,
        })
}

/// The imported packages that may run a loop behind a plain call.
fn loud_imports(run: &Run) -> Vec<String> {
    let mut loud = Vec::new();
    for site in run.sites() {
        let tree = run.tree(site.cell);
        let names: Vec<&str> = match run.kind(site) {
            Kind::Import { names } => names.iter().map(|name| tree.text(name.name)).collect(),
            Kind::ImportFrom { module: Some(module), .. } => vec![tree.text(*module)],
            Kind::ImportFrom { module: None, .. } => vec!["."],
            _ => continue,
        };
        for name in names {
            let top = name.split('.').next().unwrap_or(name);
            if !run.tables().is_quiet(top) && !loud.iter().any(|seen| seen == top) {
                loud.push(top.to_owned());
            }
        }
    }
    loud.truncate(4);
    loud
}

/// Takes out the call, the import that serves nothing else, and the line that installs it.
fn removal(run: &Run, patch: &Happening, all: &[Happening]) -> Option<Fix> {
    let EventKind::LoopPatched { by } = patch.event.kind else { return None };
    let (path, call) = (run.spell(by), patch.at);
    let module = path.split('.').next()?;
    let is_statement = matches!(run.usage(call), Usage::Dropped | Usage::Displayed);
    let statement = run.parent(call).filter(|_| is_statement)?;
    let mut edits = vec![delete_statement(run, statement)];
    let mut reasons = vec![(run.at(statement), Message::new(NAME, "why-remove-apply"))];
    if let Some(package) = run.tables().patch(&path).and_then(|patch| patch.package.as_deref())
        && all.len() == 1
    {
        let is_free = !is_read_elsewhere(run, module, call);
        for import in imports_of(run, module).filter(|_| is_free) {
            edits.extend(delete_import(run, import, module));
            reasons.push((run.at(import), Message::new(NAME, "why-remove-import")));
        }
        for (span, edit) in install_lines(run, package) {
            edits.push(edit);
            reasons.push((span, Message::new(NAME, "why-remove-install")));
        }
    }
    Some(Fix {
        title: Message::new(NAME, "fix-remove").with("call", run.callee(call)),
        pattern: "top-level-await",
        applicability: Applicability::Safe,
        edits,
        reasons,
        tradeoffs: vec!["nested-order"],
    })
}

/// Whether the module's name is used for more than the patch.
fn is_read_elsewhere(run: &Run, module: &str, patch: Site) -> bool {
    run.sites().any(|site| {
        matches!(run.kind(site), Kind::Name { used: NameUse::Load })
            && run.meaning(site).path() == Some(module)
            && !(patch.cell == site.cell && run.tree(site.cell).is_within(site.node, patch.node))
    })
}

fn imports_of<'f>(run: &'f Run, module: &'f str) -> impl Iterator<Item = Site> + 'f {
    run.sites().filter(move |site| {
        let tree = run.tree(site.cell);
        match run.kind(*site) {
            Kind::Import { names } => names.iter().any(|name| tree.text(name.name) == module),
            Kind::ImportFrom { module: Some(found), .. } => tree.text(*found) == module,
            _ => false,
        }
    })
}

/// `%pip install package` and `!pip install package`: the line goes, or the word where the line
/// installs other things too.
fn install_lines(run: &Run, package: &str) -> Vec<(Span, Edit)> {
    let mut found = Vec::new();
    for site in run.sites() {
        if !matches!(run.kind(site), Kind::Escape { .. }) || run.role(site) != Role::Top {
            continue;
        }
        let (text, range) = (run.source_of(site), run.range(site));
        if !text.contains("pip") || !text.contains("install") {
            continue;
        }
        let dashed = package.replace('_', "-");
        let is_it = |word: &str| {
            let name = word.trim_matches(['"', '\'']).split(['=', '<', '>', '~', '[', '!']).next();
            name == Some(package) || name == Some(dashed.as_str())
        };
        let command = text.split(" #").next().unwrap_or(text);
        let words = words_of(command);
        let Some((at, word)) = words.iter().find(|(_, word)| is_it(word)) else { continue };
        let after_install = words.iter().skip_while(|(_, word)| !word.ends_with("install")).skip(1);
        let is_package = |word: &&(usize, &str)| !word.1.starts_with(['-', '|', '>', '&']);
        let edit = if after_install.filter(is_package).count() <= 1 {
            delete_statement(run, site)
        } else {
            // The blank before the word goes with it.
            let start = range.start + at.saturating_sub(1);
            let gone = TextRange::new(start, range.start + at + word.len());
            Edit::delete(run.span_of(site.cell, gone))
        };
        found.push((run.at(site), edit));
    }
    found
}

/// The words of a line with the byte at which each starts.
fn words_of(line: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut at = 0;
    for word in line.split_whitespace() {
        let start = at + line.get(at..).and_then(|rest| rest.find(word)).unwrap_or_default();
        at = start + word.len();
        words.push((start, word));
    }
    words
}

#[cfg(test)]
mod tests {
    use crate::notebook::parse_script;
    use crate::review::review;
    use crate::rules::tables_for_tests;

    #[test]
    fn what_a_patch_breaks_on_a_newer_python_is_said_there_alone() {
        let says = |python: &str, module: &str| {
            let source = format!(
                "# ---\n# jupyter:\n#   language_info:\n#     version: {python}\n# ---\n\
                 # %%\nimport {module}\n{module}.apply()\n"
            );
            let review = review(&parse_script(source).expect("a notebook"), &tables_for_tests());
            let mut notes = review.found().flat_map(|found| &found.notes);
            notes.any(|note| note.message.key == "loses-task")
        };
        assert!(says("3.14.2", "nest_asyncio"));
        assert!(!says("3.13.0", "nest_asyncio"));
        assert!(!says("3.14.2", "nest_asyncio2"));
    }
}
