//! A kernel's message, read no further than what is kept of it: a result may be a gigabyte.

use std::collections::HashMap;

use jupyter_zmq_client::RawMessage;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::{Ending, Heard, Said};
use crate::text::floor_boundary;
use crate::transcript::Stream;

/// Bytes of output kept of one request; what comes after is counted.
pub const KEPT: u64 = 1 << 20;

/// The fields of a part as they stand there.
struct Fields<'m>(HashMap<String, &'m RawValue>);

/// A message on the channel for output. `None` where it makes no sense.
pub fn output(message: &RawMessage, rooms: &mut HashMap<String, u64>) -> Option<Heard> {
    let (kind, request, content) = parts(message)?;
    let room = rooms.entry(request.clone()).or_insert(KEPT);
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
fn said(kind: &str, content: &Fields<'_>, room: &mut u64) -> Option<Said> {
    Some(match kind {
        "stream" => {
            let from = match content.word("name")?.as_str() {
                "stdout" => Stream::Stdout,
                "stderr" => Stream::Stderr,
                _ => return None,
            };
            let (text, dropped) = content.text("text", room)?;
            Said::Output(from, text, dropped)
        }
        "display_data" => {
            let (text, dropped) = content.plain(room)?;
            Said::Output(Stream::Display, text, dropped)
        }
        // A result is one value: it has room of its own.
        "execute_result" => Said::Result(content.plain(&mut { KEPT })?.0),
        "error" => {
            let lines: Vec<&RawValue> = content.read("traceback")?;
            let mut room = KEPT;
            let traceback = lines.into_iter().map(|line| Some(text(line.get(), &mut room)?.0));
            let traceback = traceback.collect::<Option<_>>()?;
            let Ending { name, message } = named(content)?;
            Said::Error { name, message, traceback }
        }
        "execute_input" => Said::Count(content.read("execution_count")?),
        "status" if content.word("execution_state")? == "idle" => Said::Idle,
        _ => Said::Alive,
    })
}

fn ending(content: &Fields<'_>) -> Option<Ending> {
    named(content).filter(|_| content.word("status").as_deref() == Some("error"))
}

fn named(content: &Fields<'_>) -> Option<Ending> {
    let part = |name| Some(content.text(name, &mut { KEPT })?.0);
    Some(Ending { name: part("ename")?, message: part("evalue")? })
}

/// What the expressions gave that were asked for; those that failed have no data.
fn values(content: &Fields<'_>) -> HashMap<String, String> {
    let asked: HashMap<String, &RawValue> = content.read("user_expressions").unwrap_or_default();
    let value = |raw: &RawValue| {
        let mut room = u64::MAX;
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

    fn text(&self, name: &str, room: &mut u64) -> Option<(String, u64)> {
        text(self.0.get(name)?.get(), room)
    }

    /// The plain text among the forms of a value.
    fn plain(&self, room: &mut u64) -> Option<(String, u64)> {
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

/// The part of a JSON string for which there is room, and the bytes of the rest.
fn text(raw: &str, room: &mut u64) -> Option<(String, u64)> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let (mut at, mut all, mut cut) = (0, 0, None);
    while at < inner.len() {
        let rest = inner.get(at..)?;
        let plain = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
        let (read, gives) = if plain > 0 { (plain, plain as u64) } else { escape(rest) };
        if cut.is_none() && all + gives > *room {
            let left = usize::try_from(*room - all).unwrap_or(usize::MAX);
            let more = if plain > 0 { floor_boundary(rest, left) } else { 0 };
            cut = Some((at + more, all + more as u64));
        }
        (at, all) = (at + read, all + gives);
    }
    let (end, kept) = cut.unwrap_or((at, all));
    let text = serde_json::from_str(&format!("\"{}\"", inner.get(..end)?)).ok()?;
    *room = if kept < all { 0 } else { *room - kept };
    Some((text, all - kept))
}

/// How many bytes the escape at the start takes, and how many it stands for in UTF-8.
fn escape(rest: &str) -> (usize, u64) {
    match unit(rest) {
        None => (2, 1),
        Some(0..0x80) => (6, 1),
        Some(0x80..0x800) => (6, 2),
        // The first half of a pair: one that is alone is no text, and is found where that is read.
        Some(0xd800..0xdc00) => (12, 4),
        Some(_) => (6, 3),
    }
}

/// What `\uXXXX` stands for.
fn unit(escape: &str) -> Option<u32> {
    u32::from_str_radix(escape.strip_prefix("\\u")?.get(..4)?, 16).ok()
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
            assert!("\n\"Aé中😀".starts_with(&kept) && kept.len() as u64 <= room);
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
            ("stream", r#"{"name": "stdout", "text": "a\ud800b"}"#),
            ("stream", r#"{"name": "stdout", "text": "a\ud800"}"#),
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
