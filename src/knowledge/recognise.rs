//! Finds the message page that a pasted traceback is about.

use std::borrow::Cow;

use super::Knowledge;
use super::page::{Front, Page, PageKind};

/// How well a page's message fits a text; greater is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    place: Place,
    /// The line on which it stands, where a class stands before it.
    line: usize,
    /// Length of what was found, in bytes.
    length: usize,
}

/// Where in the text the message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Anywhere,
    /// In one of the last lines.
    Late,
    /// Behind a file's name and the class of the warning.
    Warning,
    /// Right behind the class of the error, as a traceback ends.
    Exception,
}

/// How many lines at the end are the last lines.
const LAST_LINES: usize = 3;

/// What a page's error says, ready to be looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// The page's id.
    pub id: Cow<'static, str>,
    pub error: Spelled,
    pub matches: Vec<Spelled>,
}

/// A text as it is written, and in small letters; white space is one space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelled {
    pub plain: Cow<'static, str>,
    pub small: Cow<'static, str>,
}

impl Message {
    /// `None` for a page of another kind.
    pub fn of(page: &Page) -> Option<Self> {
        let Front::Message { matches, error, .. } = &page.front else { return None };
        let matches = matches.iter().map(|text| Spelled::of(text)).collect();
        Some(Self { id: Cow::Owned(page.id.clone()), error: Spelled::of(error), matches })
    }
}

impl Spelled {
    fn of(text: &str) -> Self {
        let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { small: Cow::Owned(plain.to_lowercase()), plain: Cow::Owned(plain) }
    }
}

impl Knowledge {
    /// The id of the page whose message a text holds.
    pub(super) fn recognised(&self, text: &str) -> Option<&str> {
        let packed = || self.packed.as_ref()?.messages();
        let read = || self.pages(PageKind::Message).filter_map(Message::of).collect();
        let messages = self.messages.get_or_init(|| packed().unwrap_or_else(read));
        recognise(messages, text).map(|message| &*message.id)
    }
}

/// The message that fits best; where none does, one that was typed in other letters.
fn recognise<'m>(messages: &'m [Message], text: &str) -> Option<&'m Message> {
    best(messages, text, |it| &it.plain)
        .or_else(|| best(messages, &text.to_lowercase(), |it| &it.small))
}

/// The message that, as `spelled`, fits best.
fn best<'m>(
    messages: &'m [Message],
    text: &str,
    spelled: impl Fn(&Spelled) -> &str,
) -> Option<&'m Message> {
    let clean = Clean::new(text);
    let fits = messages.iter().filter_map(|message| {
        let error = spelled(&message.error);
        let fits = message.matches.iter().filter_map(|wanted| clean.fit(spelled(wanted), error));
        Some((fits.max()?, message))
    });
    // The first of equals, so that the answer does not hang on the number of pages.
    fits.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, it)| it)
}

/// A text without colour codes, in which every white space is one space.
struct Clean {
    text: String,
    /// Where each line begins in `text`, in bytes.
    lines: Vec<usize>,
}

impl Clean {
    fn new(text: &str) -> Self {
        let plain = without_colours(text);
        let mut clean = Self { text: String::with_capacity(plain.len()), lines: Vec::new() };
        for line in plain.lines().filter(|line| !line.trim().is_empty()) {
            clean.lines.push(clean.text.len());
            // Bars and the like frame the parts of an exception group, or a quotation.
            let line = line.trim_start_matches([' ', '|', '+', '-', '>', '│']);
            for word in line.split_whitespace() {
                clean.text.push_str(word);
                clean.text.push(' ');
            }
        }
        clean
    }

    /// The best place where `wanted` stands.
    fn fit(&self, wanted: &str, error: &str) -> Option<Fit> {
        if wanted.is_empty() || wanted.len() > self.text.len() {
            return None;
        }
        let found = self.text.match_indices(wanted);
        found.map(|(at, _)| self.fit_at(at, wanted.len(), error)).max()
    }

    fn fit_at(&self, at: usize, length: usize, error: &str) -> Fit {
        let next = self.lines.partition_point(|start| *start <= at);
        let line = next.saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or_default();
        let rest = self.text.get(start..).unwrap_or_default();
        let place = match class_place(rest, error) {
            Some(place) => return Fit { place, line, length },
            None if next.saturating_add(LAST_LINES) > self.lines.len() => Place::Late,
            None => Place::Anywhere,
        };
        Fit { place, line: 0, length }
    }
}

/// Whether a line is one that Python writes for the class `error`, and of which sort.
fn class_place(line: &str, error: &str) -> Option<Place> {
    if error.is_empty() {
        return None;
    }
    if error.ends_with("Warning") {
        // A line that begins with the class is an addition to the warning before it.
        return line.contains(&format!(": {error}: ")).then_some(Place::Warning);
    }
    // `anyio.NoEventLoopError` stands for `NoEventLoopError`.
    let class = line.split([':', ' ']).next()?;
    (class.rsplit('.').next() == Some(error)).then_some(Place::Exception)
}

