//! The texts of interface and help, and the filling of `{placeholders}`.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::Value;

use crate::diagnostic::Message;

use super::bytes::Rows;
use super::files::{self, ContentError};
use super::language::{Both, Language};

/// `content/interface.yaml` or `content/help.yaml`: three rows for each dotted key, itself and the text
/// in each language, in the order of the keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Strings(Rows);

/// Rows of a key.
const EACH: usize = 3;

/// Texts by dotted key.
pub(super) type Texts = BTreeMap<String, Both<String>>;

/// Reads the interface's texts: a map in which each leaf is a map with `en` and `zh`.
pub(super) fn read(file: &str, text: &str) -> (Texts, Vec<ContentError>) {
    let mut reader = Reader { file, text, strings: Texts::new(), errors: Vec::new() };
    match serde_yaml::from_str::<Value>(text) {
        Ok(value) => reader.map(&mut Vec::new(), &value),
        Err(error) => reader.errors.push(files::yaml(file, text, 0, &error)),
    }
    (reader.strings, reader.errors)
}

impl From<&Texts> for Strings {
    fn from(texts: &Texts) -> Self {
        let each = texts.iter().flat_map(|(key, both)| [key, &both.en, &both.zh]);
        Self(each.map(String::as_str).collect())
    }
}

impl Strings {
    /// Texts that the program carries: what [`Strings::parts`] gave.
    pub fn carried(parts: [&'static [u8]; 2]) -> Self {
        Self(Rows::carried(parts))
    }

    pub fn parts(&self) -> [&[u8]; 2] {
        self.0.parts()
    }

    /// Every key, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        (0..self.0.len()).step_by(EACH).map(|at| self.0.text(at))
    }

    /// The text at `key`, filled; the key itself when there is no such text.
    pub fn get(&self, language: Language, key: &str, args: &[(&str, &str)]) -> String {
        self.find(language, key, args).unwrap_or_else(|| key.to_owned())
    }

    /// The text at `key`, filled, where there is one.
    pub fn find(&self, language: Language, key: &str, args: &[(&str, &str)]) -> Option<String> {
        let at = self.0.first_from(key.as_bytes(), EACH);
        let text = at + 1 + usize::from(language == Language::Zh);
        let is_it = at < self.0.len() && self.0.get(at) == key.as_bytes();
        is_it.then(|| fill(self.0.text(text), args))
    }
}

/// Puts each argument in place of its `{name}`. Arguments are taken literally: what looks like a
/// placeholder in one is left as it is, and so is a placeholder without an argument.
pub fn fill(template: &str, args: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len());
    for part in parts(template) {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Placeholder { name, whole } => {
                let arg = args.iter().find(|(found, _)| *found == name);
                out.push_str(arg.map_or(whole, |(_, value)| value));
            }
        }
    }
    out
}

/// The names of a text's placeholders.
pub(super) fn placeholders(template: &str) -> BTreeSet<&str> {
    parts(template)
        .into_iter()
        .filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Placeholder { name, .. } => Some(name),
        })
        .collect()
}

/// The byte in a YAML text at which the key at `path` stands; 0 when it is not found.
pub(super) fn key_place(text: &str, path: &[&str]) -> usize {
    let mut wanted = path.iter();
    let Some(mut key) = wanted.next() else { return 0 };
    let (mut at, mut indent) = (0_usize, 0_usize);
    for line in text.split_inclusive('\n') {
        let words = line.trim_start();
        let found = line.len().saturating_sub(words.len());
        let name = words.split_once(':').map(|(name, _)| name.trim_matches(['"', '\'']));
        if found >= indent && name == Some(*key) {
            let place = at.saturating_add(found);
            match wanted.next() {
                Some(next) => (key, indent) = (next, found.saturating_add(1)),
                None => return place,
            }
        }
        at = at.saturating_add(line.len());
    }
    0
}

struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    strings: Texts,
    errors: Vec<ContentError>,
}

