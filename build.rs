//! Tells cargo that the embedded folders are sources, so that a new page is a new build, and reads
//! the content for a program that is made to be quick; one that is made to be tried reads the files.

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
    #[cfg(not(debug_assertions))]
    packing::run();
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
