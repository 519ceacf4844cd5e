//! Where names are bound, and whether a use of a name means what a stretch of code bound itself.

use super::reading::Run;
use super::value::{CellKey, Site};
use crate::index::{self, Branch, ScopeId, TOP};
use crate::python::Kind;

/// How a name comes to its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// `name = value`, `with value as name`.
    Value(Site),
    /// `for name in value`.
    Iterate(Site),
    /// A parameter, an import, a definition, an unpacking, `+=`.
    Other,
}

/// The places of a notebook that bind names.
pub struct Bindings<'r, 't> {
    pub run: &'r Run<'t>,
}

impl<'r, 't> Bindings<'r, 't> {
    pub fn of(run: &'r Run<'t>) -> Self {
        Self { run }
    }

    /// The places that bind the variable which the name at `name` means.
    fn of_variable(&self, name: Site) -> impl Iterator<Item = Site> + '_ {
        let index = self.run.index(name.cell);
        let own = index.zip(self.run.home_of(name)).map(|(index, (cell, scope))| {
            let name = index.home_of(name.node).map(|(_, name)| name);
            let all = name.map_or(&[][..], |name| index.bound().of_name((scope, name)));
            all.iter().map(move |binding| (cell, binding))
        });
        let is_shared = own.is_none();
        let shared = || self.run.global(self.run.source_of(name)).iter();
        let shared = is_shared.then(shared).into_iter().flatten();
        let all = own.into_iter().flatten().chain(shared.map(|(cell, binding)| (*cell, binding)));
        all.filter(|(_, binding)| binding.how != index::How::Delete)
            .map(|(cell, binding)| Site { cell, node: binding.node })
    }

    /// Whether the notebook binds the name as a variable: what an import or a definition binds
    /// stays what it is.
    pub fn is_variable(&self, name: Site) -> bool {
        let stays = |site: Site| {
            matches!(
                self.run.kind(site),
                Kind::FunctionDef { .. }
                    | Kind::ClassDef { .. }
                    | Kind::Import { .. }
                    | Kind::ImportFrom { .. }
            )
        };
        self.of_variable(name).any(|site| !stays(site))
    }

    /// Whether the notebook binds the name that an expression is.
    pub fn binds(&self, name: Site) -> bool {
        self.of_variable(name).next().is_some()
    }

    /// Whether a name means a parameter.
    pub fn is_parameter(&self, name: Site) -> bool {
        self.of_variable(name).any(|it| matches!(self.run.kind(it), Kind::Param { .. }))
    }

    /// The one value that the notebook gives to a name.
    pub fn only_value(&self, name: Site) -> Option<Site> {
        match self.only(name)? {
            How::Value(value) => Some(value),
            _ => None,
        }
    }

    /// How the one place binds a name that binds it.
    pub fn only(&self, name: Site) -> Option<How> {
        let mut all = self.of_variable(name);
        let only = all.next()?;
        all.next().is_none().then(|| self.run.how(only))
    }

    /// Whether the variable that a name means is bound anywhere else than in `region`.
    pub fn is_bound_outside(&self, name: Site, region: Site) -> bool {
        let tree = self.run.tree(region.cell);
        self.of_variable(name)
            .any(|it| it.cell != region.cell || !tree.is_within(it.node, region.node))
    }

    /// What the use of a name at `name` may see of what `region` binds, and whether that is all.
    pub fn seen_within(&self, name: Site, region: Site) -> (Vec<Site>, bool) {
        let tree = self.run.tree(name.cell);
        let mut above: Vec<Site> = self
            .of_variable(name)
            .filter(|it| it.cell == region.cell && tree.is_within(it.node, region.node))
            .filter(|it| it.node < name.node && !self.is_own_target(name, *it))
            .collect();
        above.sort_unstable();
        let mut seen = Vec::new();
        for binding in above.into_iter().rev() {
            seen.push(binding);
            if self.surely_runs(binding, name) {
                return (seen, true);
            }
        }
        (seen, false)
    }

    /// In `x = f(x)` the right-hand `x` is the one before.
    fn is_own_target(&self, name: Site, binding: Site) -> bool {
        let (How::Value(value) | How::Iterate(value)) = self.run.how(binding) else { return false };
        self.run.tree(name.cell).is_within(name.node, value.node) && value.node > binding.node
    }

    /// Whether a binding above has happened whenever the code at `name` runs.
    fn surely_runs(&self, binding: Site, name: Site) -> bool {
        let tree = self.run.tree(binding.cell);
        let branch = Branch::around(tree, binding.node);
        branch.is_none_or(|branch| branch.holds(tree, name.node))
    }

    /// Whether the object at `site` was made inside `region`, so that nothing else knows it.
    pub fn is_fresh(&self, site: Site, region: Site) -> bool {
        let root = self.run.root(site);
        // What a call gives, or a literal.
        if !matches!(self.run.kind(root), Kind::Name { .. }) {
            return true;
        }
        let (seen, is_all) = self.seen_within(root, region);
        is_all
            && seen.into_iter().all(|binding| match self.run.how(binding) {
                How::Value(value) | How::Iterate(value) => self.is_made(value, region),
                How::Other => false,
            })
    }

    fn is_made(&self, value: Site, region: Site) -> bool {
        let run = self.run;
        match run.kind(value) {
            Kind::Name { .. } | Kind::Attribute { .. } | Kind::Subscript => {
                self.is_fresh(value, region)
            }
            Kind::IfExp | Kind::BoolOp => run
                .descendants(value)
                .filter(|it| run.parent(*it) == Some(value))
                .all(|it| self.is_made(it, region)),
            _ => true,
        }
    }
}

