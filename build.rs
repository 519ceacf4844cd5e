//! Tells cargo that the embedded folders are sources, so that a new page is a new build; makes a name of
//! every key of the interface's texts; packs the syntaxes of the languages that pages quote; and reads the
//! content for a program that is made to be quick; one that is made to be tried reads the files.

// What reads the content here is the program's own code, most of which is for other purposes.
#![allow(dead_code, unused_imports)]

#[cfg(not(debug_assertions))]
#[path = "src"]
mod house {
    pub mod diagnostic;
    pub mod environment;
    pub mod knowledge;
    pub mod libraries;
    pub mod text;
    pub mod transcript;
}
#[cfg(not(debug_assertions))]
use house::{diagnostic, environment, knowledge, libraries, text, transcript};

#[path = "src/shell/tui/paint/languages.rs"]
mod languages;

fn main() {
    for changed in ["build.rs", "content", "skills", "src/shell/tui/paint/languages.rs"] {
        println!("cargo:rerun-if-changed={changed}");
    }
    println!("cargo:rustc-check-cfg=cfg(packed)");
    wording::run();
    syntaxes::run();
    #[cfg(not(debug_assertions))]
    packing::run();
}

/// `src/wording.rs`: a constant for each key of `content/interface.yaml`, a module for each section.
mod wording {
    use std::path::PathBuf;
    use std::{env, fs};

    use serde_yaml::{Mapping, Value};

    const FILE: &str = "content/interface.yaml";

    /// Sections whose keys are names that files, formats and other programs give: they are found by
    /// name.
    const NAMED: [&str; 7] = [
        "coverage",
        "report.rules",
        "report.detail",
        "report.problem.form",
        "mcp.tools",
        "mcp.titles",
        "mcp.inputs",
    ];

    /// What only a program without the client for kernels says.
    const WITHOUT_KERNEL: &str = "proof.left-out";

    /// What is said of broken content. Its reader is compiled here, before any text has a name, and says
    /// these by their keys; a test holds the two to each other.
    const UNNAMED: &str = "complaints";

    /// Writes `wording.rs` into `OUT_DIR`.
    pub fn run() {
        let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
        let text = fs::read_to_string(FILE).unwrap_or_default();
        let texts = serde_yaml::from_str::<Mapping>(&text);
        let mut out = String::new();
        match texts {
            Ok(texts) => section(&texts, "", 0, &mut out),
            Err(error) => println!("cargo:error={FILE}: {error}"),
        }
        if let Err(error) = fs::write(folder.join("wording.rs"), out) {
            println!("cargo:error=the names of the texts are not written: {error}");
        }
    }

    /// The constants and modules of a section; `path` is the dotted key that leads to it, with a dot at
    /// its end.
    fn section(texts: &Mapping, path: &str, depth: usize, out: &mut String) {
        let margin = "    ".repeat(depth);
        let mut named = Vec::new();
        for (key, value) in texts {
            let (Value::String(key), Value::Mapping(inside)) = (key, value) else { continue };
            if key == UNNAMED && path.is_empty() {
                continue;
            }
            let (at, name) = (format!("{path}{key}"), key.replace('-', "_"));
            let constant = name.to_uppercase();
            if let Some(Value::String(words)) = inside.get("en") {
                out.push_str(&format!("{margin}#[doc = {words:?}]\n"));
                if at == WITHOUT_KERNEL {
                    out.push_str(&format!("{margin}#[cfg(not(feature = \"kernel\"))]\n"));
                }
                let value = format!("Wording = Wording::at({at:?})");
                out.push_str(&format!("{margin}pub const {constant}: {value};\n"));
                named.push(format!("({key:?}, {constant})"));
            } else if is_counted(inside) {
                let words = |form| format!("Wording::at(\"{at}.{form}\")");
                let value = format!("Counted {{ one: {}, many: {} }}", words("one"), words("many"));
                out.push_str(&format!("{margin}pub const {constant}: Counted = {value};\n"));
            } else {
                out.push_str(&format!("{margin}pub mod {name} {{\n"));
                out.push_str(&format!("{margin}    use super::*;\n"));
                section(inside, &format!("{at}."), depth + 1, out);
                out.push_str(&format!("{margin}}}\n"));
            }
        }
        if NAMED.contains(&path.trim_end_matches('.')) {
            let all = named.join(", ");
            out.push_str(&format!("{margin}pub const ALL: &[(&str, Wording)] = &[{all}];\n"));
        }
    }

    /// Whether a section holds the two forms of one text: for one thing and for several.
    fn is_counted(section: &Mapping) -> bool {
        section.len() == 2 && ["one", "many"].iter().all(|form| section.contains_key(form))
    }
}

