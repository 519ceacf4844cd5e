//! Entries of names that stand for a chain of attributes and calls, such as `ours.Client()*.get`.

use std::sync::Arc;

use hashbrown::HashMap;

use super::super::tables::is_in_chain;
use super::Entry;

/// What a chain begins and ends with, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    pub before: String,
    pub after: String,
    pub entry: Arc<Entry>,
}

/// All of them, found by the module that a path begins with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chains {
    all: Vec<Chain>,
    /// Places in `all`, in order, by the first name of what they begin with; where that name may go on,
    /// by none.
    by_module: HashMap<Box<str>, Vec<u32>>,
}

impl Chains {
    /// The entry of a chain, made where there is none.
    pub fn entry(&mut self, before: &str, after: &str) -> Option<&mut Arc<Entry>> {
        let module = if before.contains(['.', '(']) { module_of(before) } else { "" };
        let places = self.by_module.entry(module.into()).or_default();
        let is_it = |at: &&u32| {
            let known = self.all.get(**at as usize);
            known.is_some_and(|chain| chain.before == before && chain.after == after)
        };
        let at = match places.iter().find(is_it) {
            Some(known) => *known as usize,
            None => {
                places.push(self.all.len() as u32);
                let (before, after) = (before.to_owned(), after.to_owned());
                self.all.push(Chain { before, after, entry: Arc::default() });
                self.all.len() - 1
            }
        };
        self.all.get_mut(at).map(|chain| &mut chain.entry)
    }

    pub fn all(&self) -> &[Chain] {
        &self.all
    }

    /// Whether a path that begins with `module` may be one of them.
    pub fn has(&self, module: &str) -> bool {
        [module, ""].iter().any(|name| self.by_module.contains_key(*name))
    }

    /// The chains that `path` is: those of its own module before those of any, later ones first.
    pub fn of<'s>(&'s self, path: &str) -> impl Iterator<Item = &'s Arc<Entry>> {
        let places = |name: &str| self.by_module.get(name).map_or(&[][..], Vec::as_slice);
        let places = places(module_of(path)).iter().rev().chain(places("").iter().rev());
        places.filter_map(|at| {
            let chain = self.all.get(*at as usize)?;
            is_in_chain(path, &chain.before, &chain.after).then_some(&chain.entry)
        })
    }
}

/// The name that a path begins with.
fn module_of(path: &str) -> &str {
    path.split(['.', '(']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chains(of: &[(&str, &str)]) -> Chains {
        let mut chains = Chains::default();
        for (before, after) in of {
            let entry = chains.entry(before, after).expect("an entry");
            Arc::make_mut(entry).is_walked = true;
        }
        chains
    }

    #[test]
    fn a_path_is_held_to_the_chains_of_its_module_alone() {
        let chains = chains(&[("ours.Client()", ".get"), ("theirs.", ".get")]);
        assert_eq!(chains.of("ours.Client().shop.get").count(), 1);
        assert_eq!(chains.of("theirs.shop().get").count(), 1);
        assert_eq!(chains.of("other.shop().get").count(), 0);
        assert!(chains.has("ours") && !chains.has("other"));
    }

    #[test]
    fn a_chain_may_begin_within_a_name() {
        let chains = chains(&[("sql", ".execute"), ("sqlalchemy.Engine()", ".execute")]);
        assert_eq!(chains.of("sqlite3.connect().execute").count(), 1);
        assert_eq!(chains.of("sqlalchemy.Engine().begin().execute").count(), 2);
        assert!(chains.has("anything"));
    }

    #[test]
    fn the_same_chain_has_one_entry() {
        let chains = chains(&[("a.", ".b"), ("a.", ".b"), ("a.", ".c")]);
        assert_eq!(chains.all().len(), 2);
    }
}
