//! The versions of libraries that files beside a notebook name: locks, requirements, the project.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::libraries::{By, Libraries, Said, conda_environment, poetry, requirement};
use crate::shell::files;

/// A larger file, in bytes, is not read.
const LARGEST: u64 = 8 << 20;

/// As many folders as are looked at, from that of the notebook upwards.
const MOST_FOLDERS: usize = 8;

/// As many entries of a folder as are looked at.
const MOST_ENTRIES: usize = 4096;

/// As many files of requirements of one folder as are read.
const MOST_REQUIREMENTS: usize = 16;

/// Files that lock what is installed, and the key of their packages, which all have the same form.
///
/// Source: uv, Poetry and PDM, and <https://packaging.python.org/en/latest/specifications/pylock-toml/>.
const LOCKS: [(&str, &str); 4] = [
    ("uv.lock", "package"),
    ("poetry.lock", "package"),
    ("pdm.lock", "package"),
    ("pylock.toml", "packages"),
];

/// The file of Python projects.
const PYPROJECT: &str = "pyproject.toml";

/// Files of conda.
const ENVIRONMENTS: [&str; 2] = ["environment.yml", "environment.yaml"];

/// What is known for the notebooks of `folder`, from there up to the root of its project. The nearest
/// file counts most, locks before wishes.
pub(super) fn beside(folder: &Path) -> Libraries {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let whole = std::path::absolute(here).unwrap_or_else(|_| here.to_owned());
    let names: Vec<(PathBuf, BTreeSet<String>)> = whole
        .ancestors()
        .take(MOST_FOLDERS)
        .map(|folder| (folder.to_owned(), of_interest(folder)))
        .collect();
    let mut known = Libraries::default();
    for (folder, names) in names.iter().take(root(&names) + 1) {
        read(folder, names, &mut known);
    }
    known
}

/// The place of the project's root: where its history is kept, or else the nearest folder that says
/// what the project is. What lies above a folder of neither is none of its business.
fn root(folders: &[(PathBuf, BTreeSet<String>)]) -> usize {
    let is_project = |name: &str| name == PYPROJECT || packages_of(name).is_some();
    let root = folders.iter().position(|(_, names)| names.contains(".git"));
    let project = || folders.iter().position(|(_, names)| names.iter().any(|it| is_project(it)));
    root.or_else(project).unwrap_or(0)
}

/// The names in a folder that may say something. Links are left alone.
fn of_interest(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().take(MOST_ENTRIES).flatten();
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let is_file = || entry.file_type().is_ok_and(|kind| kind.is_file());
        let says = name == PYPROJECT
            || packages_of(&name).is_some()
            || ENVIRONMENTS.contains(&name.as_str())
            || is_requirements(&name);
        (name == ".git" || says && is_file()).then_some(name)
    });
    named.collect()
}

fn is_requirements(name: &str) -> bool {
    name.starts_with("requirements") && name.ends_with(".txt")
}

/// Takes in what the files of one folder say.
fn read(folder: &Path, names: &BTreeSet<String>, known: &mut Libraries) {
    let here = |name: &str| names.contains(name).then(|| name.to_owned());
    let locks = LOCKS.into_iter().filter_map(|(name, _)| here(name));
    let wishes = names.iter().filter(|name| is_requirements(name)).take(MOST_REQUIREMENTS).cloned();
    let others = [PYPROJECT].into_iter().chain(ENVIRONMENTS).filter_map(here);
    for name in locks.chain(wishes).chain(others) {
        let Ok(text) = files::text(&folder.join(&name), LARGEST) else { continue };
        let mut said = Libraries::default();
        match name.as_str() {
            name if let Some(key) = packages_of(name) => lock((name, key), &text, &mut said),
            PYPROJECT => project(&text, &mut said),
            name if ENVIRONMENTS.contains(&name) => environment(name, &text, &mut said),
            name => requirements(name, &text, &mut said),
        }
        known.add_below(said);
    }
}

/// Where a file of that name keeps its packages, if it is a lock.
fn packages_of(name: &str) -> Option<&'static str> {
    LOCKS.iter().find(|(lock, _)| *lock == name).map(|(_, key)| *key)
}

/// What a lock says that keeps its packages under a key.
fn lock((name, key): (&str, &str), text: &str, said: &mut Libraries) {
    let Ok(table) = text.parse::<Table>() else { return };
    let packages = table.get(key).and_then(Value::as_array).into_iter().flatten();
    for package in packages {
        let word = |key: &str| package.get(key).and_then(Value::as_str);
        let (Some(package), Some(version)) = (word("name"), word("version")) else { continue };
        if let Some(exact) = Said::exactly(version, file(name)) {
            said.add(package, exact);
        }
    }
}

fn requirements(name: &str, text: &str, said: &mut Libraries) {
    for line in text.lines() {
        add(requirement(line, file(name)), name, said);
    }
}

