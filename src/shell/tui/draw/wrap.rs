//! Styled text in lines: the terminal library's side of the line breaker.

use ratatui::text::Span;

use crate::document;

/// A line of styled text.
pub type Spans = Vec<Span<'static>>;

/// Breaks safe text into lines of at most `width` columns.
pub fn wrap(spans: &[Span<'_>], width: usize) -> Vec<Spans> {
    let stretches: Vec<_> = spans.iter().map(|span| (span.style, &*span.content)).collect();
    let styled = |(style, text)| Span::styled(text, style);
    let lines = document::wrap(&stretches, width).into_iter();
    lines.map(|line| line.into_iter().map(styled).collect()).collect()
}
