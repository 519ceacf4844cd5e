//! The nearest settings count, and what makes no sense is told with its place.

use std::fs;

use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The settings for `file`.
fn settle(files: &[(&str, &str)], file: &str, overrides: Overrides) -> Result<Settings, String> {
    let folder = folder(files);
    let knowledge = Knowledge::default();
    let configs = Configs::new(overrides, &knowledge);
    let prefix = format!("{}/", folder.path().display());
    configs.of(&folder.path().join(file)).map_err(|error| error.to_string().replace(&prefix, ""))
}

fn check(files: &[(&str, &str)], file: &str, expected: (Option<Host>, &[&str])) {
    let settings = settle(files, file, Overrides::default()).unwrap();
    let ignored: Vec<&str> = settings.selection.ignore.iter().map(String::as_str).collect();
    assert_eq!((settings.host, ignored.as_slice()), expected, "{files:?} {file}");
}

#[test]
fn the_nearest_file_up_the_tree_counts_and_our_own_goes_before_a_projects() {
    let colab = ("nbasync.toml", "env = \"colab\"\nignore = [\"dropped-task\"]\n");
    let vscode = ("pyproject.toml", "[tool.nbasync]\nenv = \"vscode\"\n");
    let plain = ("a/pyproject.toml", "[project]\nname = \"a\"\n");
    check(&[], "x.ipynb", (None, &[]));
    check(&[vscode], "a/b/x.ipynb", (Some(Host::VsCode), &[]));
    check(&[vscode, colab], "x.ipynb", (Some(Host::Colab), &["dropped-task"]));
    check(&[vscode, plain], "a/x.ipynb", (Some(Host::VsCode), &[]));
    check(&[vscode, ("a/nbasync.toml", "")], "a/b/x.ipynb", (None, &[]));
}

#[test]
fn the_projects_oldest_python_is_known_whatever_file_settles_the_rest() {
    let python = |files: &[(&str, &str)]| {
        settle(files, "a/x.ipynb", Overrides::default()).unwrap().python.map(|it| it.oldest.minor)
    };
    let project = ("pyproject.toml", "[project]\nrequires-python = \">=3.9\"\n");
    assert_eq!(python(&[project]), Some(9));
    assert_eq!(python(&[project, ("a/nbasync.toml", "env = \"colab\"")]), Some(9));
    let nearer = ("a/pyproject.toml", "[project]\nrequires-python = \">=3.12\"\n");
    assert_eq!(python(&[project, nearer]), Some(12));
    let poetry = ("pyproject.toml", "[tool.poetry.dependencies]\npython = \"^3.10\"\n");
    assert_eq!(python(&[poetry]), Some(10));
    let pinned = (".python-version", "3.13.1\n");
    assert_eq!(python(&[project, pinned]), Some(13));
    assert_eq!(python(&[project, ("a/.python-version", "3.11\n")]), Some(11));
    assert_eq!(python(&[nearer, pinned]), Some(12));
    assert_eq!(python(&[project, (".python-version", "our-environment\n")]), Some(9));
    assert_eq!(python(&[]), None);
}

#[test]
fn each_file_asks_for_a_python_in_its_own_form() {
    let folder = |name: &str, text: &str| {
        let settings = settle(&[(name, text)], "x.ipynb", Overrides::default()).unwrap();
        settings.python.map(|it| (it.oldest.minor, it.or_newer))
    };
    for (name, text, python) in [
        ("environment.yml", "dependencies:\n  - pip\n  - python=3.10\n", Some((10, false))),
        ("environment.yaml", "dependencies: \n- \"python>=3.9\"\n", Some((9, true))),
        ("environment.yml", "dependencies:\n  - python\n  - python-dateutil=2.8\n", None),
        ("runtime.txt", "python-3.10\n", Some((10, false))),
        ("runtime.txt", "r-4.1-2023-01-01\n", None),
        (
            "Pipfile",
            "[packages]\nhttpx = \"*\"\n[requires]\npython_version = \"3.10\"\n",
            Some((10, false)),
        ),
        (
            "uv.lock",
            "version = 1\nrequires-python = \">=3.10\"\n\n[[package]]\nname = 1\n",
            Some((10, true)),
        ),
        ("uv.lock", "version = 1\n\n[[package]]\nrequires-python = \">=3.10\"\n", None),
        (
            "pylock.toml",
            "requires-python = '>=3.10, <3.11'\n[[packages]]\nname = 'a'\n",
            Some((10, false)),
        ),
        (
            "poetry.lock",
            "[[package]]\nname = \"a\"\n[metadata]\npython-versions = \"^3.10\"\n",
            Some((10, true)),
        ),
        (
            "pdm.lock",
            "[metadata]\n[[metadata.targets]]\nrequires_python = \">=3.10\"\n",
            Some((10, true)),
        ),
        ("pyproject.toml", "[project]\nrequires-python = \"==3.10.*\"\n", Some((10, false))),
        (".python-version", "3.10\n", Some((10, false))),
        ("Pipfile", "[requires]\npython_full_version = \"3.10.4\"\n", Some((10, false))),
        ("Pipfile", "[[[", None),
    ] {
        assert_eq!(folder(name, text), python, "{name}: {text}");
    }
}

