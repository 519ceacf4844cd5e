//! Reads the sources and holds them to the plan of the house: floors, doors, effects, sizes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Which floor each module lives on; imports point to the same floor or down.
const FLOORS: [(&str, u8); 21] = [
    ("text", 1),
    ("wording", 1),
    ("diagnostic", 1),
    ("difference", 1),
    ("environment", 1),
    ("libraries", 1),
    ("transcript", 1),
    ("notebook", 2),
    ("python", 2),
    ("knowledge", 2),
    ("document", 2),
    ("index", 2),
    ("execution", 3),
    ("classify", 4),
    ("rules", 4),
    ("rewrite", 4),
    ("proof", 5),
    ("review", 5),
    ("tutor", 6),
    ("shell", 7),
    ("main", 8),
];

/// Heavy crates and the only places that name them.
const DOORS: [(&str, &str); 37] = [
    ("unicode_linebreak", "src/document/"),
    ("ruff_python_ast", "src/python/"),
    ("ruff_python_parser", "src/python/"),
    ("ruff_text_size", "src/python/"),
    ("similar", "src/difference.rs"),
    ("pep440_rs", "src/libraries/"),
    ("serde_yaml", "src/knowledge/"),
    ("pulldown_cmark", "src/knowledge/"),
    ("postcard", "src/knowledge/"),
    ("fuzzy_matcher", "src/knowledge/"),
    ("ratatui", "src/shell/tui/"),
    ("ratatui_textarea", "src/shell/tui/"),
    ("crossterm", "src/shell/tui/"),
    ("terminal_colorsaurus", "src/shell/tui/"),
    ("syntect", "src/shell/tui/paint/"),
    ("arboard", "src/shell/clipboard.rs"),
    ("rust_embed", "src/shell/embedded.rs"),
    ("ignore", "src/shell/files"),
    ("clap", "src/shell/cli/"),
    ("clap_complete", "src/shell/cli/"),
    ("clap_mangen", "src/shell/cli/tools.rs"),
    ("sys_locale", "src/shell/cli/"),
    ("terminal_size", "src/shell/cli/"),
    ("toml", "src/shell/"),
    ("etcetera", "src/shell/learning/"),
    ("strsim", "src/knowledge/"),
    ("serde_json", "src/shell/"),
    ("serde_sarif", "src/shell/report/"),
    ("quick_junit", "src/shell/report/"),
    ("jupyter_protocol", "src/shell/kernel/"),
    ("jupyter_zmq_client", "src/shell/kernel/"),
    ("zeromq", "src/shell/kernel/wire.rs"),
    ("tokio", "src/shell/"),
    ("rustix", "src/shell/"),
    ("gen_lsp_types", "src/shell/server/"),
    ("rmcp", "src/shell/mcp/"),
    ("process_wrap", "src/shell/kernel/group.rs"),
];

/// Parts of the standard library that touch the world.
const EFFECTS: [&str; 6] = ["env", "fs", "net", "process", "thread", "time"];

/// Where files are read: the one place that looks what a file is before it opens it.
const READING: &str = "src/shell/files/door.rs";

/// How files are read.
const READS: [&str; 9] = [
    "fs::read(",
    "read_to_string(",
    ".read_to_end(",
    ".read_exact(",
    "File::open(",
    "File::options(",
    ".read(true)",
    "fs::copy(",
    "tokio::fs",
];

/// What is opened elsewhere and is no file: a program's pipe, the terminal, a folder to be synced.
const ELSEWHERE: [(&str, &str); 4] = [
    ("src/shell/kernel/find/versions.rs", "child.stdout.take()?.take(4096).read_to_string("),
    ("src/shell/cli/tutor.rs", "File::open(\"/dev/tty\")"),
    ("src/shell/server/wire.rs", "input.take(length).read_to_end(&mut body)"),
    ("src/shell/files/staged.rs", "File::open(folder)?.sync_all()"),
];

/// Lines of a file at most.
const LINES: usize = 400;

/// A source file without its tests and comments.
struct Source {
    /// From the crate's folder, with `/`.
    path: String,
    /// The number of the line, from 1, and what stands there.
    code: Vec<(usize, String)>,
    lines: usize,
}

impl Source {
    /// The first folder or file below `src`, which is the module's name.
    fn module(&self) -> &str {
        let inside = self.path.trim_start_matches("src/");
        inside.split('/').next().unwrap().trim_end_matches(".rs")
    }

