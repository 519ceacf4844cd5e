//! Command-line arguments become parameters: `argparse` with its defaults, and `sys.argv`.

use std::collections::BTreeSet;

use super::parser::{self, Parser};
use super::{Parameter, Words};
use crate::execution::{Meaning, Run, Site};
use crate::index::TOP;
use crate::python::{Kind, NameUse, is_builtin};
use crate::rewrite::{delete_statement, module_name};
use crate::text::{Edit, indentation};

/// What becomes of the arguments.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub parameters: Vec<Parameter>,
    pub edits: Vec<Edit>,
    /// Whether the values need nothing but the script's first imports.
    pub early: bool,
    /// A text that the code which reads the parameters holds.
    pub marker: String,
    /// Places where arguments are read in a way that is not understood.
    pub left: Vec<Site>,
}

/// The widest line that is written.
const WIDTH: usize = 88;

/// Turns arguments into parameters, as far as they are understood.
pub(super) fn turn(run: &Run, words: &Words) -> Arguments {
    let mut turned = match parser::read(run) {
        parser::Found::Nothing => Arguments::default(),
        parser::Found::Strange(left) => Arguments { left, ..Arguments::default() },
        parser::Found::Parser(parser) => of_parser(run, words, &parser),
    };
    add_argv(run, words, &mut turned);
    turned
}

fn of_parser(run: &Run, words: &Words, parser: &Parser) -> Arguments {
    let mut parameters = Vec::new();
    let mut fields = Vec::new();
    for argument in &parser.arguments {
        let name = free_name(run, parser, &argument.dest);
        fields.push(format!("{}={name}", argument.dest));
        let required = argument.required.then(|| words.required.to_owned());
        let help = argument.help.iter().chain(&argument.choices).cloned();
        let comment: Vec<String> = required.into_iter().chain(help).collect();
        let comment = (!comment.is_empty()).then(|| comment.join("; "));
        let (value, required) = (argument.value.clone(), argument.required);
        parameters.push(Parameter { name, value, comment, required });
    }
    let mut edits: Vec<Edit> =
        parser.removable.iter().map(|statement| delete_statement(run, *statement)).collect();
    let mut marker = String::new();
    for call in &parser.parses {
        let (namespace, import) = namespace(run, parser, call.site);
        edits.extend(import.filter(|import| !edits.contains(import)));
        let mut text = written(run, call.site, &namespace, &fields);
        if call.gives_rest {
            text = format!("({text}, [])");
        }
        edits.push(Edit::replace(run.at(call.site), text));
        marker = format!("{namespace}(");
    }
    let early = parser.arguments.iter().all(|argument| is_early(run, &argument.reads));
    Arguments { parameters, edits, early, marker, left: Vec::new() }
}

/// The call that gathers the parameters, broken into lines where it is long.
fn written(run: &Run, call: Site, namespace: &str, fields: &[String]) -> String {
    let source = run.tree(call.cell).source();
    let start = run.range(call).start;
    let indent = indentation(source, start);
    let line = crate::text::line_range(source, start);
    let before = start.saturating_sub(line.start);
    let one = format!("{namespace}({})", fields.join(", "));
    if before + one.len() <= WIDTH {
        return one;
    }
    let lines: String = fields.iter().map(|field| format!("{indent}    {field},\n")).collect();
    format!("{namespace}(\n{lines}{indent})")
}

/// `argparse.Namespace` under the name that the script has for it.
fn namespace(run: &Run, parser: &Parser, call: Site) -> (String, Option<Edit>) {
    let callee = run.callee(parser.created);
    if let Some(prefix) = callee.strip_suffix(".ArgumentParser") {
        let head = run.descendants(parser.created).find(|site| {
            matches!(run.kind(*site), Kind::Name { .. }) && run.source_of(*site) == prefix
        });
        let is_global = head.is_some_and(|head| run.binding_scope(head) == TOP);
        if is_global || run.owner(parser.created) == run.owner(call) {
            return (format!("{prefix}.Namespace"), None);
        }
    }
    let (name, import) = module_name(run, call, "argparse");
    (format!("{name}.Namespace"), import)
}

/// The argument's own name, or one that nothing else in the script has.
fn free_name(run: &Run, parser: &Parser, dest: &str) -> String {
    let in_functions = |name: &str| {
        let owners: BTreeSet<_> =
            parser.parses.iter().filter_map(|call| run.owner(call.site)).collect();
        run.sites().any(|site| {
            let binds = match run.kind(site) {
                Kind::Name { used: NameUse::Store | NameUse::Delete } => {
                    run.source_of(site) == name
                }
                Kind::Param { name: range } => run.tree(site.cell).text(*range) == name,
                _ => false,
            };
            binds && run.owner(site).is_some_and(|owner| owners.contains(&owner))
        })
    };
    let is_free =
        |name: &str| run.global(name).is_empty() && !is_builtin(name) && !in_functions(name);
    let prefixed = (0..).map(|number| match number {
        0 => dest.to_owned(),
        1 => format!("param_{dest}"),
        _ => format!("param_{dest}_{number}"),
    });
    prefixed.into_iter().find(|name| is_free(name)).unwrap_or_default()
}

/// Whether the names are built in, or imported before anything else happens.
fn is_early(run: &Run, reads: &[Site]) -> bool {
    let first = super::first_after_imports(run);
    reads.iter().all(|read| {
        let name = run.source_of(*read);
        let bound = run.global(name);
        let imported = |(cell, binding): &(_, crate::index::Binding)| {
            let site = Site { cell: *cell, node: binding.node };
            matches!(binding.how, crate::index::How::Import(_))
                && first.is_none_or(|first| site < first)
        };
        if bound.is_empty() { is_builtin(name) } else { bound.iter().all(imported) }
    })
}

/// `sys.argv` is the kernel's own in a cell; a list of the script's takes its place.
fn add_argv(run: &Run, words: &Words, turned: &mut Arguments) {
    let is_argv = |site: &Site| {
        let reads =
            matches!(run.kind(*site), Kind::Attribute { .. } | Kind::Name { used: NameUse::Load });
        let stored = run.role(*site) == crate::python::Role::Target;
        reads && !stored && run.meaning(*site) == Meaning::Path("sys.argv".to_owned())
    };
    let replaced = |site: &Site| {
        turned.edits.iter().any(|edit| {
            edit.span.cell == run.position(site.cell) && edit.span.range.contains(run.range(*site))
        })
    };
    let reads: Vec<Site> = run.sites().filter(is_argv).filter(|it| !replaced(it)).collect();
    if reads.is_empty() {
        return;
    }
    let bound = |name: &str| {
        run.sites().any(|site| match run.kind(site) {
            Kind::Name { .. } => run.source_of(site) == name,
            Kind::Param { name: range } => run.tree(site.cell).text(*range) == name,
            _ => false,
        }) || !run.global(name).is_empty()
    };
    let name = if bound("argv") { "script_argv" } else { "argv" };
    if turned.parameters.is_empty() {
        turned.early = true;
        name.clone_into(&mut turned.marker);
    }
    let file = words.file.replace(['"', '\\'], "");
    turned.parameters.push(Parameter {
        name: name.to_owned(),
        value: format!("[\"{file}\"]"),
        comment: Some(words.argv.to_owned()),
        required: false,
    });
    turned.edits.extend(reads.iter().map(|site| Edit::replace(run.at(*site), name)));
}
