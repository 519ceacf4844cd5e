//! What the front end remembers from one frame to the next.

use super::color::Depth;
use super::draw::Sheets;
use super::draw::code::{Extent, Window};
use super::draw::source::Source;
use super::editor::Editor;
use super::events::Hits;
use super::glyphs::Glyphs;
use super::paint::Painter;
use super::theme::{Ground, Theme, Themes};
use crate::tutor::message::Msg;
use crate::tutor::view::{CodePane, Pane, ThemeChoice};

/// Everything that is worth keeping between frames: none of it is known to the tutor.
pub struct Screen {
    pub glyphs: Glyphs,
    pub theme: Theme,
    pub sheets: Sheets,
    pub painter: Painter,
    pub source: Source,
    /// The text area, while a cell is edited.
    pub editor: Option<Editor>,
    /// Where the code pane stood, for the editor to move from.
    pub window: Window,
    /// Rows of the code pane.
    pub code_rows: usize,
    pub overview_top: usize,
    pub popup_top: usize,
    themes: Themes,
    ground: Ground,
    depth: Depth,
    choice: Option<ThemeChoice>,
    told: Seen,
    /// The last frame could show nothing but that.
    pub is_too_small: bool,
}

/// What a frame showed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    pub hits: Hits,
    pub guide: Option<Extent>,
    pub code: Option<Extent>,
    pub overview: Option<Extent>,
    pub popup: Option<Extent>,
}

impl Screen {
    /// A screen on which nothing has been drawn.
    pub fn new(
        themes: Themes,
        ground: Ground,
        depth: Depth,
        glyphs: Glyphs,
        painter: Painter,
    ) -> Self {
        Self {
            glyphs,
            theme: themes.choose(ThemeChoice::Auto, ground, depth),
            sheets: Sheets::default(),
            painter,
            source: Source::default(),
            editor: None,
            window: Window::default(),
            code_rows: 0,
            overview_top: 0,
            popup_top: 0,
            themes,
            ground,
            depth,
            choice: None,
            told: Seen::default(),
            is_too_small: false,
        }
    }

    /// Takes the reader's choice of a theme.
    pub fn choose(&mut self, choice: ThemeChoice) {
        if self.choice.replace(choice) != Some(choice) {
            self.theme = self.themes.choose(choice, self.ground, self.depth);
            self.sheets.clear();
            self.source.forget_notes();
        }
    }

    /// Opens, fills anew or closes the text area as the pane says.
    pub fn edit(&mut self, pane: Option<&CodePane>) {
        let wanted = pane.and_then(|pane| Some((pane.editing?, pane)));
        let number = wanted.map(|(number, _)| number);
        if number != self.editor.as_ref().map(|editor| editor.number) {
            let open =
                |(number, pane): (u64, &CodePane)| Editor::new(number, &pane.source, pane.reveal);
            self.editor = wanted.map(open);
        }
    }

    /// Takes note of what a frame showed and returns what the tutor has to be told of it.
    pub fn report(&mut self, seen: Seen) -> Vec<Msg> {
        let mut out = Vec::new();
        for (pane, now, before) in [
            (Pane::Guide, seen.guide, self.told.guide),
            (Pane::Code, seen.code, self.told.code),
            (Pane::Overview, seen.overview, self.told.overview),
        ] {
            if let Some(Extent { content, visible }) = now.filter(|_| now != before) {
                out.push(Msg::Measured { pane, content, visible });
            }
        }
        if let Some(Extent { content, visible }) =
            seen.popup.filter(|now| Some(*now) != self.told.popup)
        {
            out.push(Msg::PopupMeasured { content, visible });
        }
        let before = std::mem::replace(&mut self.told, seen);
        // A pane that is hidden keeps the numbers that it was last reported with.
        self.told.guide = self.told.guide.or(before.guide);
        self.told.code = self.told.code.or(before.code);
        self.told.overview = self.told.overview.or(before.overview);
        out
    }

    /// Where things are, for the mouse.
    pub fn hits(&self) -> &Hits {
        &self.told.hits
    }
}