/// `syntaxes.bin`: syntect's set without the contexts of syntaxes that no page quotes. These stay by name,
/// since contexts name each other by their places in the set.
mod syntaxes {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::PathBuf;
    use std::{env, error};

    use serde::{Deserialize, Serialize};
    use serde_json::Value;
    use syntect::dumps;
    use syntect::parsing::SyntaxSet;
    use syntect::parsing::syntax_definition::{Context, ContextId};

    use crate::languages::LANGUAGES;

    /// Where a syntax keeps its packed contexts.
    const CONTEXTS: &str = "serialized_lazy_contexts";

    pub fn run() {
        let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
        let file = folder.join("syntaxes.bin");
        let written = quoted().and_then(|set| Ok(dumps::dump_to_uncompressed_file(&set, file)?));
        if let Err(error) = written {
            println!("cargo:error=the syntaxes are not packed: {error}");
        }
    }

    fn quoted() -> Result<SyntaxSet, Box<dyn error::Error>> {
        let all = SyntaxSet::load_defaults_newlines();
        let place = |name: &str| all.syntaxes().iter().position(|syntax| syntax.name == name);
        let mut packed = serde_json::to_value(&all)?;
        let syntaxes = packed["syntaxes"].as_array_mut().ok_or("not a list of syntaxes")?;
        let mut kept = BTreeSet::new();
        for (_, token) in LANGUAGES {
            let syntax = all.find_syntax_by_token(token).ok_or(format!("no syntax for {token}"))?;
            keep(place(&syntax.name).unwrap_or_default(), syntaxes, &mut kept)?;
        }
        let plain = place(&all.find_syntax_plain_text().name).unwrap_or_default();
        let empty = syntaxes[plain][CONTEXTS].clone();
        for (at, syntax) in syntaxes.iter_mut().enumerate() {
            if !kept.contains(&at) {
                syntax[CONTEXTS] = empty.clone();
            }
        }
        Ok(serde_json::from_value(packed)?)
    }

    /// What is packed in [`CONTEXTS`].
    #[derive(Serialize, Deserialize)]
    struct Contexts {
        context_ids: BTreeMap<String, ContextId>,
        contexts: Vec<Context>,
    }

    /// Keeps the syntax at a place, and those that it hands parts of a text to.
    fn keep(
        at: usize,
        all: &[Value],
        kept: &mut BTreeSet<usize>,
    ) -> Result<(), Box<dyn error::Error>> {
        if !kept.insert(at) {
            return Ok(());
        }
        let packed: Vec<u8> = serde_json::from_value(all[at][CONTEXTS].clone())?;
        let contexts: Contexts = dumps::from_reader(packed.as_slice())?;
        let mut named = vec![serde_json::to_value(contexts)?];
        while let Some(value) = named.pop() {
            match value {
                Value::Array(items) => named.extend(items),
                Value::Object(fields) => {
                    if let Some(other) = fields.get("syntax_index").and_then(Value::as_u64) {
                        keep(usize::try_from(other)?, all, kept)?;
                    }
                    named.extend(fields.into_iter().map(|(_, value)| value));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(not(debug_assertions))]
mod packing {
    use std::borrow::Cow;
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    use crate::knowledge::{Files, pack};

    /// Packs the content into `OUT_DIR`; without it the program reads its files as they are.
    pub fn run() {
        let Some(folder) = env::var_os("OUT_DIR").map(PathBuf::from) else { return };
        let packed = pack(&Shipped).map_err(|error| error.to_string()).and_then(|packed| {
            fs::write(folder.join("content.bin"), packed).map_err(|error| error.to_string())
        });
        match packed {
            Ok(()) => println!("cargo:rustc-cfg=packed"),
            Err(error) => println!("cargo:warning=the content is not packed: {error}"),
        }
    }

    /// The files of the folders that the program carries.
    struct Shipped;

    impl Files for Shipped {
        fn list(&self) -> Vec<String> {
            let mut folders = vec![PathBuf::from("content"), PathBuf::from("skills")];
            let mut files = Vec::new();
            while let Some(folder) = folders.pop() {
                for path in below(&folder) {
                    if path.is_dir() {
                        folders.push(path);
                    } else {
                        files.push(path.to_string_lossy().replace('\\', "/"));
                    }
                }
            }
            files
        }

        fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
            fs::read(path).ok().map(Cow::Owned)
        }
    }

    /// What lies in a folder, hidden files aside.
    fn below(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let entries = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
        entries.map(|entry| entry.path()).collect()
    }
}
