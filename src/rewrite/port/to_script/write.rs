//! The script's text.

use super::Request;
use super::place::{Placed, Placement, Where};
use crate::execution::{CellKey, Meaning, Run, Site};
use crate::python::{Kind, Role};
use crate::rewrite::constant::{Constancy, constancy};
use crate::rewrite::pieces::indented;
use crate::text::{Edit, TextRange, apply_edits};

/// One step of indentation.
const STEP: &str = "    ";

/// Names in one `global` statement.
const NAMES_ON_A_LINE: usize = 6;

/// Writes the script.
pub(super) fn write(run: &Run, placed: &Placement, request: &Request) -> String {
    let page = Page { run, placed };
    let mut out = format!("# {}\n", request.title);
    let futures = page.stack(Where::Top, "");
    if !futures.is_empty() {
        out.push_str(&format!("\n{futures}\n"));
    }
    let module = page.stack(Where::Module, "");
    if !placed.has_main() {
        return format!("{out}\n{module}\n");
    }
    let asyncio = page.asyncio();
    if let Some(import) = &asyncio.import {
        out.push_str(&format!("\n{import}\n"));
    }
    if !module.is_empty() {
        let blanks = match (&asyncio.import, page.pieces(Where::Module).next()) {
            (Some(_), Some(first)) if page.is_definition(first) => "\n\n",
            (Some(_), _) if module.starts_with("import ") || module.starts_with("from ") => "",
            _ => "\n",
        };
        out.push_str(&format!("{blanks}{module}\n"));
    }
    let (main, call) = match page.only_call() {
        Some((comments, call)) => (comments, call),
        None => {
            let name = page.free_name("main");
            out.push_str(&format!("\n\nasync def {name}():\n{}\n", page.body()));
            (String::new(), format!("{name}()"))
        }
    };
    out.push_str(&page.entry(&asyncio.name, &call, &main, request.dual));
    out
}

struct Page<'p, 'f> {
    run: &'p Run<'f>,
    placed: &'p Placement,
}

/// The name under which the script knows asyncio, and the import that it lacks.
struct Asyncio {
    name: String,
    import: Option<String>,
}

impl Page<'_, '_> {
    fn pieces(&self, goes: Where) -> impl Iterator<Item = &Placed> {
        self.placed.pieces.iter().filter(move |placed| placed.goes == goes)
    }

    /// The pieces of one place below each other.
    fn stack(&self, goes: Where, indent: &str) -> String {
        let mut out = String::new();
        let mut before: Option<&Placed> = None;
        for placed in self.pieces(goes) {
            if let Some(before) = before {
                let blanks = self.blanks(before, placed, indent.is_empty());
                out.push_str(&"\n".repeat(blanks + 1));
            }
            out.push_str(&self.text(placed, indent));
            before = Some(placed);
        }
        out
    }

    fn text(&self, placed: &Placed, indent: &str) -> String {
        let tree = self.run.tree(placed.cell);
        let text = indented(tree, placed.piece.range, indent);
        match self.without_annotation(placed) {
            Some(edited) if !indent.is_empty() => format!("{indent}{edited}"),
            _ => text,
        }
    }

    /// How many blank lines stand between two pieces.
    fn blanks(&self, before: &Placed, placed: &Placed, at_module: bool) -> usize {
        let above = !before.piece.nodes.is_empty();
        let apart = self.is_definition(before) || (self.is_definition(placed) && above);
        let own = if before.cell == placed.cell { placed.piece.blanks.min(2) } else { 1 };
        match (apart, at_module) {
            (true, true) => 2,
            (true, false) => 1,
            (false, _) => own.min(if at_module { 2 } else { 1 }),
        }
    }

    fn is_definition(&self, placed: &Placed) -> bool {
        let tree = self.run.tree(placed.cell);
        placed.piece.nodes.iter().any(|node| {
            matches!(tree.kind(*node), Kind::FunctionDef { .. } | Kind::ClassDef { .. })
        })
    }

    /// A name that is declared `global` may not be annotated.
    fn without_annotation(&self, placed: &Placed) -> Option<String> {
        let run = self.run;
        let site = Site { cell: placed.cell, node: placed.piece.statement()? };
        let target = run.child(site, Role::Target)?;
        let is_global = self.placed.globals.iter().any(|name| name == run.source_of(target));
        if !matches!(run.kind(site), Kind::AnnAssign) || !is_global {
            return None;
        }
        let value = run.child(site, Role::Value)?;
        let gap = TextRange::new(run.range(target).end, run.range(value).start);
        let edit = Edit::replace(run.span_of(placed.cell, gap), " = ");
        let source = run.tree(placed.cell).source();
        let changed = apply_edits(run.position(placed.cell), source, &[edit])?;
        let end = placed.piece.range.end + " = ".len() - gap.len();
        changed.get(placed.piece.code..end).map(str::to_owned)
    }

