//! Rows that hold for some versions of their library, and the tables for versions that are known.

use std::collections::BTreeSet;

use hashbrown::HashSet;

use serde::{Deserialize, Serialize};

use super::{CoroutineEntry, OwnTables, Tables, is_in_chain};
use crate::libraries::{Bounds, Libraries, Said};

/// A row with the versions for which it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dated {
    bounds: Bounds,
    /// One row, without its versions.
    rows: OwnTables,
    /// Another row tells how its calls are by now, or in the better known package: it counts where
    /// the version, or the package, is known alone.
    is_past: bool,
}

/// A row on which a verdict rests and which does not hold for every version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedFact<'t> {
    pub bounds: &'t Bounds,
    /// Who says which version it is; `None` where nobody says enough.
    pub said: Option<&'t Said>,
}

impl OwnTables {
    /// The rows that hold for some versions, each by itself; the others stay.
    fn take_dated(&mut self) -> Vec<Dated> {
        let mut found = Vec::new();
        let mut take = |bounds: Option<Bounds>, rows: OwnTables| {
            found.extend(bounds.map(|bounds| Dated { bounds, rows, is_past: false }));
        };
        for mut row in self.blocking.extract_if(.., |row| row.versions.is_some()) {
            take(row.versions.take(), Self { blocking: vec![row], ..Self::default() });
        }
        for mut row in self.coroutines.extract_if(.., |row| row.versions.is_some()) {
            take(row.versions.take(), Self { coroutines: vec![row], ..Self::default() });
        }
        for mut row in self.runners.extract_if(.., |row| row.versions.is_some()) {
            take(row.versions.take(), Self { runners: vec![row], ..Self::default() });
        }
        for mut row in self.sync_apis.extract_if(.., |row| row.versions.is_some()) {
            take(row.versions.take(), Self { sync_apis: vec![row], ..Self::default() });
        }
        for mut row in self.callables.extract_if(.., |row| row.versions.is_some()) {
            take(row.versions.take(), Self { callables: vec![row], ..Self::default() });
        }
        found
    }

    /// The calls that its rows speak of.
    fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> =
            self.blocking.iter().flat_map(|row| row.calls.iter().cloned()).collect();
        for row in &self.coroutines {
            paths.extend(row.all_names().map(|name| format!("{}.{name}", row.under)));
        }
        let owners = self.runners.iter().chain(&self.sync_apis);
        paths.extend(owners.flat_map(|row| row.calls.iter().cloned()));
        paths.extend(self.callables.iter().flat_map(|row| row.calls.iter().cloned()));
        paths
    }
}

impl Dated {
    /// Whether one of its rows speaks of `path`.
    fn speaks_of(&self, path: &str) -> bool {
        let is_it = |call: &String| match call.split_once('*') {
            Some((before, after)) => is_in_chain(path, before, after),
            None => call == path,
        };
        let OwnTables { blocking, coroutines, runners, sync_apis, callables } = &self.rows;
        let is_named = |row: &CoroutineEntry| {
            let name = path.strip_prefix(&row.under).and_then(|rest| rest.strip_prefix('.'));
            name.is_some_and(|name| row.all_names().any(|it| it == name))
        };
        blocking.iter().any(|row| row.calls.iter().any(is_it))
            || coroutines.iter().any(is_named)
            || runners.iter().chain(sync_apis).any(|row| row.calls.iter().any(is_it))
            || callables.iter().any(|row| row.calls.iter().any(is_it))
    }

    /// The first module of its calls.
    fn module(&self) -> &str {
        let OwnTables { blocking, coroutines, runners, sync_apis, callables } = &self.rows;
        let calls = blocking.iter().map(|row| &row.calls);
        let calls = calls.chain(runners.iter().chain(sync_apis).map(|row| &row.calls));
        let calls = calls.chain(callables.iter().map(|row| &row.calls)).flatten();
        let mut paths = calls.chain(coroutines.iter().map(|row| &row.under));
        let first = paths.next().map_or("", String::as_str);
        first.split(['.', '(']).next().unwrap_or_default()
    }

    /// Whether a version is known, and inside.
    fn fits(&self, libraries: &Libraries) -> Option<bool> {
        self.bounds.fit(libraries)
    }
}

