//! The versions of libraries that a notebook itself names: cells that install, and what these printed.

use std::sync::Arc;

use memchr::memmem;

use super::{Surroundings, environment_of, inline};
use crate::environment::{Environment, Host, LoopKind};
use crate::knowledge::Tables;
use crate::libraries::{Bounds, By, Libraries, Said, conda, requirement};
use crate::notebook::{Notebook, Output};
use crate::text::CellIndex;

/// Options of installers after which a word stands that names no package.
///
/// Source: <https://pip.pypa.io/en/stable/cli/pip_install/>.
const WITH_VALUE: [&str; 18] = [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-e",
    "--editable",
    "-t",
    "--target",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--python",
    "--prefix",
    "--channel",
    "-n",
    "--name",
];

/// Commands of installers that say something of versions.
const COMMANDS: [&str; 4] = ["install", "freeze", "list", "show"];

impl Surroundings {
    /// The tables that count, where `own` are the program's.
    pub fn tables<'a>(&'a self, own: &'a Tables) -> &'a Tables {
        self.dated.as_deref().unwrap_or_else(|| self.settings.tables(own))
    }

    /// The environment that counts.
    pub fn environment(&self, notebook: &Notebook) -> Environment {
        let environment = self.settings.environment(environment_of(notebook));
        match environment.host {
            Host::Windows => {
                Environment { windows_loop: windows_loop(notebook, &self.libraries), ..environment }
            }
            _ => environment,
        }
    }

    /// Whether the versions that files beside the notebook name change what is said of it.
    pub fn asks_for_versions(&self, notebook: &Notebook, own: &Tables) -> bool {
        let guessed = environment_of(notebook);
        self.settings.environment(guessed).host == Host::Windows || versions_matter(notebook, own)
    }

    /// The same with the tables for the versions that are known of the notebook's libraries.
    pub(super) fn with_versions(&self, notebook: &Notebook, own: &Tables) -> Self {
        let tables = self.settings.tables(own);
        let known = match versions_matter(notebook, tables) {
            true => tables.concerned(&of(notebook, &self.libraries)),
            false => Libraries::default(),
        };
        let is_same = self.dated.as_ref().is_some_and(|dated| *dated.libraries() == known);
        let dated = if is_same { self.dated.clone() } else { tables.at(&known).map(Arc::new) };
        Self { dated, ..self.clone() }
    }
}

/// The loop of a Windows kernel of the ipykernel that is known of.
///
/// Source: `kernelapp.py` of ipykernel, which up to 7.3 chooses the selector loop.
pub(super) fn windows_loop(notebook: &Notebook, beside: &Libraries) -> Option<LoopKind> {
    let before = Bounds::before("ipykernel", [7, 4]);
    match before.fit(&of(notebook, beside))? {
        true => Some(LoopKind::Selector),
        false => Some(LoopKind::Proactor),
    }
}

/// Whether the notebook may use a library of which something holds for some versions alone.
fn versions_matter(notebook: &Notebook, tables: &Tables) -> bool {
    let modules = tables.dated_modules();
    let modules: Vec<_> = modules.iter().map(memmem::Finder::new).collect();
    let import = memmem::Finder::new("import");
    let imports = |text: &str| {
        let holds = |word: &memmem::Finder<'_>| word.find(text.as_bytes()).is_some();
        holds(&import) && modules.iter().any(holds)
    };
    notebook.cells.iter().any(|cell| imports(&cell.source))
}

/// What is known of versions, where files `beside` the notebook say so much.
fn of(notebook: &Notebook, beside: &Libraries) -> Libraries {
    let mut known = beside.clone();
    inline::libraries(notebook, &mut known);
    let says = |source: &str| COMMANDS.iter().any(|word| source.contains(word));
    for cell in notebook.cells.iter().filter(|cell| says(&cell.source)) {
        let commands = commands(&cell.source);
        for command in &commands {
            install(&mut known, command, cell.index);
        }
        let listing = commands.iter().find_map(|command| Listing::of(command));
        for output in notebook.outputs(cell.index) {
            if let Output::Stream { text, .. } = output {
                printed(&mut known, &text, cell.index);
                if let Some(listing) = listing {
                    listed(&mut known, listing, &text, cell.index);
                }
            }
        }
    }
    known
}

/// The commands of a cell that a shell or a line magic runs, in words.
fn commands(source: &str) -> Vec<Vec<String>> {
    let first = source.lines().next().unwrap_or_default();
    let is_shell = ["%%bash", "%%sh", "%%script"].iter().any(|magic| first.starts_with(magic));
    let joined = source.replace("\\\n", " ");
    let mut commands = Vec::new();
    for line in joined.lines().map(str::trim_start) {
        let run = line.strip_prefix(['%', '!']);
        if let Some(line) = run.or_else(|| (is_shell || line.starts_with("pip ")).then_some(line)) {
            commands.extend(words(line));
        }
    }
    commands
}

