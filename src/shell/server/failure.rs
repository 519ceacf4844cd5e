//! Why a request has no answer: a number that the protocol gives it, and a sentence.
//!
//! Source: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#errorCodes>.

use serde_json::{Value, json};

use super::publish::shown;
use super::wire::Broken;
use crate::shell::report::Voice;
use crate::wording::{self, Wording};

/// Why a message was not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The bytes are no message.
    Broken(Broken),
    /// It is JSON, and neither a request nor a notification nor an answer.
    Shape,
    /// Something before `initialize`.
    TooEarly,
    /// A second `initialize`, or something after `shutdown`.
    OutOfOrder,
    Method(String),
    Params(String),
    /// Nothing is open under this URI.
    Unknown(String),
    /// The place is not in the text.
    Place,
    /// A change did not fit, so that we do not know the text.
    Lost(String),
    Cancelled,
    /// The text changed meanwhile.
    Changed,
    /// A fault of this program.
    Internal,
}

impl Failure {
    fn code(&self) -> i32 {
        match self {
            Failure::Broken(_) => -32700,
            Failure::Shape | Failure::OutOfOrder => -32600,
            Failure::Method(_) => -32601,
            Failure::Params(_) | Failure::Unknown(_) | Failure::Place => -32602,
            Failure::Internal => -32603,
            Failure::TooEarly => -32002,
            Failure::Cancelled => -32800,
            Failure::Changed => -32801,
            Failure::Lost(_) => -32803,
        }
    }

    /// The sentence, in the reader's languages.
    pub fn told(&self, voice: Voice<'_>) -> String {
        let (key, args): (Wording, Vec<(&str, &str)>) = match self {
            Failure::Broken(Broken::Header) => (wording::server::failure::HEADER, Vec::new()),
            Failure::Broken(Broken::TooLong) => (wording::server::failure::TOO_LONG, Vec::new()),
            Failure::Broken(Broken::Json(why)) => {
                (wording::server::failure::JSON, vec![("why", why)])
            }
            Failure::Shape => (wording::server::failure::SHAPE, Vec::new()),
            Failure::TooEarly => (wording::server::failure::TOO_EARLY, Vec::new()),
            Failure::OutOfOrder => (wording::server::failure::OUT_OF_ORDER, Vec::new()),
            Failure::Method(name) => (wording::server::failure::METHOD, vec![("method", name)]),
            Failure::Params(why) => (wording::server::failure::PARAMS, vec![("why", why)]),
            Failure::Unknown(uri) => (wording::server::failure::UNKNOWN, vec![("uri", uri)]),
            Failure::Place => (wording::server::failure::PLACE, Vec::new()),
            Failure::Lost(uri) => (wording::server::failure::LOST, vec![("uri", uri)]),
            Failure::Cancelled => (wording::server::failure::CANCELLED, Vec::new()),
            Failure::Changed => (wording::server::failure::CHANGED, Vec::new()),
            Failure::Internal => (wording::server::failure::INTERNAL, Vec::new()),
        };
        shown(&voice.say(key, &args))
    }

    /// The answer to the request `id`; null where nobody knows it.
    pub fn answer(&self, voice: Voice<'_>, id: &Value) -> Value {
        let error = json!({"code": self.code(), "message": self.told(voice)});
        json!({"jsonrpc": "2.0", "id": id, "error": error})
    }
}
