//! Turns the parser's expressions, parameters and patterns into the flat tree.

use ruff_python_ast::{self as ast, Expr, ExprContext};
use ruff_text_size::Ranged;

use super::detail::Detail;
use super::lower::Lowering;
use super::tree::{Builds, Kind, NameUse, NodeId, Role};
use crate::text::TextRange;

/// The parser's range as ours.
pub(super) fn range_of(range: ruff_text_size::TextRange) -> TextRange {
    TextRange::new(range.start().to_usize(), range.end().to_usize())
}

impl Lowering {
    pub fn optional(&mut self, expression: Option<&Expr>, parent: NodeId, role: Role) {
        if let Some(expression) = expression {
            self.expression(expression, parent, role);
        }
    }

    pub fn expressions(&mut self, all: &[Expr], parent: NodeId, role: Role) {
        for expression in all {
            self.expression(expression, parent, role);
        }
    }

    pub fn expression(&mut self, expression: &Expr, parent: NodeId, role: Role) {
        let range = range_of(expression.range());
        let kind = expression_kind(&self.tree.source, expression);
        let id = self.node(kind, range, Some(parent), role, |this, id| this.below(expression, id));
        self.detail(id, expression_detail(expression));
    }

    /// What stands below an expression, in source order.
    fn below(&mut self, expression: &Expr, id: NodeId) {
        match expression {
            Expr::Call(it) => self.call(it, id),
            Expr::Attribute(it) => self.expression(&it.value, id, Role::Value),
            Expr::Await(it) => self.expression(&it.value, id, Role::Value),
            Expr::Starred(it) => self.expression(&it.value, id, Role::Value),
            Expr::YieldFrom(it) => self.expression(&it.value, id, Role::Value),
            Expr::Yield(it) => self.optional(it.value.as_deref(), id, Role::Value),
            Expr::Named(it) => {
                self.expression(&it.target, id, Role::Target);
                self.expression(&it.value, id, Role::Value);
            }
            Expr::Lambda(it) => {
                if let Some(parameters) = &it.parameters {
                    self.parameters(parameters, id);
                }
                self.expression(&it.body, id, Role::Body);
            }
            Expr::Subscript(it) => {
                self.expression(&it.value, id, Role::Value);
                self.expression(&it.slice, id, Role::Index);
            }
            Expr::Slice(it) => {
                for part in [&it.lower, &it.upper, &it.step] {
                    self.optional(part.as_deref(), id, Role::Operand);
                }
            }
            Expr::If(it) => {
                self.expression(&it.body, id, Role::Body);
                self.expression(&it.test, id, Role::Test);
                self.expression(&it.orelse, id, Role::Else);
            }
            Expr::FString(it) => self.f_string(it, id),
            Expr::IpyEscapeCommand(it) => self.escape(range_of(it.range()), id),
            Expr::TString(it) => {
                for part in it.value.iter() {
                    self.elements(&part.elements, id);
                }
            }
            _ => self.below_collection(expression, id),
        }
    }

    fn below_collection(&mut self, expression: &Expr, id: NodeId) {
        match expression {
            Expr::BoolOp(it) => self.expressions(&it.values, id, Role::Operand),
            Expr::BinOp(it) => {
                self.expression(&it.left, id, Role::Operand);
                self.expression(&it.right, id, Role::Operand);
            }
            Expr::UnaryOp(it) => self.expression(&it.operand, id, Role::Operand),
            Expr::Compare(it) => {
                self.expression(&it.left, id, Role::Operand);
                self.expressions(&it.comparators, id, Role::Operand);
            }
            Expr::List(it) => self.expressions(&it.elts, id, Role::Element),
            Expr::Tuple(it) => self.expressions(&it.elts, id, Role::Element),
            Expr::Set(it) => self.expressions(&it.elts, id, Role::Element),
            Expr::Dict(it) => {
                for item in &it.items {
                    self.optional(item.key.as_ref(), id, Role::Index);
                    let value = NodeId(self.tree.nodes.len() as u32);
                    self.expression(&item.value, id, Role::Element);
                    if item.key.is_none() {
                        self.detail(value, Detail::Spread);
                    }
                }
            }
            Expr::ListComp(it) => self.comprehension(&[&it.elt], &it.generators, id),
            Expr::SetComp(it) => self.comprehension(&[&it.elt], &it.generators, id),
            Expr::Generator(it) => self.comprehension(&[&it.elt], &it.generators, id),
            Expr::DictComp(it) => {
                let key = it.key.as_deref();
                let elements: Vec<&Expr> = key.into_iter().chain([&*it.value]).collect();
                self.comprehension(&elements, &it.generators, id);
            }
            _ => {}
        }
    }

