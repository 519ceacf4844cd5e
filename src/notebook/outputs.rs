//! Saved outputs, decoded when somebody asks for them.

use std::ops::Range;

use crate::notebook::ipynb::strings;
use crate::notebook::json::{Json, Scan};

/// One saved output. It is evidence of an earlier run, perhaps of other code.
/// Source: <https://nbformat.readthedocs.io/en/latest/format_description.html#code-cell-outputs>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// What was written to `stdout` or `stderr`.
    Stream { name: String, text: String },
    /// An exception: its name (`ename`), its message (`evalue`), the traceback's lines with their
    /// colours.
    Error { error: String, message: String, traceback: Vec<String> },
    /// The value of the cell's last expression: `text/plain`, and the media types it has besides.
    Result { text: Option<String>, media: Vec<String> },
    /// Something that the cell displayed.
    Display { text: Option<String>, media: Vec<String> },
    /// An `output_type` that nbformat 4 does not know.
    Other(String),
}

/// The members of an output, of nbformat 4 or older.
#[derive(Default)]
struct Members {
    output_type: String,
    name: String,
    text: Option<String>,
    ename: String,
    evalue: String,
    traceback: Vec<String>,
    plain: Option<String>,
    media: Vec<String>,
}

/// Decodes the list of outputs that stands at `list`. What cannot be read ends the list.
pub(super) fn decode(file: &str, list: Range<usize>) -> Vec<Output> {
    let mut found = Vec::new();
    if !list.is_empty() {
        let mut json = Json::new(file, list.start);
        // The scanner has accepted this text when the notebook was read.
        let _ = json.array(|json| {
            found.push(output(members(json)?));
            Ok(())
        });
    }
    found
}

fn members(json: &mut Json) -> Scan<Members> {
    let mut found = Members::default();
    json.object(|json, key| {
        match key {
            "output_type" => found.output_type = json.text()?.unwrap_or_default(),
            // nbformat 3 calls the stream's name `stream`.
            "name" | "stream" => found.name = json.text()?.unwrap_or_default(),
            "text" => found.text = multiline(json)?,
            "ename" => found.ename = json.text()?.unwrap_or_default(),
            "evalue" => found.evalue = json.text()?.unwrap_or_default(),
            "traceback" => found.traceback = strings(json)?,
            "data" => (found.plain, found.media) = bundle(json)?,
            _ => {
                json.skip()?;
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// The text of a MIME bundle and the names of its other media, whose payload is skipped.
fn bundle(json: &mut Json) -> Scan<(Option<String>, Vec<String>)> {
    let (mut plain, mut media) = (None, Vec::new());
    json.object(|json, key| {
        if key == "text/plain" {
            plain = multiline(json)?;
        } else {
            media.push(key.to_owned());
            json.skip()?;
        }
        Ok(())
    })?;
    Ok((plain, media))
}

fn multiline(json: &mut Json) -> Scan<Option<String>> {
    if json.peek() == Some(b'[') {
        strings(json).map(|lines| Some(lines.concat()))
    } else {
        json.text()
    }
}

fn output(members: Members) -> Output {
    let Members { output_type, name, text, ename, evalue, traceback, plain, media } = members;
    match &*output_type {
        "stream" => Output::Stream { name, text: text.unwrap_or_default() },
        "error" | "pyerr" => Output::Error { error: ename, message: evalue, traceback },
        "execute_result" | "pyout" => Output::Result { text: plain.or(text), media },
        "display_data" => Output::Display { text: plain.or(text), media },
        _ => Output::Other(output_type),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(list: &str) -> Vec<Output> {
        decode(list, 0..list.len())
    }

    #[test]
    fn texts_and_errors_are_decoded() {
        assert_eq!(
            decoded(r#"[{"output_type": "stream", "name": "stderr", "text": ["a\n", "b"]}]"#),
            [Output::Stream { name: "stderr".to_owned(), text: "a\nb".to_owned() }]
        );
        let error =
            r#"[{"output_type":"error","ename":"E","evalue":"m","traceback":["\u001b[0m"]}]"#;
        let traceback = vec!["\u{1b}[0m".to_owned()];
        let (name, message) = ("E".to_owned(), "m".to_owned());
        assert_eq!(decoded(error), [Output::Error { error: name, message, traceback }]);
    }

    #[test]
    fn payloads_that_are_not_text_are_named_only() {
        let list = r#"[{"output_type":"display_data",
            "data":{"image/png":"iVBO","text/plain":"<Figure>"}}]"#;
        let (text, media) = (Some("<Figure>".to_owned()), vec!["image/png".to_owned()]);
        assert_eq!(decoded(list), [Output::Display { text, media }]);
    }

    #[test]
    fn outputs_of_older_and_later_formats_do_not_stop_the_list() {
        let list = r#"[{"output_type":"pyout","text":["1"]}, 3, {"output_type":"hologram"}]"#;
        let result = Output::Result { text: Some("1".to_owned()), media: Vec::new() };
        let other = |name: &str| Output::Other(name.to_owned());
        assert_eq!(decoded(list), [result, other(""), other("hologram")]);
        assert_eq!(decoded("{}"), []);
    }
}
