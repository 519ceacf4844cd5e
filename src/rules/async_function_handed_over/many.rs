//! A collection of coroutines where one thing to await is wanted.

use crate::execution::{Holds, Run, Site};
use crate::python::Role;
use crate::rewrite::module_name;
use crate::text::Edit;

/// `asyncio.ensure_future([f(), g()])` becomes `asyncio.gather(*[f(), g()])`, a future as well.
pub(super) fn gathered_instead(run: &Run, call: Site, at: Site) -> Option<Vec<Edit>> {
    let collection = run.collection(at)?;
    let is_one_by_one = matches!(collection.holds, Holds::List | Holds::Tuple | Holds::Set);
    let mut elements = collection.elements.iter().peekable();
    let holds_coroutines = elements.peek().is_some() && elements.all(|it| run.is_coroutine(*it));
    let given = run.children(call).filter(|it| run.role(*it) != Role::Func);
    if !is_one_by_one || !holds_coroutines || given.count() != 1 {
        return None;
    }
    let func = run.child(call, Role::Func)?;
    let (asyncio, import) = module_name(run, call, "asyncio");
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::replace(run.at(func), format!("{asyncio}.gather")));
    edits.push(Edit::insert(run.position(at.cell), run.range(at).start, "*"));
    Some(edits)
}
