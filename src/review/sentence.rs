//! A [`Message`] in words.

use crate::diagnostic::Message;
use crate::knowledge::{Knowledge, Language};

/// The sentence of a message in a language, with its placeholders filled. The key stands for a
/// sentence that no page has.
pub fn sentence(knowledge: &Knowledge, language: Language, message: &Message) -> String {
    message.filled(|args| {
        if let Some(wording) = message.wording() {
            return knowledge.ui(language, wording, args);
        }
        let said = knowledge.message(language, message.page, message.key, args);
        said.unwrap_or_else(|| message.key.to_owned())
    })
}
