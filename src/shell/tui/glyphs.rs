//! The signs of the interface, in Unicode and in ASCII.

use ratatui::symbols::border;

use crate::document::{Mark, Picked};
use crate::shell::visible::Charset;

/// Which signs to draw; the caller decides by the locale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    pub charset: Charset,
    /// The skill is in use.
    pub skill: &'static str,
    pub error: &'static str,
    pub warning: &'static str,
    pub hint: &'static str,
    pub right: &'static str,
    /// Begun and not done.
    pub begun: &'static str,
    pub bullet: &'static str,
    pub fits: &'static str,
    pub fits_not: &'static str,
    /// There is more below.
    pub below: &'static str,
    /// There is more above.
    pub above: &'static str,
    /// A line goes on at the right.
    pub clipped_right: &'static str,
    /// A line begins further left.
    pub clipped_left: &'static str,
    /// A text was shortened.
    pub ellipsis: &'static str,
    /// In front of the selected row.
    pub selected: &'static str,
    /// In front of each line of a range that spans lines.
    pub bar: &'static str,
    /// Between two step tabs, and under a table's heading.
    pub dash: &'static str,
    pub unsaved: &'static str,
    pub prompt: &'static str,
    /// Under what shows a situation, where a fault has tildes.
    pub evidence: &'static str,
    /// Bars of a strip, the lowest first.
    pub bars: [&'static str; 8],
    pub border: border::Set<'static>,
}

impl Glyphs {
    /// Signs for a terminal whose locale is UTF-8.
    pub const UNICODE: Self = Self {
        charset: Charset::Unicode,
        skill: "◆",
        error: "✖",
        warning: "▲",
        hint: "·",
        right: "✔",
        begun: "◐",
        bullet: "•",
        fits: "●",
        fits_not: "○",
        below: "▼",
        above: "▲",
        clipped_right: "›",
        clipped_left: "‹",
        ellipsis: "…",
        selected: "❯",
        bar: "┃",
        dash: "─",
        unsaved: "*",
        prompt: "/",
        evidence: "┄",
        bars: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        border: border::PLAIN,
    };

    /// Signs for any other terminal.
    pub const ASCII: Self = Self {
        charset: Charset::Ascii,
        skill: "*",
        error: "x",
        warning: "!",
        hint: ".",
        right: "+",
        begun: "~",
        bullet: "-",
        fits: "[x]",
        fits_not: "[ ]",
        below: "v",
        above: "^",
        clipped_right: ">",
        clipped_left: "<",
        ellipsis: "~",
        selected: ">",
        bar: "|",
        dash: "-",
        unsaved: "*",
        prompt: "/",
        evidence: ".",
        bars: ["_", ".", ":", "-", "=", "+", "*", "#"],
        border: border::Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        },
    };

    /// The sign that goes with `charset`.
    pub fn new(charset: Charset) -> Self {
        match charset {
            Charset::Unicode => Self::UNICODE,
            Charset::Ascii => Self::ASCII,
        }
    }

    /// The sign of a mark; a number is written out.
    pub fn mark(&self, mark: Mark) -> String {
        match mark {
            Mark::Bullet => self.bullet.to_owned(),
            Mark::Under => self.dash.to_owned(),
            Mark::Number(number) => format!("{number}."),
            Mark::Fits => self.fits.to_owned(),
            Mark::FitsNot | Mark::Others | Mark::Open => self.fits_not.to_owned(),
            Mark::Error => self.error.to_owned(),
            Mark::Warning => self.warning.to_owned(),
            Mark::Hint => self.hint.to_owned(),
            Mark::Right => self.right.to_owned(),
            Mark::Begun => self.begun.to_owned(),
            Mark::Choice(letter, picked) => {
                let sign = match picked {
                    Picked::No => " ",
                    Picked::Wrong => self.error,
                    Picked::Right => self.right,
                };
                format!("{sign} {letter}")
            }
        }
    }
}
