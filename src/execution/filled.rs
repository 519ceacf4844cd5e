//! What an f-string gives.

use super::machine::Machine;
use super::value::{Plain, Value};
use crate::python::{NodeId, Tree};

/// So many texts one f-string may give.
const MOST: usize = 8;

impl Machine<'_> {
    /// One of a few texts, where everything that is put into it is known.
    pub fn filled_in(&mut self, node: NodeId, values: &[Value]) -> Value {
        let texts = self.filled_texts(node, values).unwrap_or_default();
        let texts: Vec<Value> = texts.iter().map(|text| self.text(Some(text))).collect();
        let joined = texts.into_iter().reduce(|one, other| self.join(one, other));
        joined.unwrap_or(Value::Plain(Plain::Str))
    }

    fn filled_texts(&self, node: NodeId, values: &[Value]) -> Option<Vec<String>> {
        let pieces = pieces(&self.index(self.cell())?.syntax.tree, node)?;
        let (first, rest) = pieces.split_first()?;
        if rest.len() != values.len() {
            return None;
        }
        let mut texts = vec![first.clone()];
        for (value, piece) in values.iter().zip(rest) {
            let shown: Option<Vec<String>> =
                self.heap.alternatives(*value).into_iter().map(|it| self.shown(it)).collect();
            let shown = shown.filter(|it| it.len() * texts.len() <= MOST)?;
            let all = texts.iter().flat_map(|text| shown.iter().map(move |it| (text, it)));
            texts = all.map(|(text, it)| format!("{text}{it}{piece}")).collect();
        }
        Some(texts)
    }

    fn shown(&self, value: Value) -> Option<String> {
        match value {
            Value::Str(text) => Some(self.names.text(text).to_owned()),
            Value::Int(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// The texts around what is put in, where each stands there as it is shown.
fn pieces(tree: &Tree, node: NodeId) -> Option<Vec<String>> {
    let source = tree.source_of(node).strip_prefix(['f', 'F'])?;
    let quote = source.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let is_plain = !source.contains('\\') && !source.contains("{{") && !source.contains("}}");
    let inner = source
        .strip_prefix(quote)?
        .strip_suffix(quote)
        .filter(|it| is_plain && !it.starts_with(quote))?;
    let start = tree.range(node).start + "f\"".len();
    let (mut pieces, mut from) = (Vec::new(), 0);
    for part in tree.children(node) {
        let range = tree.range(part);
        let before = inner.get(from..range.start.checked_sub(start)?)?;
        pieces.push(before);
        from = range.end.checked_sub(start)?;
    }
    pieces.push(inner.get(from..)?);
    let last = pieces.len() - 1;
    let bare = |(at, text): (usize, &str)| {
        let text = if at > 0 { text.strip_prefix('}')? } else { text };
        let text = if at < last { text.strip_suffix('{')? } else { text };
        Some(text.to_owned())
    };
    pieces.into_iter().enumerate().map(bare).collect()
}
