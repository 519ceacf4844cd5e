//! The transformations that rules' fixes share. Each gives edits of the cells' text.

mod awaiting;
mod background;
mod cached;
mod collect;
mod colour;
pub mod constant;
mod detour;
mod draft;
mod enclose;
pub mod extract;
mod factory;
mod gate;
mod hand_over;
mod handles;
mod imports;
mod lambda;
mod leaves;
mod loop_entry;
mod loop_owner;
mod magic;
mod magic_frame;
pub mod needs;
mod obstacle;
mod older;
pub mod pieces;
pub mod port;
mod protocol;
mod reads;
mod removal;
mod reraise;
pub mod script;
mod starter;
mod takers;
mod threads;
mod together;
mod turn;
mod unused;
mod wanted;

pub use awaiting::{
    await_argument, await_expression, await_function, await_method, hand_on_argument,
    lists_for_generators, outer_await, without_await,
};
pub use background::{keep_in_background, start_in_background};
pub use cached::keep_tasks;
pub use collect::await_handle;
pub use colour::{Colouring, colour, obstacle_to_await, plan_await};
pub use detour::written_out;
pub use draft::{
    Drafted, Start, can_await, draft, draft_unseen, drafted_fix, hold_together, holds_await,
};
pub use enclose::enclose;
pub use gate::Gate;
pub use hand_over::hand_over;
pub use handles::{FreeNames, free_name, keep_handle};
pub use imports::{module_name, name_of_module};
pub use lambda::name_of;
pub use loop_entry::{LoopEntry, await_instead, offer, remove};
pub use loop_owner::{name_of_owner, owner_instead};
pub use magic::{MagicAt, plain_python};
pub use obstacle::{Obstacle, ObstacleKind};
pub use older::older_twin;
pub use protocol::{async_statement, async_words, await_before_use};
pub use removal::{delete_import, delete_statement};
pub use reraise::{Catches, let_cancellation_pass};
pub use starter::callback_starter;
pub use takers::{Taker, taker};
pub use threads::{await_in_thread, thread_around};
pub use together::{Joining, join_comprehension, join_run, started};
pub use turn::join_loop;
pub use unused::{arguments_for, arguments_of};

use crate::diagnostic::{Applicability, Fix};
use crate::execution::Run;
use crate::text::{CellIndex, Edit, TextRange};

/// The fix, if every cell that it touches still reads as Python after it; otherwise it is only
/// shown. A cell that had errors before cannot be judged and lowers the fix as well.
pub fn checked(run: &Run, mut fix: Fix) -> Fix {
    merge_deletions(&mut fix.edits);
    leave_no_line_end(run, &mut fix.edits);
    let mut cells: Vec<CellIndex> = fix.edits.iter().map(|edit| edit.span.cell).collect();
    cells.sort_unstable();
    cells.dedup();
    if cells.iter().all(|cell| reads::reads(run, *cell, &fix.edits)) {
        fix
    } else {
        fix.at_most(Applicability::DisplayOnly)
    }
}

/// Where the end of a cell is taken away, the line end before it goes as well, unless the cell ended
/// in one: an empty last line is nothing that anybody wrote.
fn leave_no_line_end(run: &Run, edits: &mut [Edit]) {
    let ends: Vec<TextRange> = edits.iter().map(|edit| edit.span.range).collect();
    let cells: Vec<CellIndex> = edits.iter().map(|edit| edit.span.cell).collect();
    for (at, edit) in edits.iter_mut().enumerate() {
        let source = run.tree(run.key_of(edit.span.cell)).source();
        let range = edit.span.range;
        if !edit.text.is_empty() || range.end != source.len() || source.ends_with('\n') {
            continue;
        }
        let kept = TextRange::new(0, range.start).slice(source).trim_end().len();
        let is_free = cells.iter().zip(&ends).enumerate().all(|(other, (cell, taken))| {
            other == at || *cell != edit.span.cell || taken.end <= kept
        });
        if is_free {
            edit.span.range.start = kept;
        }
    }
}

/// Makes one edit of deletions that overlap or meet: lines that go together share a line end.
fn merge_deletions(edits: &mut Vec<Edit>) {
    let (mut deletions, others): (Vec<Edit>, Vec<Edit>) =
        edits.drain(..).partition(|edit| edit.text.is_empty());
    deletions.sort();
    *edits = others;
    let mut last: Option<Edit> = None;
    for edit in deletions {
        match &mut last {
            Some(open)
                if open.span.cell == edit.span.cell
                    && edit.span.range.start <= open.span.range.end =>
            {
                open.span.range.end = open.span.range.end.max(edit.span.range.end);
            }
            _ => edits.extend(last.replace(edit)),
        }
    }
    edits.extend(last);
}
