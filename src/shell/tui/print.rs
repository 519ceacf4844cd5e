//! A page as text for a terminal that scrolls by.

use crossterm::style::{ContentStyle, StyledContent, force_color_output};
use ratatui::prelude::IntoCrossterm;
use ratatui::style::Style;

use super::draw::ink::Ink;
use super::draw::lay_out;
use super::glyphs::Glyphs;
use super::paint::Painter;
use super::theme::Theme;
use crate::shell::visible::Charset;
use crate::tutor::view::Page;

/// How a page is printed.
#[derive(Debug, Clone, Copy)]
pub struct Print<'t> {
    pub theme: &'t Theme,
    pub charset: Charset,
    /// Whether looks are sent along.
    pub color: bool,
    /// In columns.
    pub width: usize,
}

impl Print<'_> {
    /// The lines of a page, each with its end.
    pub fn page(self, page: &Page) -> String {
        let glyphs = match self.charset {
            Charset::Unicode => &Glyphs::UNICODE,
            Charset::Ascii => &Glyphs::ASCII,
        };
        // Whether there are colours was asked already, by more than the environment.
        force_color_output(self.color);
        let ink = Ink { theme: self.theme, glyphs, roomy: false };
        let laid = lay_out(page, self.width, false, &ink, &mut Painter::at_once());
        let mut out = String::new();
        for line in &laid.lines {
            let mut printed = String::new();
            for span in &line.spans {
                printed.push_str(&self.styled(span.style, &span.content));
            }
            out.push_str(printed.trim_end());
            out.push('\n');
        }
        out
    }

    fn styled(self, style: Style, text: &str) -> String {
        let style: ContentStyle = style.into_crossterm();
        if !self.color || style == ContentStyle::default() || text.trim().is_empty() {
            return text.to_owned();
        }
        StyledContent::new(style, text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::knowledge::{Knowledge, Language, PageKind};
    use crate::shell::tui::theme::SLOTS;
    use crate::tutor::printed_page;

    const PAGE: &str = "---
id: a
kind: note
title: \"`f` here\"
keywords: [f]
see: [b]
---
One sentence with `code` and **weight**.

## Head {#head}

- an item that is longer than a line
- another

```python
x = 1
```

| a | b |
| --- | --- |
| one | two words |
";

    const OTHER: &str = "---
id: b
kind: note
title: Another
keywords: [b]
---
Text.
";

    const INTERFACE: &str =
        "kinds: {note: {en: note, zh: 说明}}\npopup: {see-also: {en: See also, zh: 另见}}\n";

    fn print(color: bool, width: usize) -> String {
        let files = [
            ("content/notes/a.md", PAGE),
            ("content/notes/b.md", OTHER),
            ("content/interface.yaml", INTERFACE),
        ];
        let files: BTreeMap<String, String> =
            files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
        let knowledge = Knowledge::open(&files);
        let page = knowledge.page(PageKind::Note, "a").expect("the page");
        let look = |name: &str| match name {
            "strong" => "bold".to_owned(),
            "code" => "underline".to_owned(),
            _ => "default".to_owned(),
        };
        let looks: BTreeMap<String, String> =
            SLOTS.iter().map(|(_, name)| ((*name).to_owned(), look(name))).collect();
        let theme = Theme::parse(&looks).expect("a theme");
        let page = printed_page(&knowledge, page, Language::En);
        Print { theme: &theme, charset: Charset::Unicode, color, width }.page(&page)
    }

    #[test]
    fn a_page_is_laid_out_to_the_width() {
        insta::assert_snapshot!(print(false, 28), @"
        f here
        note a

        One sentence with code and
        weight.

        Head
         • an item that is longer
           than a line
         • another

          x = 1

        a    b
        ───  ─────────
        one  two words

        See also
         • b: Another
        ");
    }

    #[test]
    fn meanings_have_looks() {
        let page = print(true, 60);
        assert!(page.contains("\u{1b}[1m here\u{1b}[0m\n"), "{page:?}");
        assert!(page.contains("\u{1b}[4mb\u{1b}[0m: Another"), "{page:?}");
    }
}
