//! A kernel's message, read no further than what is kept of it: a result may be a gigabyte.

use std::collections::HashMap;

use jupyter_zmq_client::RawMessage;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::{Ending, Heard, Said};
use crate::notebook::escapes::{Unit, units};
use crate::text::floor_boundary;
use crate::transcript::Stream;

/// Bytes of output kept of one request, and of errors; what comes after is counted.
pub const KEPT: usize = 1 << 20;

/// The bytes that may still be kept of a request. Errors have their own: a flood of output must not
/// take the place of the one that ends it.
#[derive(Debug)]
pub struct Room {
    output: usize,
    errors: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { output: KEPT, errors: KEPT }
    }
}

/// The fields of a part as they stand there.
struct Fields<'m>(HashMap<String, &'m RawValue>);

/// A message on the channel for output. `None` where it makes no sense.
pub fn output(message: &RawMessage, rooms: &mut HashMap<String, Room>) -> Option<Heard> {
    let (kind, request, content) = parts(message)?;
    let room = rooms.entry(request.clone()).or_default();
    Some(Heard { said: said(&kind, &content, room)?, request })
}

/// A message on the channel for requests and their answers.
pub fn reply(message: &RawMessage) -> Option<Heard> {
    let (kind, request, content) = parts(message)?;
    let (values, error) = match kind.as_str() {
        "execute_reply" => (values(&content), ending(&content)),
        _ => (HashMap::new(), None),
    };
    Some(Heard { request, said: Said::Reply { values, error } })
}

/// The kind of a message, the request that it answers, and its content.
fn parts(message: &RawMessage) -> Option<(String, String, Fields<'_>)> {
    let [header, parent, _, content, ..] = message.jparts.as_slice() else { return None };
    let kind = Fields::of(header)?.word("msg_type")?;
    // What answers nothing has an empty header there.
    let request = Fields::of(parent).and_then(|it| it.word("msg_id")).unwrap_or_default();
    Some((kind, request, Fields::of(content)?))
}

/// Reduces a message. What is beyond the room that is left is counted and not kept.
fn said(kind: &str, content: &Fields<'_>, room: &mut Room) -> Option<Said> {
    Some(match kind {
        "stream" => {
            let from = match content.word("name")?.as_str() {
                "stdout" => Stream::Stdout,
                "stderr" => Stream::Stderr,
                _ => return None,
            };
            let (text, dropped) = content.text("text", &mut room.output)?;
            Said::Output(from, text, dropped)
        }
        "display_data" => {
            let (text, dropped) = content.plain(&mut room.output)?;
            Said::Output(Stream::Display, text, dropped)
        }
        // A result is one value: it has room of its own.
        "execute_result" => Said::Result(content.plain(&mut { KEPT })?.0),
        "error" => error(content, &mut room.errors)?,
        "execute_input" => Said::Count(content.read("execution_count")?),
        "status" if content.word("execution_state")? == "idle" => Said::Idle,
        _ => Said::Alive,
    })
}

/// An error that is shown. Where no room is left it is no more than output that is counted.
fn error(content: &Fields<'_>, room: &mut usize) -> Option<Said> {
    let is_full = *room == 0;
    // One that says nothing takes its place as well.
    *room = room.saturating_sub(1);
    let (Ending { name, message }, mut dropped) = named(content, room)?;
    let lines: Vec<&RawValue> = content.read("traceback")?;
    let mut traceback = Vec::new();
    for line in lines {
        let (kept, left) = text(line.get(), room)?;
        traceback.push(kept);
        dropped += left;
    }
    Some(match is_full {
        true => Said::Output(Stream::Traceback, String::new(), dropped),
        false => Said::Error { name, message, traceback, dropped },
    })
}

/// What ended a cell; `None` where it ran well. Any status but `ok` says that it did not.
///
/// Source: Jupyter's protocol has `error`, and `aborted` for a request that was never run.
fn ending(content: &Fields<'_>) -> Option<Ending> {
    let status = content.word("status").filter(|it| it != "ok")?;
    let (found, _) = named(content, &mut { KEPT }).unwrap_or_default();
    Some(if found.name.is_empty() { Ending { name: status, ..found } } else { found })
}

