//! Tells cargo that the embedded folders are sources, so that a new page is a new build; makes a name of
//! every key of the interface's texts; and reads the content for a program that is made to be quick; one
//! that is made to be tried reads the files.

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

fn main() {
    for changed in ["build.rs", "content", "skills"] {
        println!("cargo:rerun-if-changed={changed}");
    }
    println!("cargo:rustc-check-cfg=cfg(packed)");
    wording::run();
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
