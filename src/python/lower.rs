//! Turns the parser's statements into the flat [`Tree`].

use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::Ranged;

use super::detail::Detail;
use super::lower_expression::{operator, range_of};
use super::tree::{ImportedName, Kind, Node, NodeId, Role, Tree};
use crate::text::TextRange;

/// Deeper nesting than any person writes; what lies below is not looked into.
const DEEPEST: usize = 400;

/// A tree being built.
pub(super) struct Lowering {
    pub tree: Tree,
    depth: usize,
    /// Whether the cap was met, so that the parser's own tree is deep as well.
    pub too_deep: bool,
}

impl Lowering {
    pub fn new(source: &str) -> Self {
        Self { tree: Tree::of(source), depth: 0, too_deep: false }
    }

    /// The tree, when everything is in it.
    pub fn finish(mut self) -> Tree {
        self.tree.finish();
        self.tree
    }

    /// Adds a node, lets `children` add what is below it, and closes it.
    pub fn node(
        &mut self,
        kind: Kind,
        range: TextRange,
        parent: Option<NodeId>,
        role: Role,
        children: impl FnOnce(&mut Self, NodeId),
    ) -> NodeId {
        let id = NodeId(self.tree.nodes.len() as u32);
        let deep = self.depth >= DEEPEST;
        self.too_deep |= deep;
        let kind = if deep { Kind::Opaque } else { kind };
        let detail = Detail::Plain;
        let end = id.0 + 1;
        self.tree.nodes.push(Node { kind, detail, range, role, parent, end, is_wide: false });
        if !deep {
            self.depth += 1;
            // The frames of a debug build are large; the stack grows where it must.
            stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || children(self, id));
            self.depth -= 1;
        }
        let end = self.tree.nodes.len() as u32;
        if let Some(node) = self.tree.nodes.get_mut(id.0 as usize) {
            node.end = end;
        }
        id
    }

    /// Says what the kind of `id` leaves open.
    pub fn detail(&mut self, id: NodeId, detail: Detail) {
        if let Some(node) = self.tree.nodes.get_mut(id.0 as usize) {
            node.detail = detail;
        }
    }

    pub fn statements(&mut self, body: &[Stmt], parent: Option<NodeId>, role: Role) {
        for statement in body {
            self.statement(statement, parent, role);
        }
    }

    fn statement(&mut self, statement: &Stmt, parent: Option<NodeId>, role: Role) {
        let range = range_of(statement.range());
        let kind = statement_kind(&self.tree.source, statement);
        let id = self.node(kind, range, parent, role, |this, id| this.inside(statement, id));
        self.detail(id, statement_detail(statement));
    }

    /// What stands below a statement, in source order.
    fn inside(&mut self, statement: &Stmt, id: NodeId) {
        match statement {
            Stmt::FunctionDef(def) => self.function(def, id),
            Stmt::ClassDef(def) => self.class(def, id),
            Stmt::Return(it) => self.optional(it.value.as_deref(), id, Role::Value),
            Stmt::Delete(it) => self.expressions(&it.targets, id, Role::Target),
            Stmt::TypeAlias(it) => self.expression(&it.name, id, Role::Target),
            Stmt::Assign(it) => {
                self.expressions(&it.targets, id, Role::Target);
                self.expression(&it.value, id, Role::Value);
            }
            Stmt::AugAssign(it) => {
                self.expression(&it.target, id, Role::Target);
                self.expression(&it.value, id, Role::Value);
            }
            Stmt::AnnAssign(it) => {
                self.expression(&it.target, id, Role::Target);
                self.expression(&it.annotation, id, Role::Annotation);
                self.optional(it.value.as_deref(), id, Role::Value);
            }
            Stmt::Expr(it) => self.expression(&it.value, id, Role::Value),
            Stmt::Assert(it) => {
                self.expression(&it.test, id, Role::Test);
                self.optional(it.msg.as_deref(), id, Role::Value);
            }
            Stmt::Raise(it) => {
                self.optional(it.exc.as_deref(), id, Role::Value);
                self.optional(it.cause.as_deref(), id, Role::Other);
            }
            _ => self.inside_block(statement, id),
        }
    }

    fn inside_block(&mut self, statement: &Stmt, id: NodeId) {
        match statement {
            Stmt::For(it) => {
                self.expression(&it.target, id, Role::Target);
                self.expression(&it.iter, id, Role::Iter);
                self.statements(&it.body, Some(id), Role::Body);
                self.statements(&it.orelse, Some(id), Role::Else);
            }
            Stmt::While(it) => {
                self.expression(&it.test, id, Role::Test);
                self.statements(&it.body, Some(id), Role::Body);
                self.statements(&it.orelse, Some(id), Role::Else);
            }
            Stmt::If(it) => {
                self.expression(&it.test, id, Role::Test);
                self.statements(&it.body, Some(id), Role::Body);
                self.elif(&it.elif_else_clauses, id);
            }
            Stmt::With(it) => {
                for item in &it.items {
                    self.with_item(item, id);
                }
                self.statements(&it.body, Some(id), Role::Body);
            }
            Stmt::Match(it) => {
                self.expression(&it.subject, id, Role::Value);
                for case in &it.cases {
                    self.case(case, id);
                }
            }
            Stmt::Try(it) => {
                self.statements(&it.body, Some(id), Role::Body);
                for ast::ExceptHandler::ExceptHandler(handler) in &it.handlers {
                    self.handler(handler, id);
                }
                self.statements(&it.orelse, Some(id), Role::Else);
                self.statements(&it.finalbody, Some(id), Role::Finally);
            }
            Stmt::IpyEscapeCommand(it) => self.escape(range_of(it.range()), id),
            _ => {}
        }
    }

    /// The Python that a line magic such as `%time` runs.
    pub fn escape(&mut self, range: TextRange, id: NodeId) {
        let (_, Some(code)) = super::magic::line_magic(&self.tree.source, range) else { return };
        if let Some(parsed) = super::parse_fragment(&self.tree.source, code) {
            self.statements(parsed.suite(), Some(id), Role::Body);
        }
    }

    fn function(&mut self, def: &ast::StmtFunctionDef, id: NodeId) {
        self.decorators(&def.decorator_list, id);
        self.parameters(&def.parameters, id);
        self.optional(def.returns.as_deref(), id, Role::Annotation);
        self.statements(&def.body, Some(id), Role::Body);
    }

    fn class(&mut self, def: &ast::StmtClassDef, id: NodeId) {
        self.decorators(&def.decorator_list, id);
        if let Some(arguments) = &def.arguments {
            self.expressions(&arguments.args, id, Role::Base);
            for keyword in &arguments.keywords {
                self.keyword(keyword, id);
            }
        }
        self.statements(&def.body, Some(id), Role::Body);
    }

    fn decorators(&mut self, decorators: &[ast::Decorator], id: NodeId) {
        for decorator in decorators {
            self.expression(&decorator.expression, id, Role::Decorator);
        }
    }

    /// `elif` reads as an `if` in the `else`.
    fn elif(&mut self, clauses: &[ast::ElifElseClause], parent: NodeId) {
        let Some((first, rest)) = clauses.split_first() else { return };
        let Some(test) = &first.test else {
            return self.statements(&first.body, Some(parent), Role::Else);
        };
        let end = rest.last().map_or(first.range(), Ranged::range).end();
        let range = TextRange::new(first.range().start().to_usize(), end.to_usize());
        self.node(Kind::If, range, Some(parent), Role::Else, |this, id| {
            this.expression(test, id, Role::Test);
            this.statements(&first.body, Some(id), Role::Body);
            this.elif(rest, id);
        });
    }

    fn with_item(&mut self, item: &ast::WithItem, parent: NodeId) {
        let range = range_of(item.range());
        self.node(Kind::WithItem, range, Some(parent), Role::Context, |this, id| {
            this.expression(&item.context_expr, id, Role::Context);
            this.optional(item.optional_vars.as_deref(), id, Role::Target);
        });
    }

    fn case(&mut self, case: &ast::MatchCase, parent: NodeId) {
        self.node(Kind::Case, range_of(case.range()), Some(parent), Role::Body, |this, id| {
            this.pattern(&case.pattern, id);
            this.optional(case.guard.as_deref(), id, Role::Test);
            this.statements(&case.body, Some(id), Role::Body);
            if case.pattern.is_irrefutable() {
                this.detail(id, Detail::Irrefutable);
            }
        });
    }

    fn handler(&mut self, handler: &ast::ExceptHandlerExceptHandler, parent: NodeId) {
        let name = handler.name.as_ref().map(|name| range_of(name.range()));
        let range = range_of(handler.range());
        self.node(Kind::Handler { name }, range, Some(parent), Role::Handler, |this, id| {
            this.optional(handler.type_.as_deref(), id, Role::Test);
            this.statements(&handler.body, Some(id), Role::Body);
        });
    }
}

