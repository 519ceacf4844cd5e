//! Sections of a page as Markdown for another document.

use super::language::Language;
use super::page::Page;

impl Page {
    /// The opening paragraph as it is written, without links.
    pub fn lead(&self, language: Language) -> String {
        let lines = self.markdown(language).trim_start().lines();
        let lines = lines.take_while(|line| !line.trim().is_empty()).map(without_links);
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What is written under the heading with this anchor, up to the next heading. Links lead to
    /// pages of the program, so only their words stay. Empty when there is no such section.
    pub fn excerpt(&self, language: Language, anchor: &str) -> String {
        let wanted = format!("{{#{anchor}}}");
        let (mut inside, mut in_code) = (false, false);
        let mut lines: Vec<String> = Vec::new();
        for line in self.markdown(language).lines() {
            if line.starts_with("```") {
                in_code = !in_code;
            }
            if !in_code && line.starts_with("## ") {
                inside = line.trim_end().ends_with(&wanted);
            } else if inside && (in_code || line.starts_with("```")) {
                lines.push(line.to_owned());
            } else if inside {
                lines.push(without_links(line));
            }
        }
        lines.join("\n").trim().to_owned()
    }
}

/// `[text](to)` becomes `text`.
fn without_links(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('[') {
        let link = after.split_once("](").and_then(|(text, tail)| {
            let (to, tail) = tail.split_once(')')?;
            (!text.contains(']') && !to.contains(' ')).then_some((text, tail))
        });
        out.push_str(before);
        match link {
            Some((text, tail)) => {
                out.push_str(text);
                rest = tail;
            }
            None => {
                out.push('[');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::{EN, ZH, source};
    use super::super::{PageKind, page};
    use super::*;

    #[test]
    fn a_section_is_cut_out_with_its_code_and_without_links() {
        let text = EN.replace("x = 1", "## no heading {#more}\nx = a[0](1)");
        let text = text.replace("- an item", "- see [b](b), not `a[0]`");
        let read = page::read(PageKind::Note, "a", &source("a", &text), Some(&source("z", ZH)));
        let page = read.0.expect("a page");
        let code = "```python\n## no heading {#more}\nx = a[0](1)\n```";
        assert_eq!(page.excerpt(Language::En, "more"), format!("{code}\n\n- see b, not `a[0]`"));
        assert_eq!(page.excerpt(Language::Zh, "more"), "```python\nx = 1\n```\n\n- 一项");
        assert_eq!(page.excerpt(Language::En, "none"), "");
        assert_eq!(page.lead(Language::Zh), "一句话。");
    }
}