#[test]
fn the_command_line_goes_before_the_files() {
    let file = ("nbasync.toml", "select = [\"dropped-task\"]\nignore = [\"unused-ignore\"]\n");
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let ignoring = Overrides { ignore: names(&["syntax-error"]), ..Overrides::default() };
    let selection = settle(&[file], "x.py", ignoring).unwrap().selection;
    assert_eq!(selection.select, names(&["dropped-task"]));
    assert_eq!(selection.ignore, names(&["unused-ignore", "syntax-error"]));
    let choosing = Overrides { select: names(&["unused-ignore"]), ..Overrides::default() };
    let selection = settle(&[file], "x.py", choosing).unwrap().selection;
    assert_eq!((selection.select, selection.ignore), (names(&["unused-ignore"]), Vec::new()));
    let severe = ("nbasync.toml", "severity = \"warning\"\nenv = \"colab\"\n");
    let overrides = Overrides {
        severity: Some(Severity::Error),
        host: Some(Host::Pyodide),
        ..Overrides::default()
    };
    let settings = settle(&[severe], "x.py", overrides).unwrap();
    assert_eq!(
        (settings.selection.severity, settings.host),
        (Severity::Error, Some(Host::Pyodide))
    );
}

#[test]
fn what_makes_no_sense_is_told_with_its_place_and_a_proposal() {
    let error =
        |text: &str| settle(&[("nbasync.toml", text)], "x.py", Overrides::default()).unwrap_err();
    assert_eq!(
        error("\nselct = []\n"),
        "nbasync.toml:2:1: unknown key `selct`; did you mean `select`?"
    );
    assert_eq!(
        error("ignore = [\n  \"droped-task\",\n]\n"),
        "nbasync.toml:2:3: unknown rule `droped-task`; did you mean `dropped-task`?"
    );
    assert_eq!(
        error("env = \"mars\""),
        "nbasync.toml:1:7: unknown environment `mars`; did you mean `marimo`?"
    );
    let text = "[project]\nname = \"a\"\n[tool.nbasync]\nseverity = \"zzz\"\n";
    let files = [("pyproject.toml", text)];
    assert_eq!(
        settle(&files, "x.py", Overrides::default()).unwrap_err(),
        "pyproject.toml:4:12: unknown severity `zzz`; there are hint, warning, error"
    );
    assert!(error("env = 1").starts_with("nbasync.toml:1:7: invalid type"));
    assert!(error("env = ").starts_with("nbasync.toml:1:"));
}

#[test]
fn a_projects_own_entries_stand_beside_those_of_the_program() {
    let text = "[[blocking]]\ncalls = [\"ours.fetch\"]\nkind = \"network\"\n\
                [[coroutines]]\nunder = \"ours\"\nnames = [\"afetch\"]\n\
                [[runners]]\ncalls = [\"ours.run\"]\ntwin = \"await main()\"\n\
                [[sync_apis]]\ncalls = [\"ours.call\"]\n\
                [[callables]]\ncalls = [\"ours.on\"]\ntakes = [{ at = 0, use = \"calls\", wants = \"plain-function\", drops = true }]\n";
    let settings = settle(&[("nbasync.toml", text)], "x.py", Overrides::default()).unwrap();
    let tables = settings.tables.unwrap();
    assert!(tables.blocking("ours.fetch").is_some());
    assert!(tables.is_coroutine_function("ours.afetch"));
    let wrong = "[[blocking]]\ncals = []\n";
    let error = settle(&[("nbasync.toml", wrong)], "x.py", Overrides::default()).unwrap_err();
    assert_eq!(error, "nbasync.toml:2:1: unknown key `cals`; did you mean `calls`?");
}

#[test]
fn somebody_elses_broken_project_is_no_business_of_ours() {
    let broken = ("pyproject.toml", "[tool.other\n");
    check(&[broken], "x.ipynb", (None, &[]));
    let ours = ("pyproject.toml", "[tool.nbasync\n");
    assert!(settle(&[ours], "x.ipynb", Overrides::default()).is_err());
}

#[test]
fn files_that_are_left_out_are_not_found_but_stay_when_named() {
    let folder = folder(&[
        ("nbasync.toml", "exclude = [\"old/\", \"*_draft.ipynb\"]\n"),
        ("a.ipynb", ""),
        ("b_draft.ipynb", ""),
        ("old/c.ipynb", ""),
    ]);
    let knowledge = Knowledge::default();
    let configs = Configs::new(Overrides::default(), &knowledge);
    let kept = |named: &[PathBuf]| {
        let found = super::super::files::find(&[folder.path().to_owned()]);
        let kept = configs.keep(found, named).unwrap().into_iter();
        let name = |file: Found| file.path.file_name().unwrap().to_string_lossy().into_owned();
        kept.map(name).collect::<Vec<_>>()
    };
    assert_eq!(kept(&[]), ["a.ipynb"]);
    assert_eq!(kept(&[folder.path().join("old/c.ipynb")]), ["a.ipynb", "c.ipynb"]);
}
