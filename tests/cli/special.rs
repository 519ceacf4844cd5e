//! Pipes, devices, folders and endless files where a file is read.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use rustix::fs::{CWD, mkfifoat};
use tempfile::TempDir;

use crate::support::{BAD, Run, folder, notebook, run};

/// A notebook that imports a module beside it, and an error to be found.
fn project() -> TempDir {
    let cells = ["import asyncio\nimport helper\nasync def main():\n    return 1", BAD];
    folder(&[("a.ipynb", &notebook(&cells))])
}

/// The commands that read files, each on the project's notebook or its folder.
const COMMANDS: [&[&str]; 8] = [
    &["check", "."],
    &["fix", "--diff", "."],
    &["classify", "."],
    &["check", "a.ipynb"],
    &["extract", "a.ipynb", "main", "--diff"],
    &["port", "--to-script", "a.ipynb", "-o", "-"],
    &["tutor", "--linear", "a.ipynb"],
    &["lookup", "gather"],
];

/// The commands that are given the file itself.
fn commands_on(name: &str) -> Vec<Vec<&str>> {
    let mut commands = vec![
        vec!["check", name],
        vec!["fix", name],
        vec!["classify", name],
        vec!["extract", name, "main"],
        vec!["port", name],
        vec!["port", "--to-script", name],
        vec!["tutor", "--linear", name],
        vec!["pattern", name, "--cell", "1"],
        vec!["learn", "--linear", "--practise", name],
        vec!["learn", "--import", name],
    ];
    if cfg!(feature = "kernel") {
        commands.push(vec!["prove", "--yes", name]);
        commands.push(vec!["kernels", name]);
    }
    commands
}

fn pipe(path: &Path) {
    mkfifoat(CWD, path, 0o600.into()).unwrap();
}

fn sparse(path: &Path) {
    File::create(path).unwrap().set_len(2 << 30).unwrap();
}

/// Puts something in the place of a file.
type Put = fn(&Path);

/// What may lie in the place of a file, and what is said of it.
const THINGS: [(&str, Put); 3] = [
    ("this is a named pipe, not a regular file", pipe),
    ("this is a device, not a regular file", |path| symlink("/dev/zero", path).unwrap()),
    ("too large: 2048 MiB, and ", sparse),
];

fn run_in(folder: &TempDir, args: &[&str]) -> Run {
    run(folder.path(), args)
}

#[test]
fn settings_that_are_no_regular_file_end_every_command_that_reads_them_with_their_name() {
    for name in ["nbasync.toml", "pyproject.toml"] {
        for (said, put) in THINGS {
            let project = project();
            put(&project.path().join(name));
            for args in COMMANDS {
                let run = run_in(&project, args);
                let reads = matches!(args[0], "check" | "fix" | "classify");
                let is_told = run.stderr.contains(name) && run.stderr.contains(said);
                assert_eq!(run.code == 2, reads, "{name} {args:?}: {}", run.stderr);
                assert!(is_told || !reads, "{name} {args:?}: {}", run.stderr);
            }
        }
    }
}

#[test]
fn an_ignore_file_that_is_no_regular_file_is_told_beside_what_is_found() {
    for name in [".gitignore", ".ignore", ".git/info/exclude", "deep/.gitignore"] {
        for (said, put) in THINGS {
            let project = project();
            let path = project.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::create_dir_all(project.path().join("deep")).unwrap();
            fs::write(project.path().join("deep/b.ipynb"), notebook(&["x = 1"])).unwrap();
            put(&path);
            for args in COMMANDS.iter().filter(|args| args.last() == Some(&".")) {
                let run = run_in(&project, args);
                assert_eq!(run.code, 2, "{name} {args:?}: {}", run.stderr);
                let line = format!("{name}: error: {said}");
                assert!(format!("{}{}", run.stdout, run.stderr).contains(&line), "{}", run.stderr);
                assert!(run.stdout.contains("a.ipynb"), "{name} {args:?}: {}", run.stdout);
            }
        }
    }
}

#[test]
fn a_module_beside_the_notebook_that_is_no_regular_file_counts_as_not_there() {
    for (_, put) in THINGS {
        let project = project();
        put(&project.path().join("helper.py"));
        for args in COMMANDS.iter().filter(|args| args.last() != Some(&".")) {
            let run = run_in(&project, args);
            assert!(run.code < 2, "{args:?}: {}", run.stderr);
        }
    }
}

