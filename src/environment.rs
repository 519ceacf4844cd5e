//! The place where a notebook's cells run, as far as it changes what is right there.

use serde::{Deserialize, Serialize};

/// The program that runs the cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Host {
    #[default]
    Jupyter,
    /// The IPython terminal: no loop runs between prompts.
    IpythonTerminal,
    VsCode,
    Colab,
    Marimo,
    /// Python in the browser, where `asyncio.run` suspends the caller.
    Pyodide,
    Databricks,
    Spyder,
    /// Jupyter on Windows, whose loop has no subprocesses before ipykernel 7.4.
    Windows,
    Kaggle,
    SageMaker,
    /// A batch run, at which nobody sits.
    Papermill,
    /// A batch run, as `jupyter nbconvert --execute` makes it.
    Nbclient,
}

/// Whether a kernel of that place was seen to behave so, or it follows from its documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    Verified,
    Inferred,
}

/// A Python version such as 3.11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PythonVersion {
    pub major: u32,
    pub minor: u32,
}

/// The Python that a file or a project asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequiredPython {
    /// The oldest that will do.
    pub oldest: PythonVersion,
    /// Versions with a greater second number will do as well.
    pub or_newer: bool,
    /// The newest of those; `None` where nothing says.
    pub newest: Option<PythonVersion>,
}

/// What is known of the place where the cells run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Environment {
    pub host: Host,
    /// `None` when the notebook does not say, or says something that cannot be.
    pub python: Option<RequiredPython>,
    /// The cells stand in a `.py` file, which may also be run as a script.
    pub is_script: bool,
    /// The loop of a Windows kernel; `None` when nobody says which ipykernel it has.
    pub windows_loop: Option<LoopKind>,
}

impl Environment {
    /// The oldest Python that may run the cells; `None` where nothing says.
    pub fn oldest_python(&self) -> Option<PythonVersion> {
        self.python.map(|python| python.oldest)
    }

    /// The newest Python that may run the cells; `None` where nothing says.
    pub fn newest_python(&self) -> Option<PythonVersion> {
        let python = self.python?;
        if python.or_newer { python.newest } else { Some(python.oldest) }
    }

    /// Whether the kernel's loop may be the other one of the two that Windows has.
    pub fn may_lack(&self, needed: LoopKind) -> bool {
        self.host == Host::Windows && self.windows_loop != Some(needed)
    }
}

/// A kind of event loop, of the two that Windows has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoopKind {
    /// Starts programs.
    Proactor,
    /// Watches sockets and files.
    Selector,
}

impl Host {
    /// Every place, by the name that `--env` takes.
    pub const ALL: [(&'static str, Host); 13] = [
        ("jupyter", Host::Jupyter),
        ("ipython", Host::IpythonTerminal),
        ("vscode", Host::VsCode),
        ("colab", Host::Colab),
        ("marimo", Host::Marimo),
        ("pyodide", Host::Pyodide),
        ("databricks", Host::Databricks),
        ("spyder", Host::Spyder),
        ("windows", Host::Windows),
        ("kaggle", Host::Kaggle),
        ("sagemaker", Host::SageMaker),
        ("papermill", Host::Papermill),
        ("nbclient", Host::Nbclient),
    ];

    /// The name that `--env` takes.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, host)| *host == self).map_or("jupyter", |(name, _)| name)
    }

