//! What an `argparse` parser asks for, where the script says it plainly.
//!
//! Source: <https://docs.python.org/3/library/argparse.html>.

use crate::execution::{Run, Site, Usage};
use crate::index::TOP;
use crate::python::{Kind, NameUse, Role, is_valid};

/// What there is in the script.
pub(super) enum Found {
    Nothing,
    Parser(Parser),
    /// Something that is not followed: its places.
    Strange(Vec<Site>),
}

/// A parser and what becomes of it.
pub(super) struct Parser {
    /// The call of `ArgumentParser`.
    pub created: Site,
    pub arguments: Vec<Argument>,
    pub parses: Vec<Parse>,
    /// The statements that build the parser, when nothing else needs it.
    pub removable: Vec<Site>,
}

/// A call that parses the command line.
pub(super) struct Parse {
    pub site: Site,
    /// `parse_known_args` gives a pair.
    pub gives_rest: bool,
}

/// One argument.
pub(super) struct Argument {
    pub dest: String,
    /// Its value without a command line, as an expression.
    pub value: String,
    pub required: bool,
    pub help: Option<String>,
    pub choices: Option<String>,
    /// The names that the value reads.
    pub reads: Vec<Site>,
}

const CREATE: &str = "argparse.ArgumentParser";
const MADE: &str = "argparse.ArgumentParser()";

/// Reads the script's parser.
pub(super) fn read(run: &Run) -> Found {
    let of = |name: &str| -> Vec<Site> {
        let is_it = |path: &str| path.strip_prefix(MADE).is_some_and(|rest| rest.ends_with(name));
        let calls = run.calls().iter().filter(|call| call.callee.path().is_some_and(is_it));
        calls.map(|call| call.site).collect()
    };
    let created: Vec<Site> = run
        .calls()
        .iter()
        .filter(|call| call.callee.path() == Some(CREATE))
        .map(|call| call.site)
        .collect();
    let parses = parses(run);
    if created.is_empty() && parses.is_empty() {
        return Found::Nothing;
    }
    let places: Vec<Site> = match parses.is_empty() {
        true => created.clone(),
        false => parses.iter().map(|parse| parse.site).collect(),
    };
    let added = of(".add_argument");
    let strange = run.calls().iter().any(|call| {
        run.callee(call.site).ends_with(".add_argument") && !added.contains(&call.site)
    });
    let [created] = created.as_slice() else { return Found::Strange(places) };
    let plain = !strange
        && of(".add_subparsers").is_empty()
        && !parses.is_empty()
        && parses.iter().all(|parse| reads_the_command_line(run, parse.site))
        && ["parents", "argument_default", "fromfile_prefix_chars"]
            .iter()
            .all(|name| run.keyword(*created, name).is_none())
        && !added.iter().any(|call| is_in_loop(run, *call));
    let defaults = of(".set_defaults");
    match plain.then(|| arguments(run, &added, &defaults)).flatten() {
        Some(arguments) => {
            let removable = removable(run, *created, &added, &defaults, &parses);
            Found::Parser(Parser { created: *created, arguments, parses, removable })
        }
        None => Found::Strange(places),
    }
}

fn parses(run: &Run) -> Vec<Parse> {
    let parse = |call: &crate::execution::Call| {
        let name = call.callee.path()?.strip_prefix(MADE)?;
        let gives_rest = match name {
            ".parse_args" | ".parse_intermixed_args" => false,
            ".parse_known_args" | ".parse_known_intermixed_args" => true,
            _ => return None,
        };
        Some(Parse { site: call.site, gives_rest })
    };
    run.calls().iter().filter_map(parse).collect()
}

/// Without arguments of its own, the call reads `sys.argv`.
fn reads_the_command_line(run: &Run, call: Site) -> bool {
    let mut args = run.children_in(call, Role::Arg).chain(run.children_in(call, Role::Keyword));
    match (args.next(), args.next()) {
        (None, _) => true,
        (Some(arg), None) => {
            matches!(run.kind(arg), Kind::None) || run.source_of(arg).ends_with("sys.argv[1:]")
        }
        _ => false,
    }
}

fn is_in_loop(run: &Run, call: Site) -> bool {
    run.ancestors(call).any(|up| {
        matches!(run.kind(up), Kind::For { .. } | Kind::While | Kind::Comprehension { .. })
    })
}

/// The arguments in order; `None` when one of them is not plain.
fn arguments(run: &Run, added: &[Site], defaults: &[Site]) -> Option<Vec<Argument>> {
    let mut list: Vec<Argument> = Vec::new();
    for call in added {
        if let Some(argument) = argument(run, *call)?
            && list.iter().all(|other| other.dest != argument.dest)
        {
            list.push(argument);
        }
    }
    for keyword in defaults.iter().flat_map(|call| run.children_in(*call, Role::Keyword)) {
        let Kind::KeywordArg { name: Some(name) } = run.kind(keyword) else { return None };
        let dest = run.tree(keyword.cell).text(*name).to_owned();
        let value = run.child(keyword, Role::Value)?;
        let reads = reads(run, value)?;
        let old = list.iter().position(|other| other.dest == dest);
        let mut new = Argument {
            dest,
            value: text(run, value),
            required: false,
            help: None,
            choices: None,
            reads,
        };
        match old.and_then(|at| list.get_mut(at)) {
            Some(old) => {
                (new.help, new.choices) = (old.help.take(), old.choices.take());
                *old = new;
            }
            None => list.push(new),
        }
    }
    Some(list)
}