/// The dependencies of a `pyproject.toml`, those for some of its users among them.
///
/// Source: <https://packaging.python.org/en/latest/specifications/pyproject-toml/>.
fn project(text: &str, said: &mut Libraries) {
    let Ok(table) = text.parse::<Table>() else { return };
    let project = table.get("project");
    let lists = project.and_then(|it| it.get("dependencies")).into_iter();
    let extras = project.and_then(|it| it.get("optional-dependencies"));
    let groups = extras.into_iter().chain(table.get("dependency-groups"));
    let groups = groups.filter_map(Value::as_table).flat_map(|table| table.values());
    for line in lists.chain(groups).filter_map(Value::as_array).flatten().filter_map(Value::as_str)
    {
        add(requirement(line, file(PYPROJECT)), PYPROJECT, said);
    }
    let own = table.get("tool").and_then(|it| it.get("poetry"));
    let main = own.and_then(|it| it.get("dependencies"));
    let groups = own.and_then(|it| it.get("group")).and_then(Value::as_table);
    let groups =
        groups.into_iter().flat_map(|it| it.values()).filter_map(|it| it.get("dependencies"));
    for (package, value) in main.into_iter().chain(groups).filter_map(Value::as_table).flatten() {
        let condition = value.as_str().or_else(|| value.get("version").and_then(Value::as_str));
        let version = condition.and_then(|it| poetry(it, file(PYPROJECT)));
        add(Some((package.clone(), version)), PYPROJECT, said);
    }
}

fn environment(name: &str, text: &str, said: &mut Libraries) {
    conda_environment(text, file(name)).for_each(|line| add(Some(line), name, said));
}

/// Takes in what a line of a file says.
fn add(line: Option<(String, Option<Said>)>, name: &str, said: &mut Libraries) {
    match line {
        Some((package, Some(version))) => said.add(&package, version),
        Some((package, None)) => said.name(&package, file(name)),
        None => {}
    }
}

fn file(name: &str) -> By {
    By::File(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is known of `openai` in the folder `in/here` of these files.
    fn known(files: &[(&str, &str)]) -> Option<(String, By)> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("in/here")).unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let said = beside(&folder.path().join("in/here"));
        said.of("openai").map(|said| (said.text.clone(), said.by.clone()))
    }

    fn says(file: &str, version: &str) -> Option<(String, By)> {
        Some((version.to_owned(), By::File(file.to_owned())))
    }

    #[test]
    fn each_file_is_read_in_its_own_form() {
        for (name, text, version) in [
            ("requirements-dev.txt", "-r requirements.txt\nhttpx\nOpenAI==0.28.1\n", "0.28.1"),
            (
                "uv.lock",
                "version = 1\n[[package]]\nname = \"a\"\n[[package]]\nname = \"openai\"\nversion = \"0.28.1\"\n",
                "0.28.1",
            ),
            ("poetry.lock", "[[package]]\nname = \"openai\"\nversion = \"0.28.1\"\n", "0.28.1"),
            ("pdm.lock", "[[package]]\nname = \"openai\"\nversion = \"0.28.1\"\n", "0.28.1"),
            (
                "pylock.toml",
                "lock-version = '1.0'\n[[packages]]\nname = 'openai'\nversion = '0.28.1'\n",
                "0.28.1",
            ),
            ("pyproject.toml", "[project]\ndependencies = [\"openai<1\", 3]\n", "<1"),
            (
                "pyproject.toml",
                "[dependency-groups]\ndev = [{include-group = \"a\"}, \"openai<1\"]\n",
                "<1",
            ),
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\npython = \"^3.9\"\nopenai = \"^0.28\"\n",
                ">=0.28,<0.29",
            ),
            (
                "pyproject.toml",
                "[tool.poetry.group.dev.dependencies]\nopenai = {version = \"1.2\", optional = true}\n",
                "1.2",
            ),
            (
                "environment.yml",
                "channels:\n  - conda-forge\ndependencies:\n  - python=3.11\n  - openai=0.28\n",
                "==0.28.*",
            ),
            ("environment.yaml", "dependencies:\n- pip:\n    - \"openai==0.28.1\"\n", "0.28.1"),
        ] {
            let path = format!("in/here/{name}");
            assert_eq!(known(&[(&path, text)]), says(name, version), "{text}");
        }
    }

    #[test]
    fn locks_count_before_wishes_and_near_files_before_far_ones() {
        let lock = ("uv.lock", "[[package]]\nname = \"openai\"\nversion = \"1.5\"\n");
        let wish = |text| ("in/here/requirements.txt", text);
        assert_eq!(known(&[lock, wish("openai>=1\n")]), says("uv.lock", "1.5"));
        assert_eq!(known(&[lock, wish("openai<1\n")]), says("requirements.txt", "<1"));
        assert_eq!(known(&[lock, wish("httpx\n")]), says("uv.lock", "1.5"));
    }

    #[test]
    fn what_lies_above_the_project_is_none_of_its_business() {
        let above = ("requirements.txt", "openai==1.5\n");
        assert_eq!(known(&[above]), None);
        assert_eq!(known(&[above, ("in/here/pyproject.toml", "")]), None);
        assert_eq!(known(&[above, ("in/.git/HEAD", "")]), None);
        assert_eq!(
            known(&[above, (".git/HEAD", ""), ("in/pyproject.toml", "")]),
            says("requirements.txt", "1.5")
        );
    }

    #[test]
    fn files_that_are_nothing_of_the_kind_say_nothing() {
        let deep = format!("a = {}", "[".repeat(100_000));
        for text in
            ["", "\u{0}\u{fffd}", "[[package]]\nname = 3\n", "[package]\n", "package = 1\n", &deep]
        {
            for name in ["uv.lock", "pyproject.toml", "requirements.txt", "environment.yml"] {
                assert_eq!(known(&[(&format!("in/here/{name}"), text)]), None, "{name}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_left_alone() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("requirements.txt"), "openai==1.5\n").unwrap();
        symlink(outside.path().join("requirements.txt"), folder.path().join("requirements.txt"))
            .unwrap();
        symlink("/dev/zero", folder.path().join("uv.lock")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("poetry.lock"), 0o600.into())
            .unwrap();
        assert!(beside(folder.path()).is_empty());
    }
}
