//! Which version of a library runs the cells, as far as somebody says it, and for which versions a
//! fact holds.

mod requirement;

use std::collections::BTreeMap;

use pep440_rs::Version;
use serde::{Deserialize, Serialize};

use crate::environment::{PythonVersion, RequiredPython};
use crate::text::CellIndex;

pub use requirement::{conda, conda_environment, poetry, requirement};

/// What is longer, in bytes, is no version that anybody released, nor a condition that one writes.
const LONGEST: usize = 200;

/// No Python has a greater second number: who allows them all names no newest.
const NEWEST_MINOR: u32 = 99;

/// The versions of a package for which something holds. Without an end on either side it is one that
/// shares its module with a better known one: it counts where somebody names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// As an index of packages calls it.
    pub package: String,
    /// The first of them.
    pub since: Option<Version>,
    /// The first that is none of them any more.
    pub until: Option<Version>,
}

/// What somebody says of the version of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The version or the condition, as it is written.
    pub text: String,
    pub by: By,
    allowed: Allowed,
}

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A file of this name.
    File(String),
    /// A line of a cell, or what it printed.
    Cell(CellIndex),
}

/// No version outside of these is meant; both ends may be open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Allowed {
    least: Option<Version>,
    most: Option<(Version, End)>,
}

/// Whether the last version is meant as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    With,
    Without,
}

/// What is known of versions, by package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Libraries {
    by_package: BTreeMap<String, Said>,
}

impl Bounds {
    /// The versions of a package before a release such as `[7, 4]`.
    pub fn before(package: &str, release: [u64; 2]) -> Self {
        Self { package: package.to_owned(), since: None, until: Some(Version::new(release)) }
    }