fn statement_kind(source: &str, statement: &Stmt) -> Kind {
    match statement {
        Stmt::FunctionDef(it) => {
            Kind::FunctionDef { name: range_of(it.name.range()), is_async: it.is_async }
        }
        Stmt::ClassDef(it) => Kind::ClassDef { name: range_of(it.name.range()) },
        Stmt::Return(_) => Kind::Return,
        Stmt::Delete(_) => Kind::Delete,
        Stmt::TypeAlias(_) => Kind::TypeAlias,
        Stmt::Assign(_) => Kind::Assign,
        Stmt::AugAssign(_) => Kind::AugAssign,
        Stmt::AnnAssign(_) => Kind::AnnAssign,
        Stmt::For(it) => Kind::For { is_async: it.is_async },
        Stmt::While(_) => Kind::While,
        Stmt::If(_) => Kind::If,
        Stmt::With(it) => Kind::With { is_async: it.is_async },
        Stmt::Match(_) => Kind::Match,
        Stmt::Raise(_) => Kind::Raise,
        Stmt::Try(_) => Kind::Try,
        Stmt::Assert(_) => Kind::Assert,
        Stmt::Import(it) => Kind::Import { names: imported(&it.names) },
        Stmt::ImportFrom(it) => Kind::ImportFrom {
            module: it.module.as_ref().map(|module| range_of(module.range())),
            level: it.level,
            names: imported(&it.names),
        },
        Stmt::Global(it) => Kind::Global { names: identifiers(&it.names) },
        Stmt::Nonlocal(it) => Kind::Nonlocal { names: identifiers(&it.names) },
        Stmt::Expr(_) => Kind::Expression,
        Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => Kind::Simple,
        Stmt::IpyEscapeCommand(it) => super::magic::escape(source, range_of(it.range()), it.kind),
    }
}

fn statement_detail(statement: &Stmt) -> Detail {
    match statement {
        Stmt::Break(_) => Detail::Break,
        Stmt::Continue(_) => Detail::Continue,
        Stmt::Try(it) if it.is_star => Detail::Star,
        Stmt::AugAssign(it) => operator(it.op),
        _ => Detail::Plain,
    }
}

fn imported(names: &[ast::Alias]) -> Vec<ImportedName> {
    let alias = |alias: &ast::Alias| ImportedName {
        name: range_of(alias.name.range()),
        alias: alias.asname.as_ref().map(|name| range_of(name.range())),
    };
    names.iter().map(alias).collect()
}

fn identifiers(names: &[ast::Identifier]) -> Vec<TextRange> {
    names.iter().map(|name| range_of(name.range())).collect()
}
