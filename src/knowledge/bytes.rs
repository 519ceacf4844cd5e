//! Tables as bytes that are asked where they lie: a program that carries them has nothing to read
//! before it asks. Every number is a little-endian `u32`.

use std::borrow::Cow;
use std::cmp::Ordering;

/// Bytes that are the program's own where it carries them.
pub(super) type Bytes = Cow<'static, [u8]>;

/// Bytes of a number.
pub(super) const NUMBER: usize = size_of::<u32>();

/// The number at a place, counted in numbers from 0.
pub(super) fn number(bytes: &[u8], at: u32) -> Option<u32> {
    let start = (at as usize).checked_mul(NUMBER)?;
    let bytes = bytes.get(start..start + NUMBER)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

pub(super) fn push(bytes: &mut Bytes, number: u32) {
    bytes.to_mut().extend_from_slice(&number.to_le_bytes());
}

/// Bytes that are looked at together.
const CHUNK: usize = 64;

/// Numbers that never fall, carried as how much each is more than the one before, seven bits to a byte
/// and the lowest first: that is a third of them as they are, once it is packed for people to download.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rising {
    numbers: Vec<u32>,
    steps: Bytes,
}

impl Rising {
    /// Numbers that the program carries: what [`Rising::steps`] gave.
    pub fn carried(steps: &'static [u8]) -> Self {
        let mut numbers: Vec<u32> = Vec::with_capacity(steps.len());
        let (mut last, mut step, mut shift) = (0_u32, 0_u32, 0);
        for some in steps.chunks(CHUNK) {
            // Most steps are one byte. What is no such list gives stretches that are not there.
            if shift == 0 && some.is_ascii() {
                numbers.extend(some.iter().map(|byte| {
                    last = last.wrapping_add(u32::from(*byte));
                    last
                }));
                continue;
            }
            for byte in some {
                step |= u32::from(byte & 127).checked_shl(shift).unwrap_or_default();
                shift += 7;
                if *byte < 128 {
                    last = last.wrapping_add(step);
                    numbers.push(last);
                    (step, shift) = (0, 0);
                }
            }
        }
        Self { numbers, steps: steps.into() }
    }

    pub fn steps(&self) -> &[u8] {
        &self.steps
    }

    pub fn push(&mut self, number: usize) {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let mut step = number.saturating_sub(self.numbers.last().copied().unwrap_or_default());
        let [low, ..] = step.to_le_bytes();
        let mut low = low;
        while step >= 128 {
            self.steps.to_mut().push(low | 128);
            step >>= 7;
            [low, ..] = step.to_le_bytes();
        }
        self.steps.to_mut().push(low);
        self.numbers.push(number);
    }

    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// From the number before a place to the number there; `None` where there is none.
    pub fn range(&self, at: usize) -> Option<std::ops::Range<usize>> {
        let end = |at: usize| self.numbers.get(at).map(|end| *end as usize);
        Some(at.checked_sub(1).map_or(Some(0), end)?..end(at)?)
    }
}

/// Stretches of bytes in a row, each by its number from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rows {
    bytes: Bytes,
    /// Where each stretch ends, in bytes.
    ends: Rising,
}

impl Rows {
    /// Rows that the program carries: what [`Rows::parts`] gave.
    pub fn carried([bytes, ends]: [&'static [u8]; 2]) -> Self {
        Self { bytes: bytes.into(), ends: Rising::carried(ends) }
    }

    /// All that there is of them.
    pub fn parts(&self) -> [&[u8]; 2] {
        [&self.bytes, self.ends.steps()]
    }

    /// Puts one more at the end.
    pub fn push(&mut self, row: &[u8]) {
        self.bytes.to_mut().extend_from_slice(row);
        self.ends.push(self.bytes.len());
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// A stretch; empty where there is none of this number.
    pub fn get(&self, at: usize) -> &[u8] {
        self.ends.range(at).and_then(|row| self.bytes.get(row)).unwrap_or_default()
    }

    pub fn text(&self, at: usize) -> &str {
        std::str::from_utf8(self.get(at)).unwrap_or_default()
    }

    /// The first number, of those that `step` parts, at which no stretch is less than `wanted`.
    pub fn first_from(&self, wanted: &[u8], step: usize) -> usize {
        let (mut low, mut high) = (0, self.len() / step.max(1));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle * step).cmp(wanted) {
                Ordering::Less => low = middle + 1,
                _ => high = middle,
            }
        }
        low * step
    }
}

impl<'t> FromIterator<&'t str> for Rows {
    fn from_iter<I: IntoIterator<Item = &'t str>>(texts: I) -> Self {
        let mut rows = Self::default();
        texts.into_iter().for_each(|text| rows.push(text.as_bytes()));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_found_by_its_number_and_by_what_it_holds() {
        let rows: Rows = ["", "ab", "b", "等"].into_iter().collect();
        let texts: Vec<_> = (0..5).map(|at| rows.text(at)).collect();
        assert_eq!(texts, ["", "ab", "b", "等", ""]);
        let first = ["", "a", "ab", "abc", "b", "z", "等等"];
        assert_eq!(first.map(|it| rows.first_from(it.as_bytes(), 1)), [0, 1, 1, 2, 2, 3, 4]);
    }

    #[test]
    fn numbers_that_rise_are_read_as_they_were_written() {
        let mut rising = Rising::default();
        [0, 0, 127, 128, 300, 70_000, 70_001, 5_000_000].into_iter().for_each(|it| rising.push(it));
        let steps: &'static [u8] = rising.steps().to_vec().leak();
        assert_eq!(Rising::carried(steps), rising);
        let ranges = [(0, Some(0..0)), (2, Some(0..127)), (5, Some(300..70_000)), (8, None)];
        ranges.into_iter().for_each(|(at, range)| assert_eq!(rising.range(at), range));
    }

    #[test]
    fn of_rows_in_twos_the_first_is_compared() {
        let rows: Rows = ["a", "z", "c", "y"].into_iter().collect();
        assert_eq!(["a", "b", "c", "d"].map(|it| rows.first_from(it.as_bytes(), 2)), [0, 2, 2, 4]);
    }

    #[test]
    fn rows_that_are_cut_off_are_empty() {
        let mut rows: Rows = ["ab", "cd"].into_iter().collect();
        rows.bytes.to_mut().truncate(3);
        assert_eq!((rows.text(0), rows.text(1)), ("ab", ""));
        assert_eq!(Rows::default().first_from(b"a", 3), 0);
    }
}