    /// Whether nothing but the package's name decides.
    pub fn is_by_name(&self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    /// Whether they hold for what `libraries` know of the package; `None` where that is not enough
    /// to tell.
    pub fn fit(&self, libraries: &Libraries) -> Option<bool> {
        let allowed = &libraries.of(&self.package)?.allowed;
        let from_since = self.since.as_ref().is_none_or(|since| allowed.begins_at(since));
        let to_until = self.until.as_ref().is_none_or(|until| allowed.ends_before(until));
        let is_older = self.since.as_ref().is_some_and(|since| allowed.ends_before(since));
        let is_newer = self.until.as_ref().is_some_and(|until| allowed.begins_at(until));
        match (from_since && to_until, is_older || is_newer) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

impl Allowed {
    /// Whether every version that is meant is this one or a later one.
    fn begins_at(&self, version: &Version) -> bool {
        self.least.as_ref() >= Some(version)
    }

    /// Whether every version that is meant is an earlier one.
    fn ends_before(&self, version: &Version) -> bool {
        self.most.as_ref().is_some_and(|(most, end)| match end {
            End::With => most < version,
            End::Without => most <= version,
        })
    }
}

impl Said {
    /// Exactly this version; `None` when the text is none.
    pub fn exactly(version: &str, by: By) -> Option<Self> {
        let version = Some(version.trim()).filter(|it| it.len() <= LONGEST)?;
        let exact: Version = version.parse().ok()?;
        let allowed =
            Allowed { least: Some(exact.clone()), most: Some((exact.clone(), End::With)) };
        Some(Self { text: exact.to_string(), by, allowed })
    }

    /// What this is for the package `python`; `None` where it names no oldest version.
    pub fn python(&self) -> Option<RequiredPython> {
        let oldest = PythonVersion::parse(&self.allowed.least.as_ref()?.to_string())?;
        let ends_at = |minor: &u32| {
            let next = Version::new([u64::from(oldest.major), u64::from(*minor) + 1]);
            self.allowed.ends_before(&next)
        };
        let newest = (oldest.minor..=NEWEST_MINOR).find(ends_at);
        let newest = newest.map(|minor| PythonVersion { major: oldest.major, minor });
        Some(RequiredPython { oldest, or_newer: newest != Some(oldest), newest })
    }

    /// That it is there, in whichever version.
    fn any(by: By) -> Self {
        Self { text: "*".to_owned(), by, allowed: Allowed::default() }
    }

    fn is_any(&self) -> bool {
        self.allowed == Allowed::default()
    }

    fn is_exact(&self) -> bool {
        let Allowed { least, most } = &self.allowed;
        matches!((least, most), (Some(least), Some((most, End::With))) if least == most)
    }

    /// Whether both may be true of one version.
    fn agrees_with(&self, other: &Self) -> bool {
        let reaches = |one: &Allowed, two: &Allowed| match (&one.most, &two.least) {
            (Some((most, End::With)), Some(least)) => most >= least,
            (Some((most, End::Without)), Some(least)) => most > least,
            _ => true,
        };
        reaches(&self.allowed, &other.allowed) && reaches(&other.allowed, &self.allowed)
    }

    /// Either of both may be true: lines of one file that hold on different machines.
    fn or(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        let least = match (self.allowed.least, other.allowed.least) {
            (Some(one), Some(two)) => Some(one.min(two)),
            _ => None,
        };
        let most = match (self.allowed.most, other.allowed.most) {
            (Some(one), Some(two)) => Some(match one.0.cmp(&two.0) {
                std::cmp::Ordering::Less => two,
                std::cmp::Ordering::Greater => one,
                std::cmp::Ordering::Equal if one.1 == End::With => one,
                std::cmp::Ordering::Equal => two,
            }),
            _ => None,
        };
        let text = match self.text.len() + other.text.len() {
            0..=LONGEST => format!("{} | {}", self.text, other.text),
            _ => self.text,
        };
        Self { text, by: self.by, allowed: Allowed { least, most } }
    }
}

impl Libraries {
    /// What is said of a package, however its name is written.
    pub fn of(&self, package: &str) -> Option<&Said> {
        self.by_package.get(&normal(package))
    }

    pub fn is_empty(&self) -> bool {
        self.by_package.is_empty()
    }

    /// What is known of some packages.
    pub fn only<'p>(&self, packages: impl Iterator<Item = &'p str>) -> Self {
        let known = packages.filter_map(|package| {
            let name = normal(package);
            let said = self.by_package.get(&name)?.clone();
            Some((name, said))
        });
        Self { by_package: known.collect() }
    }

    /// Takes in one more line of a file: of several about one package each may hold.
    pub fn add(&mut self, package: &str, said: Said) {
        let name = normal(package);
        let said = match self.by_package.remove(&name) {
            Some(known) if !known.is_any() => known.or(said),
            _ => said,
        };
        self.by_package.insert(name, said);
    }

    /// Takes in that somebody asks for a package and says no version.
    pub fn name(&mut self, package: &str, by: By) {
        self.by_package.entry(normal(package)).or_insert_with(|| Said::any(by));
    }

    /// Takes in what a file says that counts less: where nothing was said, or less exactly.
    pub fn add_below(&mut self, file: Self) {
        for (package, said) in file.by_package {
            let known = self.by_package.get(&package);
            if known.is_none_or(|it| !it.is_exact() && said.is_exact() && it.agrees_with(&said)) {
                self.by_package.insert(package, said);
            }
        }
    }

    /// Takes in what counts more than all before.
    pub fn replace(&mut self, package: &str, said: Said) {
        self.by_package.insert(normal(package), said);
    }

    /// Takes in what was installed, unless a later wish contradicts it.
    pub fn installed(&mut self, package: &str, said: Said) {
        let known = self.of(package);
        let is_wished = known.is_some_and(|it| matches!(it.by, By::Cell(_)));
        if !is_wished || known.is_some_and(|it| it.agrees_with(&said)) {
            self.replace(package, said);
        }
    }

    /// Nothing is known of a package any more.
    pub fn forget(&mut self, package: &str) {
        self.by_package.remove(&normal(package));
    }
}

/// The one form of a package's name.
///
/// Source: <https://packaging.python.org/en/latest/specifications/name-normalization/>.
fn normal(package: &str) -> String {
    let parts = package.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> By {
        By::File("requirements.txt".to_owned())
    }

    #[test]
    fn the_python_of_a_project_is_read_off_its_specifier() {
        let read = |text: &str| {
            let RequiredPython { oldest, or_newer, newest } = poetry(text, file())?.python()?;
            let end = newest.filter(|_| or_newer).map(|it| it.minor);
            assert_eq!(end, if text == "< 3.14, >= 3.9.2" { Some(13) } else { None }, "{text}");
            Some((oldest.minor, or_newer))
        };
        for (specifier, python) in [
            (">=3.10,<4", Some((10, true))),
            ("< 3.14, >= 3.9.2", Some((9, true))),
            (">=3.10,<3.11", Some((10, false))),
            ("~=3.10", Some((10, true))),
            ("~=3.10.2", Some((10, false))),
            ("==3.11.*", Some((11, false))),
            ("<3.12", None),
            ("^3.10", Some((10, true))),
            ("~3.11", Some((11, false))),
            ("3.12.*", Some((12, false))),
            ("3.12", Some((12, false))),
            ("!=3.9, >3.8", Some((8, true))),
            ("2.7", None),
        ] {
            assert_eq!(read(specifier), python, "{specifier}");
        }
    }

    fn known(lines: &[&str]) -> Libraries {
        let mut libraries = Libraries::default();
        for line in lines {
            if let Some((name, Some(said))) = requirement(line, file()) {
                libraries.add(&name, said);
            }
        }
        libraries
    }

    fn named(first: &str, second: &str) -> Option<String> {
        let mut libraries = Libraries::default();
        for line in [first, second] {
            match requirement(line, file()) {
                Some((name, Some(said))) => libraries.add(&name, said),
                Some((name, None)) => libraries.name(&name, file()),
                None => {}
            }
        }
        libraries.of("a").map(|it| it.text.clone())
    }

    fn bounds(since: &str, until: &str) -> Bounds {
        let version = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        let package = "python-telegram-bot".to_owned();
        Bounds { package, since: version(since), until: version(until) }
    }

    #[test]
    fn a_version_is_inside_or_outside_and_a_range_may_be_neither() {
        let fit = |line: &str, bounds: &Bounds| bounds.fit(&known(&[line]));
        let (newer, older) = (bounds("20.0", ""), bounds("", "20.0"));
        for (line, new) in [
            ("python-telegram-bot==13.15", Some(false)),
            ("Python_Telegram.Bot==20.8", Some(true)),
            ("python-telegram-bot>=20", Some(true)),
            ("python-telegram-bot~=20.1", Some(true)),
            ("python-telegram-bot~=13.1", Some(false)),
            ("python-telegram-bot<20", Some(false)),
            ("python-telegram-bot<=20", None),
            ("python-telegram-bot>=13", None),
            ("python-telegram-bot==13.*", Some(false)),
            ("python-telegram-bot!=20.1", None),
            ("python-telegram-bot", None),
            ("other==1", None),
        ] {
            assert_eq!(fit(line, &newer), new, "{line}");
            assert_eq!(fit(line, &older), new.map(|it| !it), "{line}");
        }
        assert_eq!(fit("python-telegram-bot==20.0a1", &newer), Some(false));
        assert_eq!(fit("python-telegram-bot>=13,<20", &bounds("13", "20")), Some(true));
        assert_eq!(fit("python-telegram-bot>=21", &bounds("13", "20")), Some(false));
    }

    #[test]
    fn lines_for_several_machines_allow_what_either_does() {
        let both = known(&[
            "python-telegram-bot==13.15; python_version<'3.8'",
            "python-telegram-bot==20.8",
        ]);
        assert_eq!(bounds("20", "").fit(&both), None);
        assert_eq!(bounds("13", "").fit(&both), Some(true));
    }

    #[test]
    fn a_lock_makes_a_wish_exact_and_an_older_one_does_not_contradict_it() {
        assert_eq!(named("a", "a==1").as_deref(), Some("1"));
        assert_eq!(named("a==1", "a").as_deref(), Some("1"));
        assert_eq!(named("a", "b").as_deref(), Some("*"));
        assert_eq!(named("b", "b").as_deref(), None);
        let with = |first: &str, second: &str| {
            let mut libraries = known(&[first]);
            libraries.add_below(known(&[second]));
            libraries.of("a").map(|it| it.text.clone()).unwrap_or_default()
        };
        assert_eq!(with("a>=1", "a==1.5"), "1.5");
        assert_eq!(with("a>=2", "a==1.5"), ">=2");
        assert_eq!(with("a==2", "a==1.5"), "2");
        assert_eq!(with("a>=1", "a>=3"), ">=1");
    }

    #[test]
    fn what_was_installed_counts_unless_a_cell_asks_for_something_else_by_now() {
        let cell = || By::Cell(CellIndex(0));
        let after = |wish: &str, installed: &str| {
            let mut libraries = known(&["a==1"]);
            if let Some((name, Some(said))) = requirement(wish, cell()) {
                libraries.replace(&name, said);
            }
            libraries.installed("a", Said::exactly(installed, cell()).unwrap());
            libraries.of("a").map(|it| it.text.clone()).unwrap_or_default()
        };
        assert_eq!(after("", "3.1"), "3.1");
        assert_eq!(after("a>=2", "3.1"), "3.1");
        assert_eq!(after("a<3", "3.1"), "<3");
    }
}