/// The words of each command of a line, as a shell divides them.
fn words(line: &str) -> Vec<Vec<String>> {
    let (mut commands, mut command, mut word) = (Vec::new(), Vec::new(), String::new());
    let mut quote = None;
    for letter in line.chars().chain([' ']) {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => word.push(letter),
            (None, '"' | '\'') => quote = Some(letter),
            (None, '#') if word.is_empty() => break,
            (None, ';' | '&' | '|') => {
                command.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                commands.push(std::mem::take(&mut command));
            }
            (None, _) if letter.is_whitespace() => {
                command.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            (None, _) => word.push(letter),
        }
    }
    command.extend((!word.is_empty()).then_some(word));
    commands.push(command);
    commands
}

/// Takes in what an installing command asks for.
fn install(known: &mut Libraries, command: &[String], cell: CellIndex) {
    let Some(at) = command.iter().take(6).position(|word| word == "install") else { return };
    let is_tool =
        |names: &[&str]| command.iter().take(at).any(|word| names.contains(&word.as_str()));
    let is_conda = is_tool(&["conda", "mamba", "micromamba"]);
    if !is_conda && !is_tool(&["pip", "pip3", "uv"]) {
        return;
    }
    let upgrades = command.iter().any(|word| word == "-U" || word == "--upgrade");
    let mut is_value = false;
    for word in command.iter().skip(at + 1) {
        let skipped = std::mem::replace(&mut is_value, WITH_VALUE.contains(&word.as_str()));
        if skipped || word.starts_with('-') {
            continue;
        }
        let read = if is_conda { conda } else { requirement };
        match read(word, By::Cell(cell)) {
            Some((package, Some(said))) => known.replace(&package, said),
            Some((package, None)) => {
                if upgrades {
                    known.forget(&package);
                }
                known.name(&package, By::Cell(cell));
            }
            None => {}
        }
    }
}

/// Takes in that a version of a package is installed; what is no version says nothing.
fn there(known: &mut Libraries, package: &str, version: &str, cell: CellIndex) {
    if let Some(said) = Said::exactly(version, By::Cell(cell)) {
        known.installed(package, said);
    }
}

/// Takes in what an installer printed.
///
/// Source: pip 23 and uv 0.8, as they print it.
fn printed(known: &mut Libraries, text: &str, cell: CellIndex) {
    let mut installed = |package: &str, version: &str| there(known, package, version, cell);
    for line in text.lines() {
        if let Some(list) = line.strip_prefix("Successfully installed ") {
            for (package, version) in list.split_whitespace().filter_map(|it| it.rsplit_once('-')) {
                installed(package, version);
            }
        } else if let Some(satisfied) = line.strip_prefix("Requirement already satisfied: ") {
            let version = satisfied.trim_end().strip_suffix(')').and_then(|it| it.rsplit_once('('));
            let name = satisfied.split(|it: char| !is_of_name(it)).next();
            if let (Some(name), Some((_, version))) = (name, version) {
                installed(name, version);
            }
        } else if let Some((package, version)) =
            line.strip_prefix(" + ").and_then(|it| it.trim_end().split_once("=="))
        {
            installed(package, version);
        }
    }
}

/// How an installer lists what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    /// `name==1.2`.
    Frozen,
    /// Columns, of which the first two are the name and the version.
    Table,
    /// `Name: name` and `Version: 1.2`, a line each.
    Fields,
}

impl Listing {
    fn of(command: &[String]) -> Option<Self> {
        let tools = ["pip", "pip3", "conda", "mamba", "micromamba"];
        let at = command.iter().take(6).position(|word| tools.contains(&word.as_str()))?;
        match command.get(at + 1)?.as_str() {
            "freeze" => Some(Self::Frozen),
            "list" => Some(Self::Table),
            "show" => Some(Self::Fields),
            _ => None,
        }
    }
}

