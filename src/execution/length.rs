//! Whole numbers and lengths that a notebook spells out.

use super::bindings::Bindings;
use super::value::{Site, Value};
use crate::python::{Builds, Kind, Role};

/// Names lead to values that lead to names; no notebook goes deeper.
const DEEPEST: usize = 6;

impl Bindings<'_, '_> {
    /// The whole number that an expression stands for, `1_000` or `10**6`: the largest one that it
    /// gives.
    fn integer_at(&self, site: Site, depth: usize) -> Option<i64> {
        let depth = depth.checked_sub(1)?;
        let given = self.run.trace.given(site).into_iter().filter_map(|value| match value {
            Value::Int(number) => Some(number),
            _ => None,
        });
        if let Some(most) = given.max() {
            return Some(most);
        }
        match self.run.kind(site) {
            Kind::Number => literal(self.run.source_of(site)),
            Kind::Name { .. } => self.integer_at(self.only_value(site)?, depth),
            Kind::BinOp => {
                let operands: Vec<Site> = self.run.children_in(site, Role::Operand).collect();
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
            Kind::Call => {
                let argument = self.run.argument(site, 0, "")?;
                match self.run.path_of_call(site)?.as_str() {
                    "builtins.int" => self.integer_at(argument, depth),
                    "builtins.len" => self.length_at(argument, depth),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The operator between two operands.
    fn operator(&self, left: Site, right: Site) -> Option<&str> {
        let source = self.run.tree(left.cell).source();
        let between = source.get(self.run.range(left).end..self.run.range(right).start)?;
        Some(between.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '\\')))
    }

    /// How many items an expression gives when it is iterated.
    pub fn length(&self, site: Site) -> Option<i64> {
        self.length_at(site, DEEPEST)
    }

    fn length_at(&self, site: Site, depth: usize) -> Option<i64> {
        let depth = depth.checked_sub(1)?;
        match self.run.kind(site) {
            Kind::List | Kind::Tuple { .. } | Kind::Set => {
                let is_starred = |it: Site| matches!(self.run.kind(it), Kind::Starred);
                let starred = self.run.children_in(site, Role::Element).any(is_starred);
                let count = self.run.children_in(site, Role::Element).count();
                if starred { None } else { i64::try_from(count).ok() }
            }
            Kind::Comprehension { builds: Builds::List | Builds::Generator, .. } => {
                self.turns_of_clauses(site, depth)
            }
            Kind::BinOp => {
                let operands: Vec<Site> = self.run.children_in(site, Role::Operand).collect();
                let [left, right] = operands.as_slice() else { return None };
                let length = self.length_at(*left, depth)?;
                match self.operator(*left, *right)? {
                    "*" => length.checked_mul(self.integer_at(*right, depth)?),
                    "+" => length.checked_add(self.length_at(*right, depth)?),
                    _ => None,
                }
            }
            Kind::Name { .. } => self.length_at(self.only_value(site)?, depth),
            Kind::Call => match self.run.path_of_call(site)?.as_str() {
                "builtins.range" => self.length_of_range(site, depth),
                "builtins.list" | "builtins.tuple" | "builtins.sorted" | "builtins.reversed"
                | "builtins.enumerate" | "builtins.iter" | "tqdm.tqdm" | "tqdm.auto.tqdm"
                | "tqdm.notebook.tqdm" => {
                    self.length_at(self.run.argument(site, 0, "iterable")?, depth)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn length_of_range(&self, call: Site, depth: usize) -> Option<i64> {
        let bounds: Vec<Site> = self.run.children_in(call, Role::Arg).collect();
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

    /// The product of all clauses of a comprehension; those with a condition are not known.
    fn turns_of_clauses(&self, comprehension: Site, depth: usize) -> Option<i64> {
        let mut total: i64 = 1;
        for clause in self.run.children_in(comprehension, Role::Clause) {
            if self.run.child(clause, Role::Test).is_some() {
                return None;
            }
            let iterable = self.run.child(clause, Role::Iter)?;
            total = total.checked_mul(self.length_at(iterable, depth)?)?;
        }
        Some(total)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execution::given::tests::{last, run_of};

    /// How many items `text` gives after `before` ran.
    fn length(before: &str, text: &str) -> Option<i64> {
        let run = run_of(&format!("{before}\nprint({text})"));
        Bindings::of(&run).length(last(&run, text))
    }

    #[test]
    fn ranges_and_lists_have_the_length_that_is_spelt_out() {
        assert_eq!(length("n = 10 ** 6", "range(2, n)"), Some(999_998));
        assert_eq!(length("xs = [0] * 500", "xs"), Some(500));
        assert_eq!(length("xs = range(20)", "[(x, y) for x in xs for y in xs]"), Some(400));
        assert_eq!(length("xs = load()", "xs"), None);
        assert_eq!(length("", "[x for x in range(9) if x]"), None);
    }
}