impl Run<'_> {
    /// Where the variable lives that a name means, or that a place binds; all cells share one home.
    fn home_of(&self, site: Site) -> Option<(CellKey, ScopeId)> {
        let index = self.index(site.cell)?;
        // An import has no variable of its own.
        let scope = match index.variable(site.node) {
            Some(variable) => index.home(index.scope_of(site.node), variable).0,
            None => index.scope_of(site.node),
        };
        (scope != TOP).then_some((site.cell, scope))
    }

    /// Whether two places name the same variable, where they have the same name.
    pub fn is_in_one_scope(&self, one: Site, other: Site) -> bool {
        self.home_of(one) == self.home_of(other)
    }

    /// Whether a name is one that all cells share.
    pub fn is_shared(&self, name: Site) -> bool {
        self.home_of(name).is_none()
    }

    /// How a place that binds a name gives it its value.
    fn how(&self, binding: Site) -> How {
        if !matches!(self.kind(binding), Kind::Name { .. }) {
            return How::Other;
        }
        let at = |node| Site { node, ..binding };
        match index::How::of_name(self.tree(binding.cell), binding.node) {
            index::How::Value(node) | index::How::Enter(node) => How::Value(at(node)),
            index::How::Iterate(node) => How::Iterate(at(node)),
            _ => How::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execution::given::tests::{last, run_of};

    /// Whether `text` is made anew in each turn of the loop in `source`.
    fn is_fresh(source: &str, text: &str) -> bool {
        let run = run_of(source);
        let looping = run.sites().find(|it| matches!(run.kind(*it), Kind::For { .. }));
        Bindings::of(&run).is_fresh(last(&run, text), looping.expect("a loop"))
    }

    #[test]
    fn what_a_turn_makes_is_its_own() {
        let turn = "all = []\nfor x in data:\n    row = []\n    row.append(x)\n    all.append(row)";
        assert!(is_fresh(turn, "row.append"));
        assert!(!is_fresh(turn, "all.append"));
    }

    #[test]
    fn what_only_some_turns_make_may_be_anothers() {
        let turn = "row = []\nfor x in data:\n    if x:\n        row = []\n    row.append(x)";
        assert!(!is_fresh(turn, "row.append"));
        let turn = "row = []\nfor x in data:\n    if x:\n        row = []\n        row.append(x)";
        assert!(is_fresh(turn, "row.append"));
    }

    #[test]
    fn a_name_of_a_function_is_not_the_cells() {
        let run = run_of("n = 1\ndef f(n):\n    return n\nprint(n)");
        let bindings = Bindings::of(&run);
        let inner = run.sites().filter(|it| run.source_of(*it) == "n").nth(2);
        let inner = inner.expect("the name that is returned");
        assert!(bindings.is_parameter(inner) && !run.is_shared(inner));
        assert_eq!(bindings.only_value(last(&run, "n")), Some(last(&run, "1")));
    }
}
