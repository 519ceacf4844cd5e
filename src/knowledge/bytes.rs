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

/// Stretches of bytes in a row, each by its number from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rows {
    bytes: Bytes,
    /// Where each stretch ends, in bytes.
    ends: Bytes,
}

impl Rows {
    /// Rows that the program carries: what [`Rows::parts`] gave.
    pub fn carried([bytes, ends]: [&'static [u8]; 2]) -> Self {
        Self { bytes: bytes.into(), ends: ends.into() }
    }

    /// All that there is of them.
    pub fn parts(&self) -> [&[u8]; 2] {
        [&self.bytes, &self.ends]
    }

    /// Puts one more at the end.
    pub fn push(&mut self, row: &[u8]) {
        self.bytes.to_mut().extend_from_slice(row);
        let end = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        push(&mut self.ends, end);
    }

    pub fn len(&self) -> usize {
        self.ends.len() / NUMBER
    }

    /// A stretch; empty where there is none of this number.
    pub fn get(&self, at: usize) -> &[u8] {
        let end = |at: usize| number(&self.ends, u32::try_from(at).ok()?).map(|end| end as usize);
        let start = at.checked_sub(1).map_or(Some(0), end);
        let row = start.zip(end(at)).and_then(|(start, end)| self.bytes.get(start..end));
        row.unwrap_or_default()
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
