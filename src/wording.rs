//! The texts of the interface by their names, which `build.rs` makes of the keys of
//! `content/interface.yaml`: `header.no-cells` is [`header::NO_CELLS`]. A name that no key has does not
//! compile, and neither does a key whose name nobody says.
#![cfg_attr(
    all(target_os = "linux", feature = "kernel", feature = "mcp", feature = "server"),
    deny(dead_code)
)]
// Some are said on some systems alone, or by parts that may be left out.
#![cfg_attr(
    not(all(target_os = "linux", feature = "kernel", feature = "mcp", feature = "server")),
    allow(dead_code)
)]

pub use crate::text::{Counted, Wording};

include!(concat!(env!("OUT_DIR"), "/wording.rs"));

/// The text of a section that has this name there.
pub fn named(section: &[(&str, Wording)], name: &str) -> Option<Wording> {
    section.iter().find(|(its, _)| *its == name).map(|(_, wording)| *wording)
}
