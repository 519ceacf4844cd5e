//! Folders made to look like environments, and what is found in them.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

struct Home {
    root: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("work/deep")).unwrap();
        Self { root }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn file(&self, path: &str, text: &str) -> PathBuf {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// An environment whose interpreter cannot run: whoever runs it finds nothing out.
    fn environment(&self, place: &str, packages: &[&str]) {
        self.file(&format!("{place}/pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.1\n");
        self.file(&format!("{place}/{PYTHON}"), "");
        for package in packages {
            let info = format!("{place}/{PACKAGES}/{package}.dist-info/METADATA");
            self.file(&info, "");
        }
    }

    fn spec(&self, place: &str, argv: &str, language: &str) {
        let text =
            format!(r#"{{"argv": [{argv}], "display_name": "x", "language": "{language}"}}"#);
        self.file(&format!("{place}/kernel.json"), &text);
    }

    fn find(&self, variables: &[(&str, &Path)]) -> Vec<Candidate> {
        let home = ("HOME", self.root.path());
        let all: Vec<(&str, &Path)> = [home].into_iter().chain(variables.iter().copied()).collect();
        find(&World::made(&self.path("work/deep"), &all)).candidates
    }
}

const PYTHON: &str = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
const PACKAGES: &str =
    if cfg!(windows) { "Lib/site-packages" } else { "lib/python3.12/site-packages" };

#[test]
fn an_environment_above_the_notebook_tells_its_versions_without_being_run() {
    let home = Home::new();
    home.environment("work/.venv", &["ipykernel-7.4.0", "IPython-9.1.0", "ipython_genutils-1"]);
    let found = home.find(&[]);
    let [found] = <[Candidate; 1]>::try_from(found).unwrap();
    assert_eq!((found.origin, &found.unusable), (Origin::Beside, &None));
    let told = |text: &str| Some(text.to_owned());
    let (python, ipykernel, ipython) = (told("3.12.1"), told("7.4.0"), told("9.1.0"));
    assert_eq!(found.versions, Versions { python, ipykernel, ipython });
    assert_eq!(
        found.launch.bin.as_deref(),
        found.launch.argv.first().and_then(|it| Path::new(it).parent())
    );
}

#[test]
fn the_active_environment_comes_first_and_one_without_ipykernel_is_told() {
    let home = Home::new();
    home.environment("work/deep/venv", &["ipykernel-6.29.5"]);
    home.environment("active", &[]);
    let found = home.find(&[("VIRTUAL_ENV", &home.path("active"))]);
    let told: Vec<_> = found.iter().map(|it| (it.origin, it.unusable.clone())).collect();
    assert_eq!(told, [(Origin::Active, Some(Unusable::NoIpykernel)), (Origin::Beside, None)]);
}

#[test]
fn a_uv_project_is_known_with_and_without_its_environment() {
    let home = Home::new();
    home.file("work/uv.lock", "");
    let world = World::made(&home.path("work/deep"), &[]);
    let found = find(&world);
    assert_eq!(found.uv_project, Some(home.path("work")));
    home.environment("work/.venv", &["ipykernel-7.4.0"]);
    let origins: Vec<_> = find(&world).candidates.iter().map(|it| it.origin).collect();
    assert_eq!(origins, [Origin::Uv]);
}

#[test]
fn a_kernelspec_with_a_plain_python_is_that_of_its_environment() {
    let home = Home::new();
    home.environment("work/.venv", &["ipykernel-7.4.0"]);
    let argv = r#""python", "-m", "ipykernel_launcher", "-f", "{connection_file}""#;
    home.spec("work/.venv/share/jupyter/kernels/python3", argv, "python");
    let name = if cfg!(windows) { "python.exe" } else { "python" };
    home.spec(
        "work/.venv/share/jupyter/kernels/python3",
        &argv.replace("python\"", &format!("{name}\"")),
        "python",
    );
    let [found] = <[Candidate; 1]>::try_from(home.find(&[])).unwrap();
    assert_eq!(found.kernelspec.as_deref(), Some("python3"));
    assert_eq!(
        found.launch.argv.first().map(PathBuf::from),
        Some(home.path("work/.venv").join(PYTHON))
    );
}

#[test]
fn kernelspecs_of_other_languages_and_broken_ones_are_told() {
    let home = Home::new();
    home.spec("data/kernels/julia", r#""julia""#, "julia");
    home.spec("data/kernels/gone", r#""/nowhere/bin/python", "-m", "ipykernel""#, "python");
    home.file("data/kernels/bad/kernel.json", "{");
    home.file("data/kernels/not-one/logo.svg", "");
    let found = home.find(&[("JUPYTER_PATH", &home.path("data"))]);
    let mut told: Vec<_> = found
        .iter()
        .filter(|it| it.place.starts_with(home.path("data")))
        .map(|it| (it.kernelspec.as_deref().unwrap(), it.unusable.clone().unwrap()))
        .collect();
    told.sort_by_key(|(name, _)| *name);
    let language = Unusable::Language("julia".to_owned());
    let expected =
        [("bad", Unusable::Unreadable), ("gone", Unusable::NoPython), ("julia", language)];
    assert_eq!(told, expected);
}

#[test]
fn an_interpreter_that_says_nothing_is_told() {
    let home = Home::new();
    let python = home.file("bin/python3", "");
    let [found] = <[Candidate; 1]>::try_from(home.find(&[("PATH", &home.path("bin"))])).unwrap();
    assert_eq!((found.origin, found.unusable), (Origin::Path, Some(Unusable::Silent)));
    assert_eq!(named(&python, &Ground::default()).unusable, Some(Unusable::Silent));
    assert_eq!(named(&home.path("nowhere"), &Ground::default()).unusable, Some(Unusable::NoPython));
}

/// The places of what is found, below the home of the test.
fn places(home: &Home, variables: &[(&str, &Path)]) -> Vec<(Origin, bool, String)> {
    let place = |it: &Candidate| it.place.strip_prefix(home.root.path()).unwrap().to_owned();
    let told = |it: &Candidate| (it.origin, it.is_found_here, place(it).display().to_string());
    home.find(variables).iter().map(told).collect()
}

#[test]
fn environments_are_looked_for_no_further_up_than_the_project() {
    let home = Home::new();
    home.environment(".venv", &["ipykernel-7.4.0"]);
    let above = [(Origin::Beside, true, ".venv".to_owned())];
    assert_eq!(places(&home, &[]), above);
    home.file("work/pyproject.toml", "");
    assert_eq!(places(&home, &[]), []);
    home.environment("work/venv", &["ipykernel-7.4.0"]);
    assert_eq!(places(&home, &[]), [(Origin::Beside, true, "work/venv".to_owned())]);
    // A folder in a repository is a part of its project.
    home.file(".git/HEAD", "");
    assert_eq!(places(&home, &[]).len(), 2);
}

#[test]
fn outside_of_a_home_and_of_a_project_only_the_folder_itself_is_looked_at() {
    let home = Home::new();
    home.environment(".venv", &["ipykernel-7.4.0"]);
    let elsewhere = home.path("home");
    assert_eq!(places(&home, &[("HOME", &elsewhere)]), []);
    home.environment("work/deep/.venv", &["ipykernel-7.4.0"]);
    assert_eq!(places(&home, &[("HOME", &elsewhere)]).len(), 1);
}

#[test]
fn a_version_for_pyenv_is_a_name_and_no_path() {
    let home = Home::new();
    home.environment(".pyenv/versions/3.12.1", &["ipykernel-7.4.0"]);
    home.environment("other", &["ipykernel-7.4.0"]);
    let other = home.path("other").display().to_string();
    for path in ["../../other", "..", ".", &other, "3.12.1/../../../other", "a/b", "3.12.1/bin"] {
        home.file("work/.python-version", path);
        assert_eq!(places(&home, &[]), [], "{path}");
    }
    home.file("work/.python-version", "../../other\n3.12.1\n");
    let chosen = (Origin::Pyenv, false, ".pyenv/versions/3.12.1".to_owned());
    assert_eq!(places(&home, &[]), [chosen]);
}

#[test]
fn a_kernelspec_from_the_folder_gives_no_other_interpreter_its_arguments() {
    let home = Home::new();
    home.environment("active", &["ipykernel-7.4.0"]);
    home.environment("work/deep/.venv", &["ipykernel-7.4.0"]);
    let python = home.path("active").join(PYTHON).display().to_string();
    let argv = format!(r#""{python}", "-c", "import ipykernel""#);
    home.spec("work/deep/.venv/share/jupyter/kernels/mine", &argv, "python");
    let found = home.find(&[("VIRTUAL_ENV", &home.path("active"))]);
    let told: Vec<_> = found
        .iter()
        .map(|it| (it.is_found_here, it.launch.argv.contains(&"-c".to_owned())))
        .collect();
    assert_eq!(told, [(false, false), (true, false), (true, true)]);
}

#[cfg(unix)]
#[test]
fn what_a_link_or_a_first_line_leads_to_lies_where_it_leads() {
    use std::os::unix::fs::symlink;
    let home = Home::new();
    let program = home.file("work/deep/bin/python", "");
    let world = World::made(&home.path("work/deep"), &[]);
    let ground = find(&world).ground;
    fs::create_dir_all(home.path("tools")).unwrap();
    symlink("../work/deep/bin", home.path("tools/bin")).unwrap();
    symlink("bin/python", home.path("tools/python")).unwrap();
    // Out of the folder again: it still led through it.
    symlink(home.file("real", ""), home.path("work/deep/away")).unwrap();
    symlink("../work/deep/away", home.path("tools/through")).unwrap();
    let script = home.file("tools/script", &format!("#! {} -u\n", program.display()));
    let copied = home.file("copied/bin/python", "");
    home.file("copied/pyvenv.cfg", &format!("home = {}\n", program.parent().unwrap().display()));
    let inside = ["tools/bin/python", "tools/python", "tools/through", "work/deep/../deep/x"];
    for path in inside.map(|path| home.path(path)).iter().chain([&script, &copied]) {
        assert!(ground.holds_program(path), "{path:?}");
    }
    for path in ["real", "tools", "work/deeper/bin/python", "work"] {
        assert!(!ground.holds_program(&home.path(path)), "{path}");
    }
    symlink("round", home.path("round")).unwrap();
    assert!(!ground.holds(&home.path("round")));
}

#[test]
fn a_kernelspec_that_is_no_file_or_endless_is_none() {
    let home = Home::new();
    let place = "data/kernels/long";
    home.file(&format!("{place}/kernel.json"), &" ".repeat(1 << 20));
    fs::create_dir_all(home.path("data/kernels/folder/kernel.json")).unwrap();
    let found = home.find(&[("JUPYTER_PATH", &home.path("data"))]);
    let of_data = found.iter().filter(|it| it.place.starts_with(home.path("data")));
    let told: Vec<_> = of_data.map(|it| (it.kernelspec.clone(), it.unusable.clone())).collect();
    assert_eq!(told, [(Some("long".to_owned()), Some(Unusable::Unreadable))]);
}
