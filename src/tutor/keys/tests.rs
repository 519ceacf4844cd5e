//! Holds the tables of keys to their rules.

use super::*;
use crate::tutor::popups::{LOOK_UP, TABLES};

#[test]
fn no_key_means_two_things_on_one_screen() {
    for table in TABLES {
        let rows: Vec<&Row> = table.own().collect();
        for (index, row) in rows.iter().enumerate() {
            for other in rows.iter().skip(index + 1) {
                for key in row.keys {
                    assert!(!other.keys.contains(key), "{table:?} {key:?}");
                }
            }
        }
    }
}

#[test]
fn letters_in_a_filter_line_are_text() {
    assert!(LOOK_UP.find(Key::char('q')).is_none());
    assert!(LOOK_UP.find(Key::ctrl('c')).is_none());
    let esc = LOOK_UP.find(Key::plain(Code::Esc)).and_then(|row| row.label);
    assert_eq!(esc, Some(keys::CLOSE));
}

#[test]
fn numbers_of_the_linear_front_end_are_unique_on_a_screen() {
    for table in TABLES {
        let wide = everywhere::KEYS.rows.iter().filter(|_| table.sort == Sort::Screen);
        let wide = wide.filter(|_| *table != everywhere::KEYS);
        let mut numbers: Vec<u8> = table.own().chain(wide).filter_map(|row| row.number).collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), count, "{table:?} {numbers:?}");
    }
}
