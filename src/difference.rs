//! What differs between two texts, piece by piece: the door to the crate that compares.
//!
//! Pieces are numbered before they are compared, so that one comparison serves lines and words.

use std::borrow::Cow;
use std::ops::Range;

use hashbrown::HashMap;
use similar::DiffOp;
use similar::algorithms::{Capture, Compact, Replace, myers, patience};

/// A stretch that became another one; either may be empty, and what lies between two of them is the
/// same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub before: Range<usize>,
    pub after: Range<usize>,
}

/// Changes that stand close together, with what is the same around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub before: Range<usize>,
    pub after: Range<usize>,
    pub changes: Vec<Change>,
}

/// The lines of a text, each with its end: `\n`, `\r\n` or `\r`.
pub fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\r']) {
        let is_pair = rest.get(at..).is_some_and(|end| end.starts_with("\r\n"));
        let Some((line, after)) = rest.split_at_checked(at + 1 + usize::from(is_pair)) else {
            break;
        };
        lines.push(line);
        rest = after;
    }
    lines.extend((!rest.is_empty()).then_some(rest));
    lines
}

/// A text whose last line ends like the others; an empty one has none.
pub fn ended(text: &str) -> Cow<'_, str> {
    match text.is_empty() || text.ends_with('\n') {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("{text}\n")),
    }
}

/// The words of a text and the blanks between them.
pub fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let ends = |char: char| char.is_whitespace() != first.is_whitespace();
        let (word, after) =
            rest.split_at_checked(rest.find(ends).unwrap_or(rest.len())).unwrap_or((rest, ""));
        words.push(word);
        rest = after;
    }
    words
}

/// The fewest changes that make the pieces of one text those of another, by their numbers from 0.
pub fn changes(before: &[&str], after: &[&str]) -> Vec<Change> {
    let (before, after) = numbered(before, after);
    let mut hook = hook(&before, &after);
    let Ok(()) = myers::diff(&mut hook, &*before, 0..before.len(), &*after, 0..after.len());
    found(hook)
}

/// As [`changes`], but pieces that each text has once are held to each other first: of a line's words
/// these are the ones by which a reader knows it again.
pub fn anchored(before: &[&str], after: &[&str]) -> Vec<Change> {
    let (before, after) = numbered(before, after);
    let mut hook = hook(&before, &after);
    let Ok(()) = patience::diff(&mut hook, &*before, 0..before.len(), &*after, 0..after.len());
    found(hook)
}

/// The same changes by bytes instead of pieces.
pub fn in_bytes(before: &[&str], after: &[&str], changes: &[Change]) -> Vec<Change> {
    let (before, after) = (starts(before), starts(after));
    let place = |starts: &[usize], at: usize| starts.get(at).copied().unwrap_or_default();
    let bytes =
        |starts: &[usize], it: &Range<usize>| place(starts, it.start)..place(starts, it.end);
    let of = |it: &Change| Change {
        before: bytes(&before, &it.before),
        after: bytes(&after, &it.after),
    };
    changes.iter().map(of).collect()
}

/// Changes with `context` pieces of the old text's `len` around them; what then touches is one group.
pub fn grouped(changes: Vec<Change>, len: usize, context: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for change in changes {
        match groups.last_mut() {
            Some(group) if change.before.start - group.before.end <= 2 * context => {
                group.before.end = change.before.end;
                group.after.end = change.after.end;
                group.changes.push(change);
            }
            _ => groups.push(Group {
                before: change.before.clone(),
                after: change.after.clone(),
                changes: vec![change],
            }),
        }
    }
    for Group { before, after, .. } in &mut groups {
        let (above, below) = (context.min(before.start), context.min(len - before.end));
        *before = before.start - above..before.end + below;
        *after = after.start - above..after.end + below;
    }
    groups
}

/// The pieces as numbers, the same for the same text.
fn numbered<'t>(before: &[&'t str], after: &[&'t str]) -> (Vec<u32>, Vec<u32>) {
    let mut known = HashMap::new();
    let mut number = |piece: &&'t str| {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(*piece).or_insert(next)
    };
    let before = before.iter().map(&mut number).collect();
    (before, after.iter().map(number).collect())
}