    /// The place of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, host)| *host)
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Host::Jupyter => "Jupyter",
            Host::IpythonTerminal => "IPython",
            Host::VsCode => "VS Code",
            Host::Colab => "Colab",
            Host::Marimo => "marimo",
            Host::Pyodide => "Pyodide",
            Host::Databricks => "Databricks",
            Host::Spyder => "Spyder",
            Host::Windows => "Jupyter, Windows",
            Host::Kaggle => "Kaggle",
            Host::SageMaker => "SageMaker",
            Host::Papermill => "papermill",
            Host::Nbclient => "nbclient",
        }
    }

    /// Whether a loop is running already when a cell begins.
    ///
    /// Source: ipykernel, the IPython terminal, marimo and Pyodide as seen (a marimo file that is run
    /// as a script has a loop only when one of its cells awaits); the others run ipykernel or say
    /// that they keep a loop. `docs/places.md` has what was asked where.
    pub fn keeps_a_loop_running(self) -> bool {
        self != Host::IpythonTerminal
    }

    /// Whether `asyncio.run` and `run_until_complete` suspend their caller where a loop runs, in a
    /// cell and in a coroutine, in place of being refused. `asyncio.Runner` is refused all the same.
    ///
    /// Source: Pyodide 314 as seen, with JSPI; without it both raise.
    pub fn suspends_the_caller(self) -> bool {
        self == Host::Pyodide
    }

    /// Whether what runs a loop of its own is refused in a cell.
    pub fn refuses_a_run(self) -> bool {
        self.keeps_a_loop_running() && !self.suspends_the_caller()
    }

    /// Whether a kernel of Jupyter on this machine answers otherwise than cells do there: on another
    /// kind of loop, in the thread of a page, or with no loop between cells.
    pub fn differs_from_a_kernel_here(self) -> bool {
        match self {
            Host::Windows => !cfg!(windows),
            Host::Pyodide | Host::IpythonTerminal => true,
            _ => false,
        }
    }

    /// Whether cells run by what they need of each other, not one after the other, and names that
    /// begin with one underscore belong to their cell. Source: marimo's `app.run` and its editor, as
    /// seen.
    pub fn runs_by_dependence(self) -> bool {
        self == Host::Marimo
    }

    /// Whether the cells run from the first to the last and the run ends there: a cell that fails ends
    /// it, one that hangs is waited for, and tasks that go on are not.
    ///
    /// Source: nbclient and papermill, as seen.
    pub fn is_batch(self) -> bool {
        matches!(self, Host::Papermill | Host::Nbclient)
    }

    /// How sure [`Host::keeps_a_loop_running`] and [`Host::suspends_the_caller`] are.
    pub fn certainty(self) -> Certainty {
        match self {
            Host::Jupyter
            | Host::IpythonTerminal
            | Host::Marimo
            | Host::Pyodide
            | Host::Papermill
            | Host::Nbclient => Certainty::Verified,
            Host::VsCode
            | Host::Colab
            | Host::Databricks
            | Host::Spyder
            | Host::Windows
            | Host::Kaggle
            | Host::SageMaker => Certainty::Inferred,
        }
    }
}

impl PythonVersion {
    /// Reads `3.11.7` or `3.11`. Versions below 3 count as unknown: notebooks carry stale
    /// `2.7.6` entries beside a `python3` kernelspec.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        (major >= 3).then_some(Self { major, minor })
    }

    /// The version that a `.python-version` or a `runtime.txt` pins: its first line that is no comment,
    /// without the name of the implementation.
    ///
    /// Source: <https://docs.astral.sh/uv/concepts/python-versions/#python-version-files> and
    /// <https://repo2docker.readthedocs.io/en/latest/configuration/languages/>.
    pub fn pinned(file: &str) -> Option<Self> {
        let mut lines = file.lines().map(str::trim);
        let line = lines.find(|it| !it.is_empty() && !it.starts_with('#'))?;
        let version = line.strip_prefix("cpython").or_else(|| line.strip_prefix("python"));
        Self::parse(version.unwrap_or(line).trim_start_matches(['-', '@']))
    }
}

impl RequiredPython {
    /// This version and no other.
    pub fn exactly(oldest: PythonVersion) -> Self {
        Self { oldest, or_newer: false, newest: None }
    }
}

impl std::fmt::Display for PythonVersion {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_python_2_version_is_no_version() {
        assert_eq!(PythonVersion::parse("2.7.6"), None);
        assert_eq!(PythonVersion::parse("3.11.7"), Some(PythonVersion { major: 3, minor: 11 }));
    }

    #[test]
    fn a_file_pins_a_python() {
        let version = |minor| Some(PythonVersion { major: 3, minor });
        assert_eq!(PythonVersion::pinned("3.10\n"), version(10));
        assert_eq!(PythonVersion::pinned("# ours\n\n  3.12.4  \n3.10\n"), version(12));
        assert_eq!(PythonVersion::pinned("cpython-3.13.0-linux\n"), version(13));
        assert_eq!(PythonVersion::pinned("cpython@3.11"), version(11));
        assert_eq!(PythonVersion::pinned("python-3.10"), version(10));
        assert_eq!(PythonVersion::pinned("our-environment\n"), None);
        assert_eq!(PythonVersion::pinned("pypy3.10-7.3\n"), None);
        assert_eq!(PythonVersion::pinned(""), None);
    }

    #[test]
    fn every_place_has_its_name() {
        for (name, host) in Host::ALL {
            assert_eq!((host.name(), Host::named(name)), (name, Some(host)));
        }
    }
}