/// The exception's name and message, and the bytes for which there was no room.
fn named(content: &Fields<'_>, room: &mut usize) -> Option<(Ending, u64)> {
    let (name, left_of_name) = content.text("ename", room)?;
    let (message, left) = content.text("evalue", room)?;
    Some((Ending { name, message }, left_of_name + left))
}

/// What the expressions gave that were asked for; those that failed have no data.
fn values(content: &Fields<'_>) -> HashMap<String, String> {
    let asked: HashMap<String, &RawValue> = content.read("user_expressions").unwrap_or_default();
    let value = |raw: &RawValue| {
        let mut room = usize::MAX;
        Some(Fields::of(raw.get().as_bytes())?.plain(&mut room)?.0)
    };
    asked.into_iter().filter_map(|(name, raw)| Some((name, value(raw)?))).collect()
}

impl<'m> Fields<'m> {
    fn of(part: &'m [u8]) -> Option<Self> {
        serde_json::from_slice(part).ok().map(Self)
    }

    fn read<T: Deserialize<'m>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    fn word(&self, name: &str) -> Option<String> {
        self.read(name)
    }

    fn text(&self, name: &str, room: &mut usize) -> Option<(String, u64)> {
        text(self.0.get(name)?.get(), room)
    }

    /// The plain text among the forms of a value.
    fn plain(&self, room: &mut usize) -> Option<(String, u64)> {
        let forms = Fields::of(self.0.get("data")?.get().as_bytes())?;
        let Some(plain) = forms.0.get("text/plain") else { return Some(Default::default()) };
        if plain.get().starts_with('"') {
            return text(plain.get(), room);
        }
        let lines: Vec<&RawValue> = serde_json::from_str(plain.get()).ok()?;
        lines.into_iter().try_fold((String::new(), 0), |(so_far, dropped), line| {
            let (more, left) = text(line.get(), room)?;
            Some((so_far + &more, dropped + left))
        })
    }
}

