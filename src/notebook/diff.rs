//! Which lines of a text are still there in its new version.

/// The largest table of line pairs that is compared. Beyond it, changed lines are all new ones.
const LIMIT: usize = 4_000_000;

/// For each new line the old line, from 0, that it is; `None` for lines that are new. The old
/// lines come in ascending order.
pub(super) fn origins(old: &[&str], new: &[&str]) -> Vec<Option<usize>> {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (old.get(same..), new.get(same..));
    let (old_rest, new_rest) = (old_rest.unwrap_or_default(), new_rest.unwrap_or_default());
    let pairs = old_rest.iter().rev().zip(new_rest.iter().rev());
    let same_end = pairs.take_while(|(a, b)| a == b).count();
    let old_middle = old_rest.get(..old_rest.len() - same_end).unwrap_or_default();
    let new_middle = new_rest.get(..new_rest.len() - same_end).unwrap_or_default();

    let mut out: Vec<Option<usize>> = (0..same).map(Some).collect();
    out.extend(longest_common(old_middle, new_middle).into_iter().map(|at| at.map(|at| at + same)));
    out.extend((old.len() - same_end..old.len()).map(Some));
    out
}

/// The longest common subsequence, by the usual table: the length for the rest of both texts from
/// a new line and an old line on.
fn longest_common(old: &[&str], new: &[&str]) -> Vec<Option<usize>> {
    let width = old.len() + 1;
    if width.saturating_mul(new.len() + 1) > LIMIT {
        return vec![None; new.len()];
    }
    let mut lengths = vec![0_u32; width * (new.len() + 1)];
    let at = |lengths: &[u32], n, o| lengths.get(n * width + o).copied().unwrap_or_default();
    for (n, new_line) in new.iter().enumerate().rev() {
        for (o, old_line) in old.iter().enumerate().rev() {
            let best = if old_line == new_line {
                at(&lengths, n + 1, o + 1) + 1
            } else {
                at(&lengths, n + 1, o).max(at(&lengths, n, o + 1))
            };
            if let Some(length) = lengths.get_mut(n * width + o) {
                *length = best;
            }
        }
    }
    let mut o = 0;
    let mut origin = |n: usize, new_line: &str| {
        while let Some(old_line) = old.get(o) {
            let skip = at(&lengths, n, o + 1) >= at(&lengths, n + 1, o);
            let same = *old_line == new_line;
            if !same && !skip {
                return None;
            }
            o += 1;
            if same {
                return Some(o - 1);
            }
        }
        None
    };
    new.iter().enumerate().map(|(n, line)| origin(n, line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expected: &[Option<usize>]) {
        let old: Vec<&str> = old.split(' ').collect();
        let new: Vec<&str> = new.split(' ').collect();
        assert_eq!(origins(&old, &new), expected, "{old:?} {new:?}");
    }

    #[test]
    fn unchanged_lines_are_found_around_and_between_changes() {
        check("a b c", "a b c", &[Some(0), Some(1), Some(2)]);
        check("a b c", "a x c", &[Some(0), None, Some(2)]);
        check("a b c d e", "x b y d z", &[None, Some(1), None, Some(3), None]);
        check("a b c", "c", &[Some(2)]);
        check("a", "a a", &[Some(0), None]);
        check("a b a", "b a b", &[Some(1), Some(2), None]);
    }

    #[test]
    fn origins_ascend_and_hold_the_same_line_whatever_the_texts() {
        let mut seed = 1_u32;
        for _ in 0..500 {
            let mut text = || {
                let lines = (0..12).map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ["a", "b", "c", "d"][(seed >> 28) as usize % 4]
                });
                lines.collect::<Vec<_>>()
            };
            let (old, new) = (text(), text());
            let found = origins(&old, &new);
            assert_eq!(found.len(), new.len());
            let pairs: Vec<_> =
                found.iter().zip(&new).filter_map(|(o, n)| Some((o.as_ref()?, n))).collect();
            assert!(pairs.iter().all(|(o, n)| old[**o] == **n));
            assert!(pairs.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }

    #[test]
    fn texts_too_long_to_compare_keep_their_common_ends() {
        let old: Vec<String> = (0..3000).map(|n| n.to_string()).collect();
        let mut new = old.clone();
        new[1] = "x".to_owned();
        new[2998] = "y".to_owned();
        let old: Vec<&str> = old.iter().map(String::as_str).collect();
        let new: Vec<&str> = new.iter().map(String::as_str).collect();
        let found = origins(&old, &new);
        assert_eq!((found[0], found[1500], found[2999]), (Some(0), None, Some(2999)));
    }
}