    fn call(&mut self, call: &ast::ExprCall, id: NodeId) {
        self.expression(&call.func, id, Role::Func);
        for argument in call.arguments.iter_source_order() {
            match argument {
                ast::ArgOrKeyword::Arg(value) => self.expression(value, id, Role::Arg),
                ast::ArgOrKeyword::Keyword(keyword) => self.keyword(keyword, id),
            }
        }
    }

    /// `name=value` of a call or of a class.
    pub(super) fn keyword(&mut self, keyword: &ast::Keyword, id: NodeId) {
        let name = keyword.arg.as_ref().map(|name| range_of(name.range()));
        let range = range_of(keyword.range());
        self.node(Kind::KeywordArg { name }, range, Some(id), Role::Keyword, |this, argument| {
            this.expression(&keyword.value, argument, Role::Value);
        });
    }

    fn comprehension(&mut self, elements: &[&Expr], clauses: &[ast::Comprehension], id: NodeId) {
        for element in elements {
            self.expression(element, id, Role::Element);
        }
        for clause in clauses {
            let kind = Kind::Clause { is_async: clause.is_async };
            let range = range_of(clause.range());
            self.node(kind, range, Some(id), Role::Clause, |this, id| {
                this.expression(&clause.target, id, Role::Target);
                this.expression(&clause.iter, id, Role::Iter);
                this.expressions(&clause.ifs, id, Role::Test);
            });
        }
    }

    fn f_string(&mut self, string: &ast::ExprFString, id: NodeId) {
        for part in string.value.iter() {
            if let ast::FStringPart::FString(part) = part {
                self.elements(&part.elements, id);
            }
        }
    }

    fn elements(&mut self, elements: &ast::InterpolatedStringElements, id: NodeId) {
        for element in elements {
            if let ast::InterpolatedStringElement::Interpolation(element) = element {
                self.expression(&element.expression, id, Role::Part);
                if let Some(spec) = &element.format_spec {
                    self.elements(&spec.elements, id);
                }
            }
        }
    }

    pub fn parameters(&mut self, parameters: &ast::Parameters, parent: NodeId) {
        let groups = [
            (&parameters.posonlyargs, Detail::PositionalOnly),
            (&parameters.args, Detail::Plain),
            (&parameters.kwonlyargs, Detail::KeywordOnly),
        ];
        for (group, passing) in groups {
            if passing == Detail::KeywordOnly {
                self.variadic(parameters.vararg.as_deref(), parent, Detail::Positionals);
            }
            for it in group {
                self.parameter(&it.parameter, it.default.as_deref(), parent, passing);
            }
        }
        self.variadic(parameters.kwarg.as_deref(), parent, Detail::Keywords);
    }

    fn variadic(&mut self, parameter: Option<&ast::Parameter>, parent: NodeId, passing: Detail) {
        if let Some(parameter) = parameter {
            self.parameter(parameter, None, parent, passing);
        }
    }

    fn parameter(
        &mut self,
        parameter: &ast::Parameter,
        default: Option<&Expr>,
        parent: NodeId,
        passing: Detail,
    ) {
        let name = range_of(parameter.name.range());
        let kind = Kind::Param { name };
        let range = range_of(parameter.range());
        let id = self.node(kind, range, Some(parent), Role::Param, |this, id| {
            this.optional(parameter.annotation(), id, Role::Annotation);
            this.optional(default, id, Role::Default);
        });
        self.detail(id, passing);
    }

    /// A `case` pattern: what it compares with and the names it binds.
    pub fn pattern(&mut self, pattern: &ast::Pattern, parent: NodeId) {
        match pattern {
            ast::Pattern::MatchValue(it) => self.expression(&it.value, parent, Role::Operand),
            ast::Pattern::MatchSingleton(_) => {}
            ast::Pattern::MatchSequence(it) => self.patterns(&it.patterns, parent),
            ast::Pattern::MatchOr(it) => self.patterns(&it.patterns, parent),
            ast::Pattern::MatchMapping(it) => {
                self.expressions(&it.keys, parent, Role::Operand);
                self.patterns(&it.patterns, parent);
                self.bound(it.rest.as_ref(), parent);
            }
            ast::Pattern::MatchClass(it) => {
                self.expression(&it.cls, parent, Role::Operand);
                self.patterns(&it.arguments.patterns, parent);
                for keyword in &it.arguments.keywords {
                    self.pattern(&keyword.pattern, parent);
                }
            }
            ast::Pattern::MatchStar(it) => self.bound(it.name.as_ref(), parent),
            ast::Pattern::MatchAs(it) => {
                if let Some(pattern) = &it.pattern {
                    self.pattern(pattern, parent);
                }
                self.bound(it.name.as_ref(), parent);
            }
        }
    }

    fn patterns(&mut self, patterns: &[ast::Pattern], parent: NodeId) {
        for pattern in patterns {
            self.pattern(pattern, parent);
        }
    }