impl Tables {
    /// Takes the dated rows out of `more`; those that hold by now, as far as is known, stay among
    /// the others.
    pub(super) fn date(&mut self, more: &mut OwnTables) {
        let first = self.dated.len();
        self.dated.extend(more.take_dated());
        let open = |row: &&Dated| row.bounds.until.is_none() && !row.bounds.is_by_name();
        let open = self.dated.iter().filter(open);
        let open: HashSet<String> = open.flat_map(|row| row.rows.paths()).collect();
        for row in &mut self.dated {
            let is_ended = row.bounds.until.is_some();
            row.is_past = row.bounds.is_by_name()
                || is_ended && row.rows.paths().iter().any(|path| open.contains(path));
        }
        for row in self.dated.iter().skip(first).filter(|row| !row.is_past) {
            more.join(row.rows.clone());
        }
    }

    /// The modules of which a row holds for some versions alone.
    pub fn dated_modules(&self) -> BTreeSet<&str> {
        self.dated.iter().map(Dated::module).collect()
    }

    /// What matters here of what is known of versions.
    pub fn concerned(&self, libraries: &Libraries) -> Libraries {
        libraries.only(self.dated.iter().map(|row| row.bounds.package.as_str()))
    }

    /// The versions for which these tables are.
    pub fn libraries(&self) -> &Libraries {
        &self.libraries
    }

    /// The tables for the versions that `libraries` know; `None` where these change nothing.
    pub fn at(&self, libraries: &Libraries) -> Option<Self> {
        if libraries.is_empty() {
            return None;
        }
        let known = |row: &&Dated| row.fits(libraries).is_some();
        let packages: HashSet<&str> =
            self.dated.iter().filter(known).map(|row| row.bounds.package.as_str()).collect();
        if packages.is_empty() {
            return None;
        }
        let mut tables = self.clone();
        tables.libraries = libraries.clone();
        let rows =
            || self.dated.iter().filter(|row| packages.contains(row.bounds.package.as_str()));
        for path in rows().flat_map(|row| row.rows.paths()) {
            tables.callables.forget(&path);
        }
        for row in rows().filter(|row| row.fits(libraries).unwrap_or(!row.is_past)) {
            tables.extend(row.rows.clone());
        }
        Some(tables)
    }

    /// What is said of a call that is not the same in every version.
    pub fn dated(&self, path: &str) -> Option<DatedFact<'_>> {
        let of_path = |row: &&Dated| row.speaks_of(path);
        let holds = |row: &'_ Dated| match row.fits(&self.libraries) {
            Some(fits) => fits,
            None => !row.is_past,
        };
        let fits = |row: &&Dated| row.fits(&self.libraries) == Some(true);
        let mut rows = self.dated.iter().filter(of_path);
        let row = rows.clone().find(fits).or_else(|| rows.find(|row| holds(row)))?;
        let fit = row.fits(&self.libraries);
        let said = fit.and_then(|_| self.libraries.of(&row.bounds.package));
        Some(DatedFact { bounds: &row.bounds, said })
    }

    /// Whether a call that wants a loop of its own answers the same in every version, as far as
    /// rows tell of each; with `nest_asyncio` on the loop where it `is_patched`.
    pub fn answers_alike(&self, path: &str, is_patched: bool) -> bool {
        let of_path = |row: &&Dated| row.speaks_of(path) && row.fits(&self.libraries).is_none();
        let rows: Vec<&Dated> = self.dated.iter().filter(of_path).collect();
        let owners = rows.iter().flat_map(|row| row.rows.runners.iter().chain(&row.rows.sync_apis));
        let mut answers = owners.map(|row| (row.answers, is_patched && row.patchable));
        let first = answers.next();
        rows.len() > 1 && answers.all(|it| Some(it) == first)
    }

    /// Whether a call works on a patched loop, in the version that runs or in one that may.
    pub fn may_want_a_patch(&self, path: &str) -> bool {
        let in_doubt = |row: &&Dated| row.speaks_of(path) && row.fits(&self.libraries).is_none();
        self.runner(path).is_some_and(|runner| runner.patchable)
            || self
                .dated
                .iter()
                .filter(in_doubt)
                .any(|row| row.rows.runners.iter().any(|runner| runner.patchable))
    }
}

/// The calls of dated rows with their versions; the other rows stay.
#[cfg(test)]
pub(super) fn paths_of(tables: &mut OwnTables) -> Vec<(String, Bounds)> {
    let rows = tables.take_dated();
    let of_row = |row: Dated| {
        let paths = row.rows.paths();
        paths.into_iter().map(move |path| (path, row.bounds.clone()))
    };
    rows.into_iter().flat_map(of_row).collect()
}

/// The calls of rows that have no versions.
#[cfg(test)]
pub(super) fn plain_paths(tables: &OwnTables) -> HashSet<String> {
    tables.paths().into_iter().collect()
}
