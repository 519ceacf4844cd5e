//! A semaphore that decides how many of many calls run at once.

use super::handles::free_name;
use super::imports::module_name;
use crate::execution::{Run, Site};
use crate::text::indentation;

/// A function that lets so many calls run at once, to be written before a statement.
#[derive(Debug, Clone)]
pub struct Gate {
    /// What the function is called. It is handed a coroutine.
    pub name: String,
    /// Its lines and those of the semaphore, each but the first with its indent, and one more indent
    /// at the end: the statement follows.
    pub definition: String,
}

impl Gate {
    /// A gate for ten calls: how many a service bears is for the author to say.
    pub fn before(run: &Run, statement: Site) -> Self {
        let source = run.tree(statement.cell).source();
        let indent = indentation(source, run.range(statement).start);
        let (asyncio, _) = module_name(run, statement, "asyncio");
        let (gate, name) = (free_name(run, "gate"), free_name(run, "limited"));
        let definition = format!(
            "{gate} = {asyncio}.Semaphore(10)\n\n\
             {indent}async def {name}(call):\n\
             {indent}    async with {gate}:\n\
             {indent}        return await call\n\n{indent}"
        );
        Self { name, definition }
    }
}
