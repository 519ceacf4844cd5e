//! What is done with an expression's value.

use std::collections::BTreeMap;

use super::reading::Run;
use super::value::Site;
use crate::index::TOP;
use crate::python::{Kind, NameUse, Role};

/// What is done with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// A bare expression statement.
    Dropped,
    /// The cell's last expression, which IPython shows and keeps in `Out`.
    Displayed,
    Awaited,
    /// Kept in a plain name: the site of the target.
    Assigned(Site),
    /// Kept in an attribute or an item, or in several names.
    Stored,
    /// An argument of the call at this site.
    Argument(Site),
    Returned,
    /// A condition, or an operand of `not`, `and`, `or`.
    Tested,
    /// Compared with `==`, `in` and the like.
    Compared,
    /// An operand of arithmetic.
    Operand,
    /// An attribute of it is used: the site of the attribute access.
    Attribute(Site),
    Subscripted,
    /// Iterated by a plain `for`, a comprehension, `*` or unpacking.
    Iterated,
    /// Formatted by an f-string.
    Formatted,
    /// The manager of a plain `with`.
    Entered,
    /// `async for` or `async with` over it.
    AsyncProtocol,
    /// An element of the list, tuple, set, dict or comprehension at this site.
    Element(Site),
    Other,
}

impl Run<'_> {
    /// What is done with the value of the expression at `site`.
    pub fn usage(&self, site: Site) -> Usage {
        let Some(parent) = self.parent(site) else { return Usage::Other };
        let role = self.role(site);
        match self.kind(parent) {
            Kind::Expression if self.is_displayed(parent) => Usage::Displayed,
            Kind::Expression => Usage::Dropped,
            Kind::Await => Usage::Awaited,
            Kind::Assign | Kind::AnnAssign | Kind::Named if role == Role::Value => {
                self.assigned(parent)
            }
            Kind::Call if role == Role::Arg => Usage::Argument(parent),
            Kind::KeywordArg { .. } => self.parent(parent).map_or(Usage::Other, Usage::Argument),
            Kind::Return | Kind::Yield => Usage::Returned,
            Kind::Lambda if role == Role::Body => Usage::Returned,
            Kind::Not => Usage::Tested,
            Kind::If
            | Kind::While
            | Kind::Assert
            | Kind::Clause { .. }
            | Kind::Case
            | Kind::IfExp
                if role == Role::Test =>
            {
                Usage::Tested
            }
            Kind::BoolOp if self.is_last_operand(parent, site) => self.usage(parent),
            Kind::BoolOp => Usage::Tested,
            Kind::IfExp => self.usage(parent),
            Kind::Compare => Usage::Compared,
            Kind::BinOp | Kind::Unary => Usage::Operand,
            Kind::AugAssign if role == Role::Value => Usage::Operand,
            Kind::Attribute { .. } => Usage::Attribute(parent),
            Kind::Subscript if role == Role::Value => Usage::Subscripted,
            Kind::Starred => Usage::Iterated,
            Kind::For { is_async } | Kind::Clause { is_async } if role == Role::Iter => {
                if *is_async { Usage::AsyncProtocol } else { Usage::Iterated }
            }
            Kind::FString => Usage::Formatted,
            Kind::WithItem => self.entered(parent),
            Kind::List
            | Kind::Tuple { .. }
            | Kind::Set
            | Kind::Dict
            | Kind::Comprehension { .. }
                if role == Role::Element =>
            {
                Usage::Element(parent)
            }
            _ => Usage::Other,
        }
    }

    fn entered(&self, item: Site) -> Usage {
        let with = self.parent(item).map(|with| self.kind(with));
        if matches!(with, Some(Kind::With { is_async: true })) {
            Usage::AsyncProtocol
        } else {
            Usage::Entered
        }
    }

    fn assigned(&self, assign: Site) -> Usage {
        let mut targets = self.children_in(assign, Role::Target);
        match (targets.next(), targets.next()) {
            (Some(target), None) if matches!(self.kind(target), Kind::Name { .. }) => {
                Usage::Assigned(target)
            }
            (Some(target), None)
                if matches!(self.kind(target), Kind::Tuple { .. } | Kind::List) =>
            {
                Usage::Iterated
            }
            _ => Usage::Stored,
        }
    }

    fn is_last_operand(&self, operation: Site, operand: Site) -> bool {
        self.tree(operation.cell).last_child(operation.node, Role::Operand) == Some(operand.node)
    }

    /// Whether the statement at `site` is the cell's last one and its value is shown.
    ///
    /// Source: `InteractiveShell.ast_node_interactivity` is `last_expr` by default.
    pub fn is_displayed(&self, site: Site) -> bool {
        let Some(index) = self.index(site.cell) else { return false };
        self.role(site) == Role::Top
            && !index.syntax.ends_in_semicolon
            && index.syntax.tree.last_statement() == Some(site.node)
    }

    /// The places that read the name which the target at `site` binds, in order.
    pub fn reads_of(&self, target: Site) -> Vec<Site> {
        let name = self.source_of(target);
        let scope = self.binding_scope(target);
        if scope == TOP {
            self.budget().step(self.global_loads(name).len());
            return self.global_loads(name).to_vec();
        }
        let loads = self.loads(name);
        let start = loads.partition_point(|site| site.cell < target.cell);
        self.budget().step(loads.len() - start);
        let here = loads.iter().skip(start).take_while(|site| site.cell == target.cell);
        here.filter(|site| self.binding_scope(**site) == scope).copied().collect()
    }

    /// The bindings in the code at `around` that something reads, each with the first and the
    /// last place that may read it.
    pub fn read_bindings(&self, around: Site) -> impl Iterator<Item = (Site, Site, Site)> + '_ {
        let tree = self.tree(around.cell);
        let inside = move |binding: &Site| {
            binding.cell == around.cell && tree.is_within(binding.node, around.node)
        };
        static NOBODY: Readers = Readers::new();
        let all = self.joined.readers.get().unwrap_or_else(|| {
            let found = self.find_readers();
            match self.budget().is_spent() {
                true => &NOBODY,
                false => self.joined.readers.get_or_init(|| found),
            }
        });
        all.range(around..)
            .map(|(binding, (first, last))| (*binding, *first, *last))
            .take_while(move |(binding, _, _)| inside(binding))
    }

    fn find_readers(&self) -> Readers {
        let mut readers = Readers::new();
        let loads =
            self.sites().filter(|it| matches!(self.kind(*it), Kind::Name { used: NameUse::Load }));
        for read in loads {
            for (cell, binding) in self.bindings(read) {
                let ends = readers.entry(Site { cell, node: binding.node }).or_insert((read, read));
                *ends = (ends.0.min(read), ends.1.max(read));
            }
        }
        readers
    }
}

/// The first and the last place that may read what a binding binds.
pub(super) type Readers = BTreeMap<Site, (Site, Site)>;
