//! A cell's syntax as a flat list of nodes with parents, so that walking it needs no recursion
//! and every rule can ask what surrounds an expression.

mod arguments;
mod around;
mod children;

use hashbrown::HashMap;
use std::sync::OnceLock;

use super::detail::Detail;
use crate::text::{LineTable, Position, TextRange};

/// A node of one [`Tree`]. Parents come before their children, children stand in source order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// The node's place in [`Tree::all`], from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The place of a node in its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A statement of the cell itself.
    Top,
    Body,
    Else,
    Handler,
    Finally,
    /// `if`, `while`, `assert`, the condition of `a if b else c`.
    Test,
    /// What an assignment, `for`, `with … as`, `except … as` or `:=` binds.
    Target,
    /// What a `for` or a comprehension runs over.
    Iter,
    /// The value of an assignment, `return`, `await`, attribute access, expression statement …
    Value,
    Func,
    Arg,
    Keyword,
    Decorator,
    Param,
    Default,
    Annotation,
    Base,
    /// The context manager of a `with`.
    Context,
    /// An element of a list, tuple, set, dict or comprehension.
    Element,
    /// A `for … in … if …` of a comprehension.
    Clause,
    Operand,
    Index,
    /// An interpolation of an f-string.
    Part,
    Other,
}

/// How a name is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameUse {
    Load,
    Store,
    Delete,
}

/// What a comprehension builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Builds {
    List,
    Set,
    Dict,
    Generator,
}

/// `module.name as alias`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedName {
    pub name: TextRange,
    pub alias: Option<TextRange>,
}

/// What a node is. Ranges of names are bytes of the cell's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    // Statements.
    FunctionDef {
        name: TextRange,
        is_async: bool,
    },
    ClassDef {
        name: TextRange,
    },
    Return,
    Delete,
    Assign,
    AugAssign,
    AnnAssign,
    TypeAlias,
    For {
        is_async: bool,
    },
    While,
    If,
    With {
        is_async: bool,
    },
    WithItem,
    Match,
    Case,
    Raise,
    Try,
    Handler {
        name: Option<TextRange>,
    },
    Assert,
    Import {
        names: Vec<ImportedName>,
    },
    ImportFrom {
        module: Option<TextRange>,
        level: u32,
        names: Vec<ImportedName>,
    },
    Global {
        names: Vec<TextRange>,
    },
    Nonlocal {
        names: Vec<TextRange>,
    },
    Expression,
    /// `pass`, `break`, `continue`.
    Simple,
    /// `%magic`, `!shell`, `?help`: a statement, or the value of an assignment. A line magic
    /// that holds Python (`%time f()`) has that code as its children in role `Body`.
    Escape {
        sigil: char,
        name: TextRange,
    },
    // Expressions.
    Name {
        used: NameUse,
    },
    Attribute {
        name: TextRange,
    },
    Call,
    /// `name=value` in a call; `**value` has no name.
    KeywordArg {
        name: Option<TextRange>,
    },
    Await,
    Lambda,
    Param {
        name: TextRange,
    },
    Comprehension {
        builds: Builds,
        parenthesized: bool,
    },
    Clause {
        is_async: bool,
    },
    Starred,
    Named,
    Yield,
    Str,
    Bytes,
    Number,
    True,
    False,
    None,
    Ellipsis,
    FString,
    BinOp,
    Not,
    Unary,
    BoolOp,
    Compare,
    IfExp,
    Dict,
    List,
    Set,
    Tuple {
        parenthesized: bool,
    },
    Subscript,
    Slice,
    /// Nested too deeply to look into, or a construct that matters to no rule.
    Opaque,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub kind: Kind,
    pub detail: Detail,
    pub range: TextRange,
    pub role: Role,
    pub parent: Option<NodeId>,
    /// One past the last descendant.
    pub end: u32,
    /// Whether its children are listed in [`Tree::wide`].
    pub is_wide: bool,
}

/// The syntax of one cell and the text it was read from.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    pub(super) source: Box<str>,
    pub(super) nodes: Vec<Node>,
    /// The children of the nodes that have many, by their role.
    wide: HashMap<(NodeId, Role), Vec<NodeId>>,
    /// The statements of the cell itself.
    top: Vec<NodeId>,
    lines: OnceLock<LineTable>,
}

static OPAQUE: Kind = Kind::Opaque;