/// Leaves out terminal colour codes, which notebooks save in tracebacks.
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        rest = after.trim_start_matches(|char: char| char.is_ascii_digit() || char == ';');
        rest = rest.strip_prefix(|char: char| char.is_ascii_alphabetic()).unwrap_or(rest);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Shipped, files};
    use super::super::{Front, Knowledge, PageKind};

    fn page(id: &str, error: &str, matches: &str) -> [(String, String); 2] {
        let en = format!(
            "---\nid: {id}\nkind: message\ntitle: t\nkeywords: [k]\n\
             match: [{matches:?}]\nerror: {error}\n---\nWords.\n"
        );
        let zh = format!("---\nid: {id}\ntitle: t\nkeywords: [k]\n---\nWords.\n");
        let path = format!("content/messages/{id}");
        [(format!("{path}.md"), en), (format!("{path}.zh.md"), zh)]
    }

    fn recognise(text: &str) -> Option<String> {
        let mut all = files(&[]);
        all.extend(page("run", "RuntimeError", "cannot be called from a running event loop"));
        all.extend(page("running", "RuntimeError", "This event loop is already running"));
        all.extend(page("never", "RuntimeWarning", "was never awaited"));
        all.extend(page("memory", "RuntimeWarning", "Enable tracemalloc to get the object"));
        all.extend(page("never-main", "RuntimeWarning", "'main' was never awaited"));
        let knowledge = Knowledge::open(&all);
        assert_eq!(knowledge.pages(PageKind::Message).count(), 5);
        knowledge.recognise(text).map(|page| page.id.clone())
    }

    #[test]
    fn the_exception_of_a_traceback_speaks_before_the_warning_under_it() {
        let text = "RuntimeError: asyncio.run() cannot be called from a running event loop\n\
                    sys:1: RuntimeWarning: coroutine 'f' was never awaited\n";
        assert_eq!(recognise(text).as_deref(), Some("run"));
    }

    #[test]
    fn a_warning_speaks_before_what_python_adds_to_it() {
        let text = "/tmp/1.py:2: RuntimeWarning: coroutine 'f' was never awaited\n  f(3)\n\
                    RuntimeWarning: Enable tracemalloc to get the object allocation traceback\n";
        assert_eq!(recognise(text).as_deref(), Some("never"));
    }

    #[test]
    fn the_frame_of_an_exception_group_does_not_hide_its_parts() {
        let text = "  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)\n  \
                    +-+---------------- 1 ----------------\n    \
                    | RuntimeError: This event loop is already running\n    \
                    +------------------------------------\n";
        assert_eq!(recognise(text).as_deref(), Some("running"));
    }

    #[test]
    fn the_last_exception_of_a_chain_is_the_one() {
        let text = "RuntimeError: asyncio.run() cannot be called from a running event loop\n\n\
                    During handling of the above exception, another exception occurred:\n\n\
                    RuntimeError: This event loop is already running";
        assert_eq!(recognise(text).as_deref(), Some("running"));
    }

    #[test]
    fn the_longest_message_wins_on_a_line() {
        let text = "<ipython>:3: RuntimeWarning: coroutine 'main' was never awaited\n  main()";
        assert_eq!(recognise(text).as_deref(), Some("never-main"));
    }

    #[test]
    fn colours_and_broken_lines_do_not_hide_a_message() {
        let text = "\u{1b}[0;31mRuntimeError\u{1b}[0m: asyncio.run() cannot be\n  called from a running event loop";
        assert_eq!(recognise(text).as_deref(), Some("run"));
    }

    #[test]
    fn every_page_is_recognised_by_its_own_words() {
        let knowledge = Knowledge::open(&Shipped);
        let mut wrong = Vec::new();
        for page in knowledge.pages(PageKind::Message) {
            let Front::Message { matches, error, .. } = &page.front else { continue };
            for text in matches {
                let pasted = format!("Traceback (most recent call last):\n{error}: {text}\n");
                let found = knowledge.recognise(&pasted).map(|page| page.id.as_str());
                if found != Some(&page.id) {
                    wrong.push(format!("{}: `{text}` is taken for {found:?}", page.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_message_typed_in_other_letters_is_recognised_when_no_other_fits() {
        let typed = "runtimeerror: THIS event loop is already running";
        assert_eq!(recognise(typed).as_deref(), Some("running"));
        let both =
            "this EVENT loop is already running\nRuntimeWarning: coroutine was never awaited";
        assert_eq!(recognise(both).as_deref(), Some("never"));
    }

    #[test]
    fn any_other_text_is_no_message() {
        assert_eq!(recognise("ValueError: no"), None);
        assert_eq!(recognise(""), None);
    }
}
