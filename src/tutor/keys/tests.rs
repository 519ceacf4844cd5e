//! Holds the table of keys to its rules.

use super::*;

#[test]
fn no_key_means_two_things_in_one_context() {
    for (index, row) in all().enumerate() {
        let same = |other: &&Binding| other.context.has(row) || row.context.has(other);
        for other in all().skip(index + 1).filter(same) {
            for key in row.keys {
                assert!(!other.keys.contains(key), "{:?} {key:?}", row.context);
            }
        }
    }
}

#[test]
fn letters_in_a_filter_line_are_text() {
    assert_eq!(command(Context::Filter, Key::char('q')), None);
    assert_eq!(command(Context::Filter, Key::ctrl('c')), None);
    assert_eq!(command(Context::Filter, Key::plain(Code::Esc)), Some(Command::Back));
}

#[test]
fn numbers_of_the_linear_front_end_are_unique_in_a_context() {
    for row in all().filter(|row| row.number.is_some()) {
        let is_same = |other: &&Binding| other.context.has(row) || row.context.has(other);
        let same = all().filter(|other| other.number == row.number).filter(is_same);
        assert_eq!(same.count(), 1, "{:?} {:?}", row.context, row.number);
    }
}