#[allow(clippy::len_without_is_empty)]
impl Kind {
    /// Whether it suspends what runs it: an `await`, `async for` or `async with`.
    pub fn suspends(&self) -> bool {
        matches!(
            self,
            Self::Await
                | Self::For { is_async: true }
                | Self::With { is_async: true }
                | Self::Clause { is_async: true }
        )
    }
}

impl Tree {
    /// A tree without nodes.
    pub(super) fn of(source: &str) -> Self {
        Self { source: source.into(), ..Self::default() }
    }

    /// The cell's source.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text of `range`.
    pub fn text(&self, range: TextRange) -> &str {
        range.slice(&self.source)
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    pub fn kind(&self, id: NodeId) -> &Kind {
        self.node(id).map_or(&OPAQUE, |node| &node.kind)
    }

    /// What the kind of a node leaves open.
    pub fn detail(&self, id: NodeId) -> Detail {
        self.node(id).map_or(Detail::Plain, |node| node.detail)
    }

    pub fn range(&self, id: NodeId) -> TextRange {
        self.node(id).map_or(TextRange::default(), |node| node.range)
    }

    pub fn role(&self, id: NodeId) -> Role {
        self.node(id).map_or(Role::Other, |node| node.role)
    }

    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id)?.parent
    }

    /// The source text of a node.
    pub fn source_of(&self, id: NodeId) -> &str {
        self.text(self.range(id))
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is nothing in the cell.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All nodes, in source order.
    pub fn all(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// Everything below `id`, without `id`, in source order.
    pub fn descendants(&self, id: NodeId) -> impl Iterator<Item = NodeId> + use<> {
        (id.0 + 1..self.node(id).map_or(0, |node| node.end)).map(NodeId)
    }

    /// The cell's own statements.
    pub fn statements(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.top.iter().copied()
    }

    /// The last of the cell's own statements.
    pub fn last_statement(&self) -> Option<NodeId> {
        self.top.last().copied()
    }

    /// The line and the column of a byte of the cell's source.
    pub fn position(&self, offset: usize) -> Position {
        self.lines().position(&self.source, offset)
    }

    /// The lines of the cell's source.
    pub fn lines(&self) -> &LineTable {
        self.lines.get_or_init(|| LineTable::of(&self.source))
    }

    /// Parent, grandparent and so on.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |node| self.parent(*node))
    }

    /// Whether `inner` is `outer` or lies below it.
    pub fn is_within(&self, inner: NodeId, outer: NodeId) -> bool {
        inner.0 >= outer.0 && self.node(outer).is_some_and(|node| inner.0 < node.end)
    }

    /// The innermost statement that holds `id`, or `id` when it is one.
    pub fn statement_of(&self, id: NodeId) -> NodeId {
        std::iter::once(id)
            .chain(self.ancestors(id))
            .find(|node| self.is_statement(*node))
            .unwrap_or(id)
    }

    /// The identifier of a `Name` node.
    pub fn name(&self, id: NodeId) -> Option<&str> {
        matches!(self.kind(id), Kind::Name { .. }).then(|| self.source_of(id))
    }

    /// Whether `id` is a statement.
    pub fn is_statement(&self, id: NodeId) -> bool {
        use Kind::*;
        match self.kind(id) {
            FunctionDef { .. }
            | ClassDef { .. }
            | Return
            | Delete
            | Assign
            | AugAssign
            | AnnAssign
            | TypeAlias
            | For { .. }
            | While
            | If
            | With { .. }
            | Match
            | Raise
            | Try
            | Assert
            | Import { .. }
            | ImportFrom { .. }
            | Global { .. }
            | Nonlocal { .. }
            | Expression
            | Simple => true,
            Escape { .. } | Opaque => {
                matches!(self.role(id), Role::Top | Role::Body | Role::Else | Role::Finally)
            }
            _ => false,
        }
    }

    /// The text between the quotes of a plain string literal; `None` for anything else, and for
    /// strings with escapes or prefixes, whose value is not their text.
    pub fn string(&self, id: NodeId) -> Option<&str> {
        if !matches!(self.kind(id), Kind::Str) {
            return None;
        }
        let text = self.source_of(id);
        let inner = ["\"\"\"", "'''", "\"", "'"]
            .iter()
            .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))?;
        (!inner.contains(['\\', '"', '\''])).then_some(inner)
    }
}