    fn body(&self) -> String {
        let mut globals: String = self
            .placed
            .globals
            .chunks(NAMES_ON_A_LINE)
            .map(|names| format!("{STEP}global {}\n", names.join(", ")))
            .collect();
        if !globals.is_empty() {
            globals.push('\n');
        }
        format!("{globals}{}", self.stack(Where::Main, STEP))
    }

    /// `asyncio.run(main())` under the guard, or the same for both places.
    fn entry(&self, asyncio: &str, call: &str, above: &str, dual: bool) -> String {
        let guard = "\n\nif __name__ == \"__main__\":\n";
        if !dual {
            return format!("{guard}{above}{STEP}{asyncio}.run({call})\n");
        }
        let start = self.free_name("start");
        let outcome = self.free_name("outcome");
        let lines = [
            format!("def {start}():"),
            "    try:".to_owned(),
            format!("        loop = {asyncio}.get_running_loop()"),
            "    except RuntimeError:".to_owned(),
            "        loop = None".to_owned(),
            "    if loop is None:".to_owned(),
            format!("        return {asyncio}.run({call})"),
            format!("    return loop.create_task({call})"),
        ];
        format!("\n\n{}\n{guard}{above}{STEP}{outcome} = {start}()\n", lines.join("\n"))
    }

    /// The only thing to run, when it is the call of a coroutine function with plain values.
    fn only_call(&self) -> Option<(String, String)> {
        let run = self.run;
        let mut own = self.pieces(Where::Main);
        let (placed, others): (&Placed, Vec<&Placed>) = {
            let all: Vec<&Placed> = own.by_ref().collect();
            let (last, others) = all.split_last()?;
            (last, others.to_vec())
        };
        if others.iter().any(|placed| !placed.piece.nodes.is_empty()) {
            return None;
        }
        let statement = Site { cell: placed.cell, node: placed.piece.statement()? };
        let awaiting = run.child(statement, Role::Value)?;
        let call = run.child(awaiting, Role::Value)?;
        let is_await = matches!(run.kind(statement), Kind::Expression)
            && matches!(run.kind(awaiting), Kind::Await);
        let plain = [Role::Arg, Role::Keyword].iter().all(|role| {
            run.children_in(call, *role).all(|it| constancy(run, it) > Constancy::Computed)
        });
        if !is_await || !plain || !matches!(run.meaning(call), Meaning::Coroutine(_)) {
            return None;
        }
        let tree = run.tree(placed.cell);
        let above = TextRange::new(placed.piece.range.start, placed.piece.code);
        let rest = TextRange::new(run.range(statement).end, placed.piece.range.end);
        let comments = others.iter().map(|it| indented(run.tree(it.cell), it.piece.range, STEP));
        let comments: String = comments.map(|text| format!("{text}\n")).collect();
        let tail = rest.slice(tree.source()).trim_start_matches([';', ' ']);
        let tail = if tail.is_empty() { String::new() } else { format!("{STEP}{tail}\n") };
        let comments = format!("{comments}{}{tail}", indented(tree, above, STEP));
        Some((comments, run.source_of(call).to_owned()))
    }

    fn asyncio(&self) -> Asyncio {
        let run = self.run;
        let imported = self.pieces(Where::Module).flat_map(|placed| {
            let tree = run.tree(placed.cell);
            let names = placed.piece.nodes.iter().flat_map(|node| match tree.kind(*node) {
                Kind::Import { names } => names.as_slice(),
                _ => &[],
            });
            names
                .filter(|name| tree.text(name.name) == "asyncio")
                .map(|name| tree.text(name.alias.unwrap_or(name.name)))
        });
        let mut names: Vec<&str> = imported.collect();
        names.retain(|name| is_module(run, name));
        if let Some(name) = names.first() {
            return Asyncio { name: (*name).to_owned(), import: None };
        }
        if is_module(run, "asyncio") {
            let name = "asyncio".to_owned();
            return Asyncio { import: Some("import asyncio".to_owned()), name };
        }
        let name = self.free_name("_asyncio");
        Asyncio { import: Some(format!("import asyncio as {name}")), name }
    }

    /// `base`, or `base` with a number, so that no name of the notebook is taken.
    fn free_name(&self, base: &str) -> String {
        let taken = |name: &String| self.placed.taken.contains(name);
        let names = (1..).map(|number| match number {
            1 => base.to_owned(),
            2 => format!("run_{base}"),
            _ => format!("run_{base}_{number}"),
        });
        names.into_iter().find(|name| !taken(name)).unwrap_or_default()
    }
}

/// Whether the name is never anything else than the module asyncio.
fn is_module(run: &Run, name: &str) -> bool {
    let is_it = |(_, binding): &(CellKey, crate::index::Binding)| matches!(&binding.how, crate::index::How::Import(path) if path == "asyncio");
    run.global(name).iter().all(is_it)
}
