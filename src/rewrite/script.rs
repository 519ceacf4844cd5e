//! A Python file read as a notebook of one cell, so that the same facts are known of it.

use std::sync::Arc;

use crate::environment::Environment;
use crate::facts::{CellFacts, Facts, Site};
use crate::knowledge::Tables;
use crate::notebook::{Cell, CellKind};
use crate::text::CellIndex;

/// The cell that a script's facts stand in.
pub const CELL: CellIndex = CellIndex(0);

/// Reads `source`, which has `\n` line ends.
pub fn read<'t>(source: &str, tables: &'t Tables) -> Facts<'t> {
    let cell = Cell {
        index: CELL,
        id: None,
        kind: CellKind::Code,
        language: None,
        source: source.to_owned(),
        tags: Vec::new(),
        title: None,
        execution_count: None,
    };
    let cells = vec![Arc::new(CellFacts::of_cell(&cell, true))];
    let environment = Environment { is_script: true, ..Environment::default() };
    Facts::join(cells, tables, environment, Arc::default())
}

/// The statements of a script's own level.
pub fn statements<'f>(facts: &'f Facts) -> impl Iterator<Item = Site> + 'f {
    facts.tree(CELL).statements().map(|node| Site { cell: CELL, node })
}

/// Whether the statement is `if __name__ == "__main__":` without another branch.
pub fn is_main_guard(facts: &Facts, statement: Site) -> bool {
    use crate::python::{Kind, Role};
    let Some(test) = facts.child(statement, Role::Test) else { return false };
    let operands: Vec<&str> =
        facts.children_in(test, Role::Operand).map(|site| facts.source_of(site)).collect();
    let name = |text: &&str| **text == *"__name__";
    let main = |text: &&str| text.trim_matches(['"', '\'']) == "__main__";
    let equals = || facts.source_of(test).contains("==");
    matches!(facts.kind(statement), Kind::If)
        && matches!(facts.kind(test), Kind::Compare)
        && operands.len() == 2
        && operands.iter().any(name)
        && operands.iter().any(main)
        && equals()
        && facts.child(statement, Role::Else).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_main_guard_is_known_either_way_round_and_without_another_branch() {
        let is_guard = |source: &str| {
            let tables = Tables::default();
            let facts = read(source, &tables);
            statements(&facts).next().is_some_and(|site| is_main_guard(&facts, site))
        };
        assert!(is_guard("if __name__ == '__main__':\n    f()"));
        assert!(is_guard("if \"__main__\" == __name__: f()"));
        assert!(!is_guard("if __name__ == '__main__':\n    f()\nelse:\n    g()"));
        assert!(!is_guard("if __name__ != '__main__':\n    f()"));
        assert!(!is_guard("if __name__ == 'x':\n    f()"));
    }
}