/// Takes what a comparison finds: shifted so that changes join where they can, an insertion and a
/// deletion in one place as one change.
type Hook<'p> = Compact<'p, 'p, [u32], [u32], Replace<Capture>>;

fn hook<'p>(before: &'p [u32], after: &'p [u32]) -> Hook<'p> {
    Compact::new(Replace::new(Capture::new()), before, after)
}

fn found(hook: Hook) -> Vec<Change> {
    let ops = hook.into_inner().into_inner().into_ops();
    let changed = ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    changed.map(|op| Change { before: op.old_range(), after: op.new_range() }).collect()
}

/// Where each piece starts in bytes, and where the last one ends.
fn starts(pieces: &[&str]) -> Vec<usize> {
    let ends = pieces.iter().scan(0, |at, piece| {
        *at += piece.len();
        Some(*at)
    });
    std::iter::once(0).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The changed pieces of both texts, joined.
    fn changed<'t>(before: &[&'t str], after: &[&'t str]) -> Vec<(String, String)> {
        let joined = |pieces: &[&str], it: Range<usize>| pieces[it].concat();
        let changes = changes(before, after).into_iter();
        changes.map(|it| (joined(before, it.before), joined(after, it.after))).collect()
    }

    fn pair(before: &str, after: &str) -> (String, String) {
        (before.to_owned(), after.to_owned())
    }

    #[test]
    fn lines_keep_whatever_ends_them() {
        assert_eq!(lines("a\nb\r\n\rc\r\r\nd"), ["a\n", "b\r\n", "\r", "c\r", "\r\n", "d"]);
        assert_eq!(lines("a\n"), ["a\n"]);
        assert!(lines("").is_empty());
    }

    #[test]
    fn words_and_blanks_take_turns() {
        assert_eq!(words("  a\u{3000}等 b\n"), ["  ", "a", "\u{3000}", "等", " ", "b", "\n"]);
        assert!(words("").is_empty());
    }

    #[test]
    fn the_fewest_pieces_change() {
        assert!(changed(&["a", "b"], &["a", "b"]).is_empty());
        assert_eq!(changed(&["a", "b", "c"], &["a", "x", "c"]), [pair("b", "x")]);
        assert_eq!(changed(&[], &["a"]), [pair("", "a")]);
        let apart = [pair("a", ""), pair("", "x")];
        assert_eq!(changed(&["a", "b", "c"], &["b", "x", "c"]), apart);
    }

    #[test]
    fn pieces_that_are_there_once_are_held_to_each_other() {
        // The fewest changes would keep the brackets, which say nothing.
        let (before, after) = (["(", ")", "(", ")", "a"], ["a", "(", ")", "(", ")"]);
        let kept = Change { before: 0..4, after: 0..0 };
        assert_eq!(anchored(&before, &after).first(), Some(&kept));
        assert_ne!(changes(&before, &after).first(), Some(&kept));
    }

    #[test]
    fn bytes_are_those_of_the_pieces() {
        let (before, after) = (["é\n", "b\n"], ["é\n", "cc\n"]);
        let changes = changes(&before, &after);
        assert_eq!(changes, [Change { before: 1..2, after: 1..2 }]);
        let bytes = in_bytes(&before, &after, &changes);
        assert_eq!(bytes, [Change { before: 3..5, after: 3..6 }]);
    }

    #[test]
    fn changes_whose_surroundings_touch_are_one_group() {
        let change = |at: usize| Change { before: at..at + 1, after: at..at + 1 };
        let groups = |second: usize| {
            let groups = grouped(vec![change(1), change(second)], 12, 2).into_iter();
            groups.map(|it| (it.before, it.changes.len())).collect::<Vec<_>>()
        };
        assert_eq!(groups(6), [(0..9, 2)]);
        assert_eq!(groups(7), [(0..4, 1), (5..10, 1)]);
        assert_eq!(groups(11), [(0..4, 1), (9..12, 1)]);
    }
}