    fn bound(&mut self, name: Option<&ast::Identifier>, parent: NodeId) {
        if let Some(name) = name {
            let kind = Kind::Name { used: NameUse::Store };
            self.node(kind, range_of(name.range()), Some(parent), Role::Target, |_, _| {});
        }
    }
}

fn expression_kind(source: &str, expression: &Expr) -> Kind {
    match expression {
        Expr::BoolOp(_) => Kind::BoolOp,
        Expr::Named(_) => Kind::Named,
        Expr::BinOp(_) => Kind::BinOp,
        Expr::UnaryOp(it) if it.op == ast::UnaryOp::Not => Kind::Not,
        Expr::UnaryOp(_) => Kind::Unary,
        Expr::Lambda(_) => Kind::Lambda,
        Expr::If(_) => Kind::IfExp,
        Expr::Dict(_) => Kind::Dict,
        Expr::Set(_) => Kind::Set,
        Expr::ListComp(_) => comprehension(Builds::List, true),
        Expr::SetComp(_) => comprehension(Builds::Set, true),
        Expr::DictComp(_) => comprehension(Builds::Dict, true),
        Expr::Generator(it) => comprehension(Builds::Generator, it.parenthesized),
        Expr::Await(_) => Kind::Await,
        Expr::Yield(_) | Expr::YieldFrom(_) => Kind::Yield,
        Expr::Compare(_) => Kind::Compare,
        Expr::Call(_) => Kind::Call,
        Expr::FString(_) | Expr::TString(_) => Kind::FString,
        Expr::StringLiteral(_) => Kind::Str,
        Expr::BytesLiteral(_) => Kind::Bytes,
        Expr::NumberLiteral(_) => Kind::Number,
        Expr::BooleanLiteral(it) if it.value => Kind::True,
        Expr::BooleanLiteral(_) => Kind::False,
        Expr::NoneLiteral(_) => Kind::None,
        Expr::EllipsisLiteral(_) => Kind::Ellipsis,
        Expr::Attribute(it) => Kind::Attribute { name: range_of(it.attr.range()) },
        Expr::Subscript(_) => Kind::Subscript,
        Expr::Starred(_) => Kind::Starred,
        Expr::Name(it) => Kind::Name {
            used: match it.ctx {
                ExprContext::Store => NameUse::Store,
                ExprContext::Del => NameUse::Delete,
                ExprContext::Load | ExprContext::Invalid => NameUse::Load,
            },
        },
        Expr::List(_) => Kind::List,
        Expr::Tuple(it) => Kind::Tuple { parenthesized: it.parenthesized },
        Expr::Slice(_) => Kind::Slice,
        Expr::IpyEscapeCommand(it) => super::magic::escape(source, range_of(it.range()), it.kind),
    }
}

fn expression_detail(expression: &Expr) -> Detail {
    match expression {
        Expr::BoolOp(it) if it.op == ast::BoolOp::And => Detail::And,
        Expr::BoolOp(_) => Detail::Or,
        Expr::BinOp(it) => operator(it.op),
        Expr::UnaryOp(it) if it.op == ast::UnaryOp::USub => Detail::Minus,
        Expr::YieldFrom(_) => Detail::From,
        Expr::Compare(it) => match &*it.ops {
            [op] => comparison(*op),
            _ => Detail::Chained,
        },
        _ => Detail::Plain,
    }
}

/// The operators whose outcome can be told from their operands.
pub(super) fn operator(op: ast::Operator) -> Detail {
    match op {
        ast::Operator::Add => Detail::Plus,
        ast::Operator::Sub => Detail::Minus,
        ast::Operator::Mod => Detail::Remainder,
        ast::Operator::Mult => Detail::Times,
        ast::Operator::Pow => Detail::Power,
        ast::Operator::Div | ast::Operator::FloorDiv => Detail::Divided,
        _ => Detail::Plain,
    }
}

fn comparison(op: ast::CmpOp) -> Detail {
    match op {
        ast::CmpOp::Eq => Detail::Equal,
        ast::CmpOp::NotEq => Detail::NotEqual,
        ast::CmpOp::Is => Detail::Is,
        ast::CmpOp::IsNot => Detail::IsNot,
        ast::CmpOp::In => Detail::In,
        ast::CmpOp::NotIn => Detail::NotIn,
        ast::CmpOp::Lt => Detail::Less,
        ast::CmpOp::LtE => Detail::LessOrEqual,
        ast::CmpOp::Gt => Detail::Greater,
        ast::CmpOp::GtE => Detail::GreaterOrEqual,
    }
}

fn comprehension(builds: Builds, parenthesized: bool) -> Kind {
    Kind::Comprehension { builds, parenthesized }
}
