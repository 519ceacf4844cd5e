//! Entries of names that stand for a chain of attributes and calls, such as `ours.Client()*.get`.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use super::super::tables::is_in_chain;
use super::Entry;

/// What a chain begins and ends with, and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub before: Cow<'static, str>,
    pub after: Cow<'static, str>,
    /// Its entry as the program carries it; empty where it does not.
    pub packed: Cow<'static, [u8]>,
    entry: OnceLock<Arc<Entry>>,
}

impl Chain {
    /// What is known of it; read when it is first asked.
    pub fn entry(&self) -> &Arc<Entry> {
        self.entry.get_or_init(|| postcard::from_bytes(&self.packed).unwrap_or_default())
    }
}

impl PartialEq for Chain {
    fn eq(&self, other: &Self) -> bool {
        let names = |it: &Self| (it.before.clone(), it.after.clone());
        names(self) == names(other) && self.entry() == other.entry()
    }
}

impl Eq for Chain {}

/// All of them, found by the module that a path begins with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chains {
    all: Vec<Chain>,
    /// Places in `all`, in order, by the first name of what they begin with; where that name may go on,
    /// by none.
    by_module: HashMap<String, Vec<u32>>,
}

impl Chains {
    /// The entry of a chain, made where there is none.
    pub fn entry(&mut self, before: &str, after: &str) -> Option<&mut Arc<Entry>> {
        let places = self.by_module.entry(module_of_chain(before).into()).or_default();
        let is_it = |at: &&u32| {
            let known = self.all.get(**at as usize);
            known.is_some_and(|chain| chain.before == before && chain.after == after)
        };
        let at = match places.iter().find(is_it) {
            Some(known) => *known as usize,
            None => {
                let (before, after) = (before.to_owned().into(), after.to_owned().into());
                let entry = OnceLock::from(Arc::default());
                self.put(Chain { before, after, packed: Cow::default(), entry });
                self.all.len() - 1
            }
        };
        let chain = self.all.get_mut(at)?;
        chain.entry();
        // What is written into it now is not what was carried.
        chain.packed = Cow::default();
        chain.entry.get_mut()
    }

    /// Takes in chains that the program carries: what each begins and ends with, and its entry as
    /// [`postcard`] wrote it.
    pub fn carried(chains: Vec<(&'static str, &'static str, &'static [u8])>) -> Self {
        let mut all = Self::default();
        for (before, after, packed) in chains {
            let (before, after) = (Cow::Borrowed(before), Cow::Borrowed(after));
            let packed = Cow::Borrowed(packed);
            all.put(Chain { before, after, packed, entry: OnceLock::new() });
        }
        all
    }

    /// Writes every entry as a program carries it.
    ///
    /// # Errors
    /// When an entry cannot be written.
    pub fn close(&mut self) -> Result<(), postcard::Error> {
        for chain in &mut self.all {
            chain.packed = postcard::to_stdvec(&**chain.entry())?.into();
        }
        Ok(())
    }

    fn put(&mut self, chain: Chain) {
        let module = module_of_chain(&chain.before);
        let places = self.by_module.entry_ref(module).or_default();
        places.push(self.all.len() as u32);
        self.all.push(chain);
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
            is_in_chain(path, &chain.before, &chain.after).then(|| chain.entry())
        })
    }
}

/// The module whose paths may be a chain that begins so; none where its first name may go on.
fn module_of_chain(before: &str) -> &str {
    if before.contains(['.', '(']) { module_of(before) } else { "" }
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
