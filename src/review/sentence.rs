//! A [`Message`] in words.

use crate::diagnostic::Message;
use crate::knowledge::{Knowledge, Language};

/// The sentence of a message in a language, with its placeholders filled. The key stands for a
/// sentence that no page has.
pub fn sentence(knowledge: &Knowledge, language: Language, message: &Message) -> String {
    message.filled(|args| {
        if message.page == "interface" {
            return knowledge.ui(language, message.key, args);
        }
        let said = knowledge.message(language, message.page, message.key, args);
        said.unwrap_or_else(|| message.key.to_owned())
    })
}
