//! Names for diagnostics that stay the same from run to run, so that services know old from new.

use std::collections::BTreeMap;

use super::place::portable;
use crate::diagnostic::Found;
use crate::notebook::Notebook;
use crate::text::{Span, TextRange, line_range};

/// One for each diagnostic, 32 hexadecimal digits: the file, the rule, the lines that it stands on
/// and how many of that kind came before. Lines that come or go elsewhere change nothing.
pub fn fingerprints(path: &str, notebook: &Notebook, diagnostics: &[Found]) -> Vec<String> {
    let mut seen: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let path = portable(path);
    let mut name = |found: &Found| {
        let lines = lines(notebook, found.span);
        let number = seen.entry((found.rule, lines.clone())).or_default();
        *number += 1;
        fingerprint(&[&path, found.rule, &lines, &number.to_string()])
    };
    diagnostics.iter().map(&mut name).collect()
}

/// The name of what these words describe.
pub fn fingerprint(words: &[&str]) -> String {
    // No word holds NUL but by malice, and then nothing worse happens than an equal name.
    format!("{:032x}", fnv1a(words.join("\0").as_bytes()))
}

/// The name of a file's bytes.
pub fn fingerprint_of(bytes: &[u8]) -> String {
    format!("{:032x}", fnv1a(bytes))
}

/// The lines that the span touches, with white space that says nothing taken out.
fn lines(notebook: &Notebook, span: Span) -> String {
    let source = notebook.cell(span.cell).map_or("", |cell| &cell.source);
    let start = line_range(source, span.range.start).start;
    let end = line_range(source, span.range.end).end;
    let lines = TextRange::new(start, end).slice(source);
    lines.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// FNV-1a of 128 bits: the same in every version and on every machine.
///
/// Source: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn fnv1a(bytes: &[u8]) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(BASIS, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, Severity};
    use crate::notebook::parse_script;
    use crate::text::CellIndex;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fnv1a(b"a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }

    #[test]
    fn equal_lines_have_names_of_their_own_that_survive_other_lines() {
        let names = |text: &str| {
            let notebook = parse_script(text).unwrap();
            let places = text.match_indices("f()").map(|(at, _)| TextRange::new(at, at + 3));
            let found = places.map(|range| {
                let span = Span::new(CellIndex(0), range);
                Found::from(Diagnostic::new("dropped-task", Severity::Warning, span, "key"))
            });
            fingerprints("a.py", &notebook, &found.collect::<Vec<_>>())
        };
        let before = names("f()\nf()\nx = f()\n");
        assert_eq!(before, names("import f\n\nf()\nf()\n\n  x  =  f()\n"));
        assert!(before[0] != before[1] && before[1] != before[2]);
    }
}