impl Reader<'_> {
    fn map(&mut self, path: &mut Vec<String>, value: &Value) {
        let Value::Mapping(map) = value else {
            return self.complain(path, "complaints.texts.map");
        };
        if map.contains_key("en") || map.contains_key("zh") {
            return self.leaf(path, value);
        }
        for (key, value) in map {
            let Value::String(key) = key else {
                self.complain(path, "complaints.texts.key");
                continue;
            };
            path.push(key.clone());
            self.map(path, value);
            path.pop();
        }
    }

    fn leaf(&mut self, path: &[String], value: &Value) {
        let text = |language: Language| match value.get(language.as_str()) {
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
        let (Some(en), Some(zh)) = (text(Language::En), text(Language::Zh)) else {
            return self.complain(path, "complaints.texts.both");
        };
        if value.as_mapping().is_some_and(|map| map.len() > 2) {
            self.complain(path, "complaints.texts.only");
        }
        if placeholders(&en) != placeholders(&zh) {
            self.complain(path, "complaints.texts.placeholders");
        }
        self.strings.insert(path.join("."), Both { en, zh });
    }

    fn complain(&mut self, path: &[String], key: &'static str) {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let place = key_place(self.text, &keys);
        let message = Message::complains(key).with("at", path.join("."));
        self.errors.push(files::at(self.file, self.text, place, message));
    }
}

enum Part<'t> {
    Text(&'t str),
    /// `whole` is the name with its braces.
    Placeholder {
        name: &'t str,
        whole: &'t str,
    },
}

/// Cuts a text at its placeholders, which are lower-case names in braces.
fn parts(template: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let name = after.split_once('}').map(|(name, _)| name).filter(|name| is_name(name));
        let taken = match name {
            Some(name) => {
                parts.push(Part::Text(before));
                let end = before.len().saturating_add(name.len()).saturating_add(2);
                let whole = rest.get(before.len()..end).unwrap_or_default();
                parts.push(Part::Placeholder { name, whole });
                end
            }
            None => {
                let end = before.len().saturating_add(1);
                parts.push(Part::Text(rest.get(..end).unwrap_or_default()));
                end
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    parts.push(Part::Text(rest));
    parts
}

fn is_name(name: &str) -> bool {
    let good =
        |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "_-".contains(char);
    name.starts_with(|char: char| char.is_ascii_lowercase()) && name.chars().all(good)
}

#[cfg(test)]
mod tests {
    use super::super::testing::told;
    use super::*;

    fn errors(text: &str) -> Vec<String> {
        read("i.yaml", text).1.iter().map(told).collect()
    }

    #[test]
    fn an_argument_is_never_expanded_again() {
        let filled = fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]);
        assert_eq!(filled, "{b} and 2");
    }

    #[test]
    fn braces_that_are_no_placeholder_stay() {
        assert_eq!(fill("{} {x: 1} {a {a}", &[("a", "1")]), "{} {x: 1} {a 1");
        assert_eq!(fill("{missing}", &[]), "{missing}");
    }

    #[test]
    fn nested_maps_make_dotted_keys() {
        let (texts, errors) = read("i.yaml", "a:\n  b: {en: 'Cell {n}', zh: '单元格 {n}'}\n");
        let strings = Strings::from(&texts);
        assert_eq!(errors, []);
        assert_eq!(strings.get(Language::Zh, "a.b", &[("n", "3")]), "单元格 3");
        assert_eq!(strings.get(Language::Zh, "a.c", &[]), "a.c");
    }

    #[test]
    fn a_text_in_one_language_alone_is_reported_where_it_stands() {
        assert_eq!(
            errors("a:\n  b: {en: x}\n"),
            ["i.yaml:2:3: a.b: `en` and `zh` each hold a text"]
        );
        assert_eq!(errors("a: x\n"), ["i.yaml:1:1: a: a map is expected here"]);
    }

    #[test]
    fn both_languages_have_the_same_placeholders() {
        let said = "i.yaml:1:1: a: the two languages have different placeholders";
        assert_eq!(errors("a: {en: '{n}', zh: '{m}'}\n"), [said]);
    }

    #[test]
    fn a_key_that_stands_twice_is_reported() {
        assert_eq!(errors("a: {en: x, zh: y}\na: {en: x, zh: y}\n").len(), 1);
    }
}
