//! A Python file read as a notebook of one cell, so that the same is known of it.

use std::sync::Arc;

use crate::environment::Environment;
use crate::execution::{CellKey, Run, Site};
use crate::index::{ReadCell, names_of};
use crate::knowledge::Tables;
use crate::notebook::{Cell, CellKind};
use crate::text::CellIndex;

/// The cell that a script is.
pub const CELL: CellKey = CellKey(0);

/// Reads `source`, which has `\n` line ends.
pub fn read<'t>(source: &str, tables: &'t Tables) -> Run<'t> {
    let cell = Cell {
        index: CellIndex(0),
        id: None,
        kind: CellKind::Code,
        language: None,
        source: source.to_owned(),
        tags: Vec::new(),
        title: None,
        execution_count: None,
    };
    let cells = vec![Arc::new(ReadCell::of_cell(&cell, true))];
    let environment = Environment { is_script: true, ..Environment::default() };
    Run::of(names_of(&cells), Arc::default(), tables, environment)
}

/// The statements of a script's own level.
pub fn statements<'f>(run: &'f Run) -> impl Iterator<Item = Site> + 'f {
    run.tree(CELL).statements().map(|node| Site { cell: CELL, node })
}

/// Whether the statement is `if __name__ == "__main__":` without another branch.
pub fn is_main_guard(run: &Run, statement: Site) -> bool {
    use crate::python::{Kind, Role};
    let Some(test) = run.child(statement, Role::Test) else { return false };
    let operands: Vec<&str> =
        run.children_in(test, Role::Operand).map(|site| run.source_of(site)).collect();
    let name = |text: &&str| **text == *"__name__";
    let main = |text: &&str| text.trim_matches(['"', '\'']) == "__main__";
    let equals = || run.source_of(test).contains("==");
    matches!(run.kind(statement), Kind::If)
        && matches!(run.kind(test), Kind::Compare)
        && operands.len() == 2
        && operands.iter().any(name)
        && operands.iter().any(main)
        && equals()
        && run.child(statement, Role::Else).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_main_guard_is_known_either_way_round_and_without_another_branch() {
        let is_guard = |source: &str| {
            let tables = Tables::default();
            let run = read(source, &tables);
            statements(&run).next().is_some_and(|site| is_main_guard(&run, site))
        };
        assert!(is_guard("if __name__ == '__main__':\n    f()"));
        assert!(is_guard("if \"__main__\" == __name__: f()"));
        assert!(!is_guard("if __name__ == '__main__':\n    f()\nelse:\n    g()"));
        assert!(!is_guard("if __name__ != '__main__':\n    f()"));
        assert!(!is_guard("if __name__ == 'x':\n    f()"));
    }
}
