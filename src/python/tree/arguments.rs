//! What a call is given, by place and by name.

use super::{Kind, NodeId, Role, Tree};

impl Tree {
    /// The argument of a call at `position`, from 0, or under `name`. After `*args` no place is
    /// known.
    pub fn argument(&self, call: NodeId, position: usize, name: &str) -> Option<NodeId> {
        let starred = |arg: NodeId| matches!(self.kind(arg), Kind::Starred);
        let mut args = self.children_in(call, Role::Arg).take(position.saturating_add(1));
        let positional = || self.nth_child(call, Role::Arg, position);
        let known = if args.any(starred) { None } else { positional() };
        known.or_else(|| self.keyword(call, name))
    }

    /// The value of a call's keyword argument.
    pub fn keyword(&self, call: NodeId, name: &str) -> Option<NodeId> {
        self.children_in(call, Role::Keyword).find_map(|keyword| match self.kind(keyword) {
            Kind::KeywordArg { name: Some(known) } if self.text(*known) == name => {
                self.child(keyword, Role::Value)
            }
            _ => None,
        })
    }
}