/// The part of a JSON string for which there is room, and the bytes of the rest. Half a surrogate pair
/// is no character: U+FFFD stands for it.
fn text(raw: &str, room: &mut usize) -> Option<(String, u64)> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let (mut kept, mut dropped) = (String::new(), 0);
    for (unit, at) in units(inner, 0..inner.len()) {
        let buffer = &mut [0; 4];
        let piece = match unit {
            Unit::Plain => inner.get(at)?,
            Unit::Char(char) => char.encode_utf8(buffer),
            Unit::Lone => char::REPLACEMENT_CHARACTER.encode_utf8(buffer),
        };
        let end = floor_boundary(piece, *room);
        kept.push_str(piece.get(..end)?);
        // What comes after a gap is left out, however short.
        *room = if end < piece.len() { 0 } else { *room - end };
        dropped += (piece.len() - end) as u64;
    }
    Some((kept, dropped))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_beyond_the_room_is_counted_and_characters_stay_whole() {
        let mut room = 4;
        assert_eq!(text(r#""ab""#, &mut room), Some(("ab".to_owned(), 0)));
        assert_eq!(text(r#""é中""#, &mut room), Some(("é".to_owned(), 3)));
        assert_eq!(text(r#""x""#, &mut room), Some((String::new(), 1)));
        let escapes = r#""\n\"\u0041\u00e9\u4e2d\ud83d\ude00""#;
        let whole = text(escapes, &mut { 100 });
        assert_eq!(whole, Some(("\n\"Aé中😀".to_owned(), 0)));
        for room in 0..12 {
            let (kept, dropped) = text(escapes, &mut { room }).unwrap();
            assert!("\n\"Aé中😀".starts_with(&kept) && kept.len() <= room);
            assert_eq!(kept.len() as u64 + dropped, 12);
        }
    }

    fn message(kind: &str, content: &str) -> RawMessage {
        let header = format!(r#"{{"msg_type": "{kind}"}}"#);
        let parts = [header.as_str(), r#"{"msg_id": "a"}"#, "{}", content];
        let jparts = parts.map(|part| part.as_bytes().to_vec().into()).to_vec();
        RawMessage { zmq_identities: Vec::new(), jparts }
    }

    fn heard(kind: &str, content: &str) -> Option<Said> {
        let heard = output(&message(kind, content), &mut HashMap::new())?;
        assert_eq!(heard.request, "a");
        Some(heard.said)
    }

    #[test]
    fn a_value_is_its_plain_text_in_one_piece_or_in_several() {
        let result = |data| heard("execute_result", data);
        let one = result(r#"{"data": {"text/html": "\ud800", "text/plain": "a\nb"}}"#);
        assert!(matches!(one, Some(Said::Result(text)) if text == "a\nb"));
        let lines = result(r#"{"data": {"text/plain": ["a", "b"]}}"#);
        assert!(matches!(lines, Some(Said::Result(text)) if text == "ab"));
        let none = result(r#"{"data": {"image/png": ""}}"#);
        assert!(matches!(none, Some(Said::Result(text)) if text.is_empty()));
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        for (kind, content) in [
            ("stream", r#"{"name": "stdout", "text": 1}"#),
            ("stream", r#"{"name": "other", "text": ""}"#),
            ("stream", "[]"),
            ("stream", "\u{0}"),
            ("error", r#"{"ename": "E", "evalue": "m"}"#),
        ] {
            assert!(heard(kind, content).is_none(), "{kind} {content}");
        }
        assert!(matches!(heard("comm_open", "{}"), Some(Said::Alive)));
    }

    #[test]
    fn half_a_surrogate_pair_is_shown_as_a_character_that_is_none() {
        let said = heard("stream", r#"{"name": "stdout", "text": "a\ud800b\ud83d\ude00"}"#);
        assert!(matches!(said, Some(Said::Output(_, text, 0)) if text == "a\u{fffd}b😀"));
    }

    #[test]
    fn errors_for_which_there_is_no_room_are_counted() {
        let content = r#"{"ename": "E", "evalue": "m", "traceback": ["abc"]}"#;
        let mut rooms = HashMap::from([("a".to_owned(), Room { output: 9, errors: 5 })]);
        let mut next = || output(&message("error", content), &mut rooms).unwrap().said;
        assert!(matches!(next(), Said::Error { traceback, dropped: 1, .. } if traceback == ["ab"]));
        assert!(matches!(next(), Said::Output(Stream::Traceback, text, 5) if text.is_empty()));
    }

    #[test]
    fn a_reply_that_says_anything_but_ok_tells_of_an_error() {
        let ended = |content| match reply(&message("execute_reply", content)).unwrap().said {
            Said::Reply { error, .. } => error.map(|error| error.name),
            _ => panic!("no reply"),
        };
        assert_eq!(ended(r#"{"status": "ok"}"#), None);
        assert_eq!(ended(r#"{"status": "aborted"}"#).as_deref(), Some("aborted"));
        let half = r#"{"status": "error", "ename": "E", "evalue": "\udc00"}"#;
        assert_eq!(ended(half).as_deref(), Some("E"));
    }

    #[test]
    fn a_reply_tells_what_was_asked_for_and_what_ended_the_cell() {
        let content = r#"{"status": "error", "ename": "E", "evalue": "m", "user_expressions":
            {"a": {"status": "ok", "data": {"text/plain": "1"}}, "b": {"status": "error"}}}"#;
        let Said::Reply { values, error } = reply(&message("execute_reply", content)).unwrap().said
        else {
            panic!("no reply")
        };
        assert_eq!(values, HashMap::from([("a".to_owned(), "1".to_owned())]));
        assert_eq!(error, Some(Ending { name: "E".to_owned(), message: "m".to_owned() }));
    }
}
