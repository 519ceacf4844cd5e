//! What there is to say of files that were written, or were not.

use std::path::Path;

use super::Tutor;
use super::message::Told;
use super::popups::{Reader, Window};
use super::reading::Writer;
use crate::diagnostic::Message;
use crate::document::{Block, Prose, Tone};
use crate::review::sentence;
use crate::wording::{Wording, saved};

/// Remarks on one file.
pub fn about(path: &Path, remarks: Vec<Message>) -> Vec<Told> {
    remarks.into_iter().map(|message| Told { path: path.to_owned(), message }).collect()
}

impl Tutor<'_> {
    /// Says why a file was not written.
    pub(super) fn say_unwritten(&mut self, why: &Message) {
        let said = sentence(self.knowledge, self.reading.base(), why);
        self.status = Some(Prose::toned(said, Tone::Mistake));
    }

    /// Says why not all of several files were written: on the status line, and where that is not
    /// one sentence, in a window as well.
    pub(super) fn say_failed(&mut self, told: &[Told]) {
        if let [one] = told {
            let said = self.said(one);
            self.status = Some(Prose::toned(said, Tone::Mistake));
            return;
        }
        self.say(saved::FAILED, &[], Tone::Mistake);
        let window = self.titled(saved::FAILED, told);
        self.windows.push(window);
    }

    /// A window with what there is to say of files that were written. A line would not hold it.
    pub(super) fn page_of(&self, told: &[Told]) -> Option<Window> {
        (!told.is_empty()).then(|| self.titled(saved::TITLE, told))
    }

    fn titled(&self, title: Wording, told: &[Told]) -> Window {
        let knowledge = self.knowledge;
        let mut writer = Writer::new(knowledge, self.reading);
        for one in told {
            writer.each(|language| {
                let (file, said) =
                    (one.path.display().to_string(), sentence(knowledge, language, &one.message));
                let args = [("file", file.as_str()), ("said", said.as_str())];
                Block::Paragraph(Prose::plain(knowledge.ui(language, saved::OF_FILE, &args)))
            });
        }
        let title = knowledge.ui(self.reading.base(), title, &[]);
        Window::new(Reader { title, page: writer.finish().into(), id: None })
    }

    fn said(&self, told: &Told) -> String {
        let language = self.reading.base();
        let said = sentence(self.knowledge, language, &told.message);
        let args = [("file", &*told.path.display().to_string()), ("said", &*said)];
        self.knowledge.ui(language, saved::OF_FILE, &args)
    }
}
