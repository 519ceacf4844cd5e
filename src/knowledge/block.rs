//! What a page is made of: blocks of running text, code and tables.

/// A stretch of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    Text(String),
    Code(String),
    Strong(Vec<Inline>),
    Emphasis(Vec<Inline>),
    /// `to` is another page's id, or the path of a skill's reference.
    Link {
        to: String,
        text: Vec<Inline>,
    },
}

/// A block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Heading {
        anchor: String,
        text: Vec<Inline>,
    },
    Paragraph(Vec<Inline>),
    /// An item of a list; `number` is `None` in a list with bullets.
    Item {
        number: Option<u64>,
        text: Vec<Inline>,
    },
    /// Code or an exact message; `language` is `python`, `text`, `shell` or `toml`, and `text`
    /// has no line end after its last line.
    Code {
        language: String,
        text: String,
    },
    /// The first row is the heading. Rows hold cells, cells hold text.
    Table(Vec<Vec<Vec<Inline>>>),
}

impl Block {
    /// The running texts in it.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut Vec<Inline>> {
        let (text, cells) = match self {
            Self::Heading { text, .. } | Self::Paragraph(text) | Self::Item { text, .. } => {
                (Some(text), None)
            }
            Self::Code { .. } => (None, None),
            Self::Table(rows) => (None, Some(rows.iter_mut().flatten())),
        };
        text.into_iter().chain(cells.into_iter().flatten())
    }

    /// The running text in it, without marks; empty for code.
    pub fn plain(&self) -> String {
        match self {
            Self::Heading { text, .. } | Self::Paragraph(text) | Self::Item { text, .. } => {
                plain(text)
            }
            Self::Code { .. } => String::new(),
            Self::Table(rows) => {
                let cells = rows.iter().flatten().map(|cell| plain(cell));
                cells.collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// The words of running text, without marks.
pub fn plain(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Code(text) => text.clone(),
            Inline::Strong(text) | Inline::Emphasis(text) | Inline::Link { text, .. } => {
                plain(text)
            }
        })
        .collect()
}