/// One call of `add_argument`: `Some(None)` for `--version` and the like, `None` when it is not
/// plain.
fn argument(run: &Run, call: Site) -> Option<Option<Argument>> {
    let string = |site: Site| run.tree(site.cell).string(site.node);
    let flags: Option<Vec<&str>> = run.children_in(call, Role::Arg).map(string).collect();
    let flags = flags?;
    let mut keywords = run.children_in(call, Role::Keyword);
    if keywords.any(|it| matches!(run.kind(it), Kind::KeywordArg { name: None })) {
        return None;
    }
    let action = run.keyword(call, "action");
    let action_name = action.and_then(string);
    if matches!(action_name, Some("version" | "help")) {
        return Some(None);
    }
    let positional = flags.first().is_some_and(|flag| !flag.starts_with('-'));
    let dest = match run.keyword(call, "dest") {
        Some(dest) => string(dest)?.to_owned(),
        None => dest(&flags)?,
    };
    if !is_valid(&format!("f({dest}=1)")) || dest.contains(|char: char| !is_of_name(char)) {
        return None;
    }
    let nargs = run.keyword(call, "nargs").map(|site| run.source_of(site).to_owned());
    let nargs = nargs.as_deref().map(|text| text.trim_matches(['"', '\'']));
    let given = run.keyword(call, "default");
    let is_flag = |name: &str| action_name == Some(name);
    let absent = match nargs {
        _ if is_flag("store_true") => "False",
        _ if is_flag("store_false") => "True",
        Some("*") if positional => "[]",
        _ => "None",
    };
    let optional = !positional || matches!(nargs, Some("?" | "*"));
    let demanded = run.keyword(call, "required").is_some_and(|it| run.kind(it) == &Kind::True);
    let (value, reads) = match given {
        Some(default) => value(run, call, default)?,
        None => (absent.to_owned(), Vec::new()),
    };
    let required = given.is_none() && (!optional || demanded);
    let choices = run.keyword(call, "choices").map(|site| run.source_of(site));
    let one_line = |text: &&str| !text.contains('\n');
    Some(Some(Argument {
        dest,
        value,
        required,
        help: run.keyword(call, "help").and_then(string).filter(one_line).map(str::to_owned),
        choices: choices.filter(one_line).map(str::to_owned),
        reads,
    }))
}

/// The name that `argparse` derives from the flags.
fn dest(flags: &[&str]) -> Option<String> {
    let long = flags.iter().find(|flag| flag.starts_with("--"));
    let flag = long.or(flags.first())?;
    let bare = flag.trim_start_matches('-');
    Some(if flag.starts_with('-') { bare.replace('-', "_") } else { bare.to_owned() })
}

fn is_of_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// The default as an expression. A text goes through the argument's type, as `argparse` does it.
fn value(run: &Run, call: Site, default: Site) -> Option<(String, Vec<Site>)> {
    if run.meaning(default).path() == Some("argparse.SUPPRESS") {
        return None;
    }
    let mut names = reads(run, default)?;
    let plain = text(run, default);
    let kind = run.keyword(call, "type");
    let Some(kind) = kind.filter(|_| matches!(run.kind(default), Kind::Str)) else {
        return Some((plain, names));
    };
    names.extend(reads(run, kind)?);
    let callee = match run.kind(kind) {
        Kind::Name { .. } | Kind::Attribute { .. } | Kind::Call => text(run, kind),
        _ => format!("({})", text(run, kind)),
    };
    Some((if callee == "str" { plain } else { format!("{callee}({plain})") }, names))
}

/// The text of an expression that may stand on its own.
fn text(run: &Run, site: Site) -> String {
    let text = run.source_of(site);
    if text.contains('\n') { format!("({text})") } else { text.to_owned() }
}

/// The names that an expression reads; `None` when one belongs to a function, or it awaits.
fn reads(run: &Run, expression: Site) -> Option<Vec<Site>> {
    let mut names = Vec::new();
    for site in std::iter::once(expression).chain(run.descendants(expression)) {
        if run.kind(site).suspends() {
            return None;
        }
        if matches!(run.kind(site), Kind::Name { used: NameUse::Load }) {
            let own = run.ancestors(site).any(|up| matches!(run.kind(up), Kind::Lambda));
            if run.binding_scope(site) == TOP {
                names.push(site);
            } else if !own {
                return None;
            }
        }
    }
    Some(names)
}

/// The statements that build the parser, if its name is read for nothing else.
fn removable(
    run: &Run,
    created: Site,
    added: &[Site],
    defaults: &[Site],
    parses: &[Parse],
) -> Vec<Site> {
    let building = |call: Site| added.contains(&call) || defaults.contains(&call);
    let parsing = |call: Site| parses.iter().any(|parse| parse.site == call);
    let mut statements = Vec::new();
    let mut waiting = vec![created];
    while let Some(made) = waiting.pop() {
        let Usage::Assigned(target) = run.usage(made) else { return Vec::new() };
        let name = run.source_of(target);
        if run.global(name).len() > 1 {
            return Vec::new();
        }
        let Some(statement) = run.parent(target) else { return Vec::new() };
        statements.push(statement);
        for read in run.reads_of(target) {
            let Usage::Attribute(attribute) = run.usage(read) else { return Vec::new() };
            let Some(call) = run.parent(attribute) else { return Vec::new() };
            let called = run.role(attribute) == Role::Func;
            let group = run.source_of(attribute).ends_with("_group");
            match run.usage(call) {
                _ if called && parsing(call) => {}
                Usage::Dropped | Usage::Displayed if called && building(call) => {
                    statements.extend(run.parent(call));
                }
                Usage::Assigned(_) if called && group => waiting.push(call),
                Usage::Dropped | Usage::Displayed if called && group => {
                    statements.extend(run.parent(call));
                }
                _ => return Vec::new(),
            }
        }
    }
    statements.sort_unstable();
    statements.dedup();
    statements
}
