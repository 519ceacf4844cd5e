//! Whole numbers and lengths that a notebook spells out.

use super::scope::How;
use super::{Facts, Site};
use crate::python::{Builds, Kind, NameUse, Role};

/// Names lead to values that lead to names; no notebook goes deeper.
const DEEPEST: usize = 6;

impl Facts<'_> {
    /// The whole number that the expression at `site` stands for: `1_000`, `10**6`, `N` bound once.
    /// A parameter or loop variable counts as the largest number that the notebook gives it.
    pub fn integer(&self, site: Site) -> Option<i64> {
        self.integer_at(site, DEEPEST)
    }

    fn integer_at(&self, site: Site, depth: usize) -> Option<i64> {
        let depth = depth.checked_sub(1)?;
        match self.kind(site) {
            Kind::Number => literal(self.source_of(site)),
            Kind::Name { used: NameUse::Load } => match self.only_value(site) {
                Some(value) => self.integer_at(value, depth),
                None => self.largest_given(site, depth),
            },
            Kind::BinOp => {
                let operands: Vec<Site> = self.children_in(site, Role::Operand).collect();
                let [left, right] = operands.as_slice() else { return None };
                let (a, b) = (self.integer_at(*left, depth)?, self.integer_at(*right, depth)?);
                match self.operator(*left, *right)? {
                    "+" => a.checked_add(b),
                    "-" => a.checked_sub(b),
                    "*" => a.checked_mul(b),
                    "**" => a.checked_pow(u32::try_from(b).ok()?),
                    "//" => a.checked_div_euclid(b),
                    _ => None,
                }
            }
            Kind::Call => match self.path_of_call(site)?.as_str() {
                "builtins.int" => self.integer_at(self.argument(site, 0, "")?, depth),
                "builtins.len" => self.length_at(self.argument(site, 0, "")?, depth),
                _ => None,
            },
            _ => None,
        }
    }

    /// The largest number that a call gives to the parameter, or a list to the loop variable, at
    /// `name`.
    fn largest_given(&self, name: Site, depth: usize) -> Option<i64> {
        let bindings = self.bindings(name);
        let [(cell, binding)] = bindings.as_slice() else { return None };
        let at = |node| Site { cell: *cell, node };
        let param = match binding.how {
            How::Param(param) => at(param),
            How::Iterate(iterable) => return self.largest_item(at(iterable), depth),
            _ => return None,
        };
        let def = self.parent(param)?;
        let id = self.function_at(def)?;
        let bound = usize::from(self.function(id)?.class.is_some());
        let at = self.tree(param.cell).place(param.node)?;
        let at = at.checked_sub(bound)?;
        let given = self.calls_of(id).filter_map(|call| {
            let argument = self.argument(call.site, at, self.source_of(name));
            self.integer_at(argument.or_else(|| self.child(param, Role::Default))?, depth)
        });
        given.max()
    }

    /// The largest number of a list display that a loop variable runs over.
    fn largest_item(&self, iterable: Site, depth: usize) -> Option<i64> {
        let list = match self.kind(iterable) {
            Kind::Name { .. } => self.only_value(iterable)?,
            _ => iterable,
        };
        let is_list = matches!(self.kind(list), Kind::List | Kind::Tuple { .. });
        let items = self.children_in(list, Role::Element).filter(|_| is_list);
        items.filter_map(|item| self.integer_at(item, depth)).max()
    }

    /// The operator between two operands.
    fn operator(&self, left: Site, right: Site) -> Option<&str> {
        let source = self.tree(left.cell).source();
        let between = source.get(self.range(left).end..self.range(right).start)?;
        Some(between.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '\\')))
    }

    /// How many items the expression at `site` gives when it is iterated.
    pub fn length(&self, site: Site) -> Option<i64> {
        self.length_at(site, DEEPEST)
    }

    fn length_at(&self, site: Site, depth: usize) -> Option<i64> {
        let depth = depth.checked_sub(1)?;
        match self.kind(site) {
            Kind::List | Kind::Tuple { .. } | Kind::Set => {
                let elements: Vec<Site> = self.children_in(site, Role::Element).collect();
                let starred = elements.iter().any(|it| matches!(self.kind(*it), Kind::Starred));
                if starred { None } else { i64::try_from(elements.len()).ok() }
            }
            Kind::Comprehension { builds: Builds::List | Builds::Generator, .. } => {
                self.turns_of_comprehension(site, depth)
            }
            Kind::BinOp => {
                let operands: Vec<Site> = self.children_in(site, Role::Operand).collect();
                let [left, right] = operands.as_slice() else { return None };
                match self.operator(*left, *right)? {
                    "*" => {
                        self.length_at(*left, depth)?.checked_mul(self.integer_at(*right, depth)?)
                    }
                    "+" => {
                        self.length_at(*left, depth)?.checked_add(self.length_at(*right, depth)?)
                    }
                    _ => None,
                }
            }
            Kind::Name { used: NameUse::Load } => self.length_at(self.only_value(site)?, depth),
            Kind::Call => self.length_of_call(site, depth),
            _ => None,
        }
    }

    fn length_of_call(&self, call: Site, depth: usize) -> Option<i64> {
        let first = || self.argument(call, 0, "iterable");
        match self.path_of_call(call)?.as_str() {
            "builtins.range" => self.length_of_range(call, depth),
            "builtins.list" | "builtins.tuple" | "builtins.sorted" | "builtins.reversed"
            | "builtins.enumerate" | "builtins.iter" | "tqdm.tqdm" | "tqdm.auto.tqdm"
            | "tqdm.notebook.tqdm" => self.length_at(first()?, depth),
            _ => None,
        }
    }

    fn length_of_range(&self, call: Site, depth: usize) -> Option<i64> {
        let bounds: Vec<Site> = self.children_in(call, Role::Arg).collect();
        let number = |site: &Site| self.integer_at(*site, depth);
        let (start, stop, step) = match bounds.as_slice() {
            [stop] => (0, number(stop)?, 1),
            [start, stop] => (number(start)?, number(stop)?, 1),
            [start, stop, step] => (number(start)?, number(stop)?, number(step)?),
            _ => return None,
        };
        let span = if step < 0 { start.checked_sub(stop)? } else { stop.checked_sub(start)? };
        let step = step.checked_abs().filter(|step| *step > 0)?;
        Some(span.max(0).checked_add(step - 1)? / step)
    }

    /// The product of all its clauses; those with a condition are not known.
    fn turns_of_comprehension(&self, comprehension: Site, depth: usize) -> Option<i64> {
        let mut total: i64 = 1;
        for clause in self.children_in(comprehension, Role::Clause) {
            if self.child(clause, Role::Test).is_some() {
                return None;
            }
            total = total.checked_mul(self.length_at(self.child(clause, Role::Iter)?, depth)?)?;
        }
        Some(total)
    }

    /// The one value that the notebook gives to the name at `site`.
    pub fn only_value(&self, site: Site) -> Option<Site> {
        let bindings = self.bindings(site);
        let [(cell, binding)] = bindings.as_slice() else { return None };
        let How::Value(value) = binding.how else { return None };
        Some(Site { cell: *cell, node: value })
    }

    /// The path of what a call calls.
    pub fn path_of_call(&self, call: Site) -> Option<String> {
        let func = self.child(call, Role::Func)?;
        self.value(func).path().map(str::to_owned)
    }
}

/// `1_000_000`, `0x10`, `1e6`.
fn literal(text: &str) -> Option<i64> {
    let text = text.replace('_', "").to_ascii_lowercase();
    if let Some(digits) = text.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).ok();
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some(number);
    }
    let number = text.parse::<f64>().ok()?;
    let whole = number.fract() == 0.0 && number.abs() < 9e15;
    whole.then_some(number as i64)
}