#[test]
fn what_a_walk_meets_is_named_and_the_rest_is_read() {
    for name in ["b.ipynb", "b.py", "deep/c.ipynb"] {
        for (said, put) in THINGS {
            let project = project();
            fs::create_dir_all(project.path().join("deep")).unwrap();
            put(&project.path().join(name));
            let run = run_in(&project, &["check", "."]);
            assert_eq!(run.code, 2, "{name}: {}", run.stderr);
            assert!(run.stderr.contains(&format!("{name}: error: {said}")), "{}", run.stderr);
            assert!(run.stdout.contains("asyncio-run-in-cell"), "{}", run.stdout);
        }
    }
}

#[test]
fn a_file_that_is_named_is_refused_by_every_command() {
    for name in ["b.ipynb", "b.py"] {
        for (said, put) in THINGS {
            let project = project();
            put(&project.path().join(name));
            for args in commands_on(name) {
                let run = run_in(&project, &args);
                assert_eq!(run.code, 2, "{args:?}: {}", run.stderr);
                assert!(run.stderr.contains(said), "{args:?}: {}", run.stderr);
            }
        }
    }
}

#[test]
fn what_a_module_is_extracted_into_is_looked_at_first() {
    for (said, put) in THINGS {
        let project = project();
        put(&project.path().join("out.py"));
        let run = run_in(&project, &["extract", "a.ipynb", "main", "--to", "out.py"]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        // A link to a device leads out of the folder as well.
        let is_told = run.stderr.contains(said) || run.stderr.contains("leads out");
        assert!(is_told, "{}", run.stderr);
    }
}

#[test]
fn a_folder_with_the_name_of_a_file_is_a_folder() {
    let project = project();
    for name in ["nbasync.toml", "pyproject.toml", ".gitignore", ".ignore", "helper.py", "b.ipynb"]
    {
        fs::create_dir(project.path().join(name)).unwrap();
    }
    let inside = project.path().join("b.ipynb/c.ipynb");
    fs::write(inside, notebook(&["import asyncio\nawait asyncio.sleep(1)"])).unwrap();
    let run = run_in(&project, &["check", "."]);
    assert_eq!((run.code, run.stderr.contains("error:")), (1, false), "{}", run.stderr);
    assert!(run.stderr.contains("2 files") || run.stdout.contains("2 files"), "{}", run.stdout);
    let takes_folders = ["check", "fix", "classify", "kernels", "tutor"];
    for args in commands_on("nbasync.toml") {
        if !takes_folders.contains(&args[0]) {
            let run = run_in(&project, &args);
            assert_eq!(run.code, 2, "{args:?}: {}", run.stderr);
        }
    }
}

#[test]
fn a_file_that_may_not_be_read_is_an_error_and_settings_above_are_passed_over() {
    let project = project();
    for name in ["a.ipynb", "nbasync.toml", ".gitignore"] {
        let path = project.path().join(name);
        if !path.exists() {
            fs::write(&path, "").unwrap();
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    }
    if fs::read(project.path().join("a.ipynb")).is_ok() {
        eprintln!("SKIPPED: this user may read every file");
        return;
    }
    let run = run_in(&project, &["check", "."]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("a.ipynb: error: no permission to read it"), "{}", run.stderr);
}

#[test]
fn ignore_files_still_mean_what_they_say() {
    let text = notebook(&[BAD]);
    let project = folder(&[
        (".gitignore", "\u{feff}*.ipynb\n!keep.ipynb\n/top.py\n!.shown\n"),
        (".ignore", "!kept-by-ignore.ipynb\n"),
        (".git/info/exclude", "private.py\n"),
        ("deep/.gitignore", "!inner.ipynb\nlocal.py\n"),
        ("keep.ipynb", &text),
        ("kept-by-ignore.ipynb", &text),
        ("other.ipynb", &text),
        ("private.py", "# %%\nx = 1\n"),
        ("top.py", "# %%\nx = 1\n"),
        ("deep/top.py", "# %%\nx = 1\n"),
        ("deep/inner.ipynb", &text),
        ("deep/local.py", "# %%\nx = 1\n"),
        ("local.py", "# %%\nx = 1\n"),
        (".shown/a.py", "# %%\nx = 1\n"),
        (".hidden/a.py", "# %%\nx = 1\n"),
    ]);
    let paths = |folder: &Path, arg: &str| -> Vec<String> {
        let json = run(folder, &["check", "--format", "json", arg]).json();
        let files = json["files"].as_array().unwrap().clone();
        files.iter().map(|file| file["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        paths(project.path(), "."),
        [
            ".shown/a.py",
            "deep/inner.ipynb",
            "deep/top.py",
            "keep.ipynb",
            "kept-by-ignore.ipynb",
            "local.py"
        ]
    );
    // What stands above the folder counts below it, from wherever it is named.
    assert_eq!(paths(project.path(), "deep"), ["deep/inner.ipynb", "deep/top.py"]);
    assert_eq!(paths(&project.path().join("deep"), "."), ["inner.ipynb", "top.py"]);
}
