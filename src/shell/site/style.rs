//! The sheet of styles: the colours are those of the program's own themes, for a light ground and
//! for a dark one.

use crate::knowledge::Knowledge;

/// How the pages look, in the colours named here.
const RULES: &str = include_str!("style.css");

/// The entries of a theme that pages use, and what the sheet calls them.
pub const COLOURS: [(&str, &str); 12] = [
    ("quiet", "quiet"),
    ("code", "code"),
    ("link", "link"),
    ("mistake", "mistake"),
    ("caution", "caution"),
    ("advice", "advice"),
    ("right", "right"),
    ("evidence", "evidence"),
    ("frame", "frame"),
    ("focus", "focus"),
    ("diff-removed", "removed"),
    ("diff-added", "added"),
];

/// The whole sheet.
pub fn sheet(knowledge: &Knowledge) -> String {
    let light = colours(knowledge, "light");
    let dark = colours(knowledge, "dark");
    format!(
        ":root{{color-scheme:light dark;\n{light}}}\n\
         @media (prefers-color-scheme:dark){{:root{{\n{dark}}}}}\n{RULES}"
    )
}

/// A theme's colours as variables.
fn colours(knowledge: &Knowledge, theme: &str) -> String {
    let Some(theme) = knowledge.themes.get(theme) else { return String::new() };
    let look = |name: &str| theme.get(name).map(String::as_str).unwrap_or_default();
    let mut out = String::new();
    for (what, colour) in ["text", "ground"].into_iter().zip(hexes(look("screen"))) {
        out.push_str(&format!("--{what}:{colour};\n"));
    }
    for (entry, name) in COLOURS {
        if let Some(colour) = hexes(look(entry)).next() {
            out.push_str(&format!("--{name}:{colour};\n"));
        }
    }
    out
}

/// The colours in a look such as `#d4d4d4 on #141414`, in their order.
fn hexes(look: &str) -> impl Iterator<Item = &str> {
    let is_colour = |word: &&str| {
        word.strip_prefix('#')
            .is_some_and(|hex| hex.len() == 6 && hex.chars().all(|char| char.is_ascii_hexdigit()))
    };
    look.split_whitespace().filter(is_colour)
}