    fn complaint(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

#[test]
fn imports_point_down() {
    check(|source| {
        let own = source.module();
        let mut found = Vec::new();
        for (line, text) in source.code.iter().filter(|_| own != "lib") {
            for name in names_after(text, "crate::") {
                let known = FLOORS.iter().any(|(module, _)| *module == name);
                if known && floor(name) > floor(own) {
                    found.push(source.complaint(*line, &format!("{own} imports {name}")));
                }
            }
        }
        found
    });
}

#[test]
fn every_module_has_its_floor() {
    let sources = sources();
    let modules = sources.iter().map(Source::module).filter(|module| *module != "lib");
    let unknown: BTreeSet<_> =
        modules.filter(|module| FLOORS.iter().all(|(name, _)| name != module)).collect();
    assert_eq!(unknown, BTreeSet::new());
}

#[test]
fn heavy_crates_are_named_behind_their_doors_alone() {
    check(|source| {
        let mut found = Vec::new();
        for (line, text) in &source.code {
            for (name, door) in DOORS {
                let named = names_crate(text, name);
                if named && !source.path.starts_with(door) {
                    found.push(source.complaint(*line, &format!("{name} belongs in {door}")));
                }
            }
        }
        found
    });
}

#[test]
fn every_door_leads_somewhere() {
    let sources = sources();
    for (name, door) in DOORS {
        let mut behind = sources.iter().filter(|source| source.path.starts_with(door));
        let is_named =
            |source: &Source| source.code.iter().any(|(_, text)| names_crate(text, name));
        assert!(behind.any(is_named), "{name} is not named in {door}");
    }
}

#[test]
fn only_the_shell_touches_the_world() {
    check(|source| {
        if source.module() == "shell" || source.module() == "main" {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (line, text) in &source.code {
            let grouped = text.split_once("std::{").map_or("", |(_, list)| list);
            let mut names: Vec<&str> = names_after(text, "std::");
            names.extend(grouped.split([',', ' ', '}', ';', ':']));
            let effect = names.into_iter().find(|name| EFFECTS.contains(name));
            let prints = ["println!", "print!(", "dbg!"].into_iter().find(|it| text.contains(it));
            let what = effect.map(|name| format!("std::{name}")).or(prints.map(str::to_owned));
            found.extend(what.map(|what| source.complaint(*line, &what)));
        }
        found
    });
}

#[test]
fn files_are_read_through_one_door() {
    check(|source| {
        if source.path == READING {
            return Vec::new();
        }
        let is_allowed = |text: &str| {
            ELSEWHERE.iter().any(|(path, it)| source.path == *path && text.contains(it))
        };
        let found = source.code.iter().filter(|(_, text)| !is_allowed(text));
        let complaints = found.filter_map(|(line, text)| {
            let what = READS.into_iter().find(|it| text.contains(it))?;
            Some(source.complaint(*line, &format!("{what} belongs in {READING}")))
        });
        complaints.collect()
    });
}

#[test]
fn every_other_place_that_opens_something_is_still_there() {
    for (path, what) in ELSEWHERE {
        assert!(std::fs::read_to_string(path).unwrap().contains(what), "{path}: {what}");
    }
}

#[test]
fn texts_of_the_interface_are_meant_by_their_names_alone() {
    check(|source| {
        let named = source.code.iter().filter(|(_, text)| text.contains("Wording::at("));
        let is_door = ["src/text/wording.rs", "src/diagnostic.rs"].contains(&&*source.path);
        let named = named.filter(|_| !is_door);
        named.map(|(line, _)| source.complaint(*line, "say `wording::…`")).collect()
    });
}

#[test]
fn nothing_panics_on_purpose_outside_tests() {
    check(|source| {
        let bad = [".unwrap()", ".expect(\"", ".expect(&", "unreachable!", "todo!", "panic!("];
        let complaints = source.code.iter().filter_map(|(line, text)| {
            let what = bad.into_iter().find(|bad| text.contains(bad))?;
            Some(source.complaint(*line, what))
        });
        complaints.collect()
    });
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    check(|source| {
        let complaint = || source.complaint(source.lines, &format!("more than {LINES} lines"));
        (source.lines > LINES).then(complaint).into_iter().collect()
    });
}

#[test]
fn every_file_says_what_it_is_for() {
    for source in sources() {
        let text = std::fs::read_to_string(&source.path).unwrap();
        assert!(text.starts_with("//! "), "{} opens with a sentence", source.path);
    }
}

/// Errors that no reader meets by themselves: they are told with the error that they are a part of.
const APART: [&str; 1] = ["ReadOnly"];

#[test]
fn every_error_is_told_in_the_readers_language() {
    let told = std::fs::read_to_string("src/shell/told.rs").unwrap();
    let mut seen = 0;
    for source in sources() {
        let text = std::fs::read_to_string(&source.path).unwrap();
        for after in text.split("thiserror::Error)]").skip(1) {
            let types = ["pub enum ", "pub struct "].map(|it| (after.find(it), it));
            let first = types.into_iter().filter(|(at, _)| at.is_some()).min();
            let (Some(at), kind) = first.expect("a type") else { continue };
            let name = names_after(&after[at..], kind)[0];
            let is_told =
                ["<", "::"].iter().any(|before| told.contains(&format!("{before}{name}>")));
            assert!(is_told || APART.contains(&name), "{}: {name}", source.path);
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}

fn check(complaints: impl Fn(&Source) -> Vec<String>) {
    let found: Vec<String> = sources().iter().flat_map(complaints).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn floor(module: &str) -> u8 {
    FLOORS.iter().find(|(name, _)| *name == module).map_or(u8::MAX, |(_, floor)| *floor)
}

/// The names that follow `prefix` wherever it stands.
fn names_after<'t>(text: &'t str, prefix: &str) -> Vec<&'t str> {
    let name = |at: usize| {
        let rest = &text[at + prefix.len()..];
        rest.split(|char: char| !is_name(char)).next().unwrap_or_default()
    };
    let whole = |at: &usize| !text[..*at].ends_with(is_name);
    text.match_indices(prefix).map(|(at, _)| at).filter(whole).map(name).collect()
}

/// Whether the text names the crate in a path, and not something of ours with the same name.
fn names_crate(text: &str, name: &str) -> bool {
    let path = format!("{name}::");
    let ours = |at: usize| text[..at].ends_with("::") || text[..at].ends_with(is_name);
    text.match_indices(&path).any(|(at, _)| !ours(at))
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// Every source file that is not a test's.
fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    collect(Path::new("src"), &mut paths);
    paths.sort();
    let mut sources = Vec::new();
    let mut tests: Vec<PathBuf> = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let (code, modules) = without_tests(&text);
        tests.extend(modules.iter().flat_map(|name| files_of(&path, name)));
        let lines = text.lines().count();
        sources.push(Source { path: path.to_string_lossy().replace('\\', "/"), code, lines });
    }
    let is_test =
        |source: &Source| tests.iter().any(|test| Path::new(&source.path).starts_with(test));
    sources.retain(|source| !is_test(source));
    sources
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|end| end == "rs") {
            paths.push(path);
        }
    }
}

/// The file and the folder of the module `name` that the file at `path` declares.
fn files_of(path: &Path, name: &str) -> [PathBuf; 2] {
    let stem = path.file_stem().unwrap();
    let folder = path.parent().unwrap();
    let folder = match stem.to_str() {
        Some("mod" | "lib" | "main") => folder.to_owned(),
        _ => folder.join(stem),
    };
    [folder.join(format!("{name}.rs")), folder.join(name)]
}

/// The lines that are code, and the names of the modules that are only for tests. Relies on
/// rustfmt: an item ends at the bracket under its first column, and a module of tests is the last.
fn without_tests(text: &str) -> (Vec<(usize, String)>, Vec<String>) {
    let mut code = Vec::new();
    let mut modules = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let words = line.trim_start();
        if words.starts_with("//") {
            continue;
        }
        if words != "#[cfg(test)]" {
            let words = words.split(" // ").next().unwrap_or_default();
            code.push((at + 1, words.to_owned()));
            continue;
        }
        let Some((_, item)) = lines.find(|(_, line)| !line.trim_start().starts_with("#[")) else {
            break;
        };
        let indent = &item[..item.len() - item.trim_start().len()];
        let module = item.trim_start().trim_start_matches("pub ").strip_prefix("mod ");
        match module.and_then(|module| module.strip_suffix(';')) {
            Some(name) => modules.push(name.to_owned()),
            None if module.is_some() => break,
            None if item.ends_with(';') || item.ends_with('}') => {}
            None => {
                let end = format!("{indent}}}");
                lines.find(|(_, line)| line.starts_with(&end));
            }
        }
    }
    (code, modules)
}

#[test]
fn the_tests_of_a_file_are_not_looked_at() {
    let text = "//! A.\nuse a;\n#[cfg(test)]\nmod far;\n#[cfg(test)]\nfn f() {\n    x();\n}\n\
                fn g() {}\n#[cfg(test)]\nmod tests {\n    y();\n}\n";
    let (code, modules) = without_tests(text);
    assert_eq!(code, [(2, "use a;".to_owned()), (9, "fn g() {}".to_owned())]);
    assert_eq!(modules, ["far"]);
}
