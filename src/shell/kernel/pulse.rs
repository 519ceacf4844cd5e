//! The watch inside a kernel that notes how long its loop stood still, and what it noted.

use crate::transcript::Stall;

/// What the kernel runs to begin.
const SOURCE: &str = include_str!("pulse.py");

/// The expression that gives what was noted since it was last asked, and begins anew.
pub const TAKE: &str = "__import__('sys')._nbasync_pulse.take()";

/// The code that begins to note. It leaves no name behind.
pub fn install() -> String {
    // Rust and Python write ASCII string literals alike.
    format!("exec({SOURCE:?}, {{'__name__': '_nbasync_pulse'}})")
}

/// Reads the `repr` of what [`TAKE`] gives. `None` when it is something else.
pub fn read(repr: &str) -> Option<Vec<Stall>> {
    let text = repr.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    let stall = |pair: &str| {
        let (start, length) = pair.split_once(':')?;
        Some(Stall { start: start.parse().ok()?, length: length.parse().ok()? })
    };
    text.split_whitespace().map(stall).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stalls_are_pairs_of_milliseconds() {
        assert_eq!(read("''"), Some(Vec::new()));
        let stalls = [Stall { start: 10, length: 20 }, Stall { start: 300, length: 4 }];
        assert_eq!(read("'10:20 300:4'"), Some(stalls.to_vec()));
        assert_eq!(read("NameError"), None);
        assert_eq!(read("'10:x'"), None);
    }

    #[test]
    fn the_code_is_one_expression_of_ascii() {
        let code = install();
        assert!(code.is_ascii() && !code.contains('\n'));
    }
}