/// Takes in what an installer listed.
///
/// Source: pip 23 and conda 23, as they print it.
fn listed(known: &mut Libraries, listing: Listing, text: &str, cell: CellIndex) {
    let mut installed = |package: &str, version: &str| there(known, package, version, cell);
    let mut name = "";
    for line in text.lines().map(str::trim_end) {
        match listing {
            Listing::Frozen => {
                if let Some((package, version)) = line.split_once("==") {
                    installed(package, version);
                }
            }
            Listing::Table => {
                let mut columns = line.split_whitespace();
                if let (Some(package), Some(version)) = (columns.next(), columns.next()) {
                    installed(package, version);
                }
            }
            Listing::Fields => {
                name = line.strip_prefix("Name: ").unwrap_or(name);
                if let Some(version) = line.strip_prefix("Version: ") {
                    installed(name, version);
                }
            }
        }
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::parse_ipynb;

    fn said(cells: &[(&str, &str)], package: &str) -> Option<String> {
        let cell = |(source, printed): &(&str, &str)| {
            let output =
                serde_json::json!([{"output_type": "stream", "name": "stdout", "text": printed}]);
            serde_json::json!({"cell_type": "code", "metadata": {}, "execution_count": 1,
                "source": source, "outputs": output})
        };
        let cells: Vec<_> = cells.iter().map(cell).collect();
        let whole = serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4,
            "nbformat_minor": 4});
        let notebook = parse_ipynb(whole.to_string()).expect("a notebook");
        let mut beside = Libraries::default();
        let said = Said::exactly("1.0", By::File("uv.lock".to_owned())).expect("a version");
        beside.add("openai", said);
        of(&notebook, &beside).of(package).map(|said| said.text.clone())
    }

    fn asked(source: &str) -> Option<String> {
        said(&[(source, "")], "openai")
    }

    #[test]
    fn a_cell_that_installs_names_the_version() {
        for (source, version) in [
            ("%pip install -q openai==0.28.1", "0.28.1"),
            ("!pip3 install 'openai<1' httpx", "<1"),
            ("import sys\n!{sys.executable} -m pip install --upgrade \"openai>=1,<2\"", ">=1,<2"),
            ("%uv pip install openai==0.28.1", "0.28.1"),
            ("!conda install -y -c conda-forge openai=0.28", "==0.28.*"),
            ("%%bash\ncd /tmp && pip install openai==0.28.1", "0.28.1"),
            ("!pip install \\\n  openai==0.28.1", "0.28.1"),
            ("!pip install openai==0.27; pip install openai==0.28.1 # newest", "0.28.1"),
        ] {
            assert_eq!(asked(source).as_deref(), Some(version), "{source}");
        }
        assert_eq!(asked("!pip install -U openai").as_deref(), Some("*"));
    }

    #[test]
    fn what_installs_nothing_says_nothing() {
        for source in [
            "# !pip install openai==0.28.1",
            "print('pip install openai==0.28.1')",
            "!echo install openai==0.28.1",
            "!pip uninstall openai==0.28.1",
            "!pip install openai",
            "!pip install -r openai==0.28.1",
            "!pip install \"openai==0.28.1",
        ] {
            let expected = if source.ends_with("\"openai==0.28.1") { "0.28.1" } else { "1.0" };
            assert_eq!(asked(source).as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn what_an_installer_printed_counts() {
        let pip =
            "Collecting openai\nSuccessfully installed openai-0.28.1 python_telegram_bot-13.15\n";
        let install = "!pip install openai python-telegram-bot";
        assert_eq!(said(&[(install, pip)], "openai").as_deref(), Some("0.28.1"));
        assert_eq!(said(&[(install, pip)], "python-telegram-bot").as_deref(), Some("13.15"));
        let there = "Requirement already satisfied: openai[datalib]<1 in /usr/lib (0.27.8)\n\
                     Requirement already satisfied: idna<4 in /usr/lib (from openai) (3.4)\n";
        assert_eq!(said(&[(install, there)], "openai").as_deref(), Some("0.27.8"));
        assert_eq!(said(&[(install, there)], "idna").as_deref(), Some("3.4"));
        let uv = "Installed 1 package in 3ms\n + openai==0.28.1\n";
        assert_eq!(said(&[("!uv pip install openai", uv)], "openai").as_deref(), Some("0.28.1"));
        assert_eq!(said(&[("print(log)", pip)], "openai").as_deref(), Some("1.0"));
    }

    #[test]
    fn what_an_installer_listed_counts() {
        let table = "Package    Version\n---------- -------\nidna       3.4\nopenai     0.28.1\n";
        let conda = "# packages in environment at /opt:\n#\n# Name  Version  Build\nopenai  0.28.1  py_0  conda-forge\n";
        for (source, text) in [
            ("!pip freeze | grep openai", "openai==0.28.1\n"),
            ("%pip list", table),
            ("%conda list openai", conda),
            (
                "!python -m pip show idna openai",
                "Name: idna\nVersion: 3.4\n---\nName: openai\nVersion: 0.28.1\nSummary: Version: 2\n",
            ),
        ] {
            assert_eq!(said(&[(source, text)], "openai").as_deref(), Some("0.28.1"), "{source}");
        }
        for (source, text) in [
            ("print(list(names))", table),
            ("!pip list", "openai is not there\n"),
            ("!pip freeze", "openai @ file:///tmp/openai\n"),
            ("!pip show openai", "WARNING: Package(s) not found: openai\n"),
        ] {
            assert_eq!(said(&[(source, text)], "openai").as_deref(), Some("1.0"), "{source}");
        }
    }

    #[test]
    fn a_wish_that_changed_since_counts_before_what_was_printed() {
        let pip = "Successfully installed openai-0.28.1\n";
        assert_eq!(said(&[("!pip install 'openai>=1'", pip)], "openai").as_deref(), Some(">=1"));
    }
}
