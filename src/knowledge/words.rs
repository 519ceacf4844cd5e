//! Cuts text into the words that a look-up compares: Latin words and runs of Chinese characters.

/// A word of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word<'t> {
    Latin(&'t str),
    Chinese(&'t str),
}

/// Words that say nothing about what is looked for.
const FILLER: [&str; 50] = [
    "a", "an", "and", "are", "at", "be", "can", "cannot", "could", "do", "does", "doesn", "don",
    "for", "from", "get", "has", "have", "how", "i", "if", "in", "is", "isn", "it", "its", "me",
    "my", "of", "on", "or", "should", "so", "t", "that", "the", "there", "this", "to", "was",
    "what", "when", "why", "with", "you", "s", "set", "use", "using", "make",
];

/// The same in Chinese, the longer ones first.
const CHINESE_FILLER: [&str; 6] = ["为什么", "怎么样", "怎么", "如何", "什么", "怎样"];

/// Characters that say nothing at the beginning or the end of a run.
const PARTICLES: [char; 6] = ['的', '了', '吗', '呢', '我', '在'];

/// The words of a query, without those that say nothing; all of them when no other is left.
pub(super) fn query(text: &str) -> Vec<Word<'_>> {
    let all = words(text);
    let mut telling = Vec::new();
    for word in &all {
        match word {
            Word::Latin(latin) if FILLER.contains(latin) => {}
            Word::Latin(_) => telling.push(*word),
            Word::Chinese(run) => telling.extend(without_filler(run).map(Word::Chinese)),
        }
    }
    if telling.is_empty() { all } else { telling }
}

/// The Latin words of a text, and the parts of those that have a dot, dash or underscore in them.
pub(super) fn latin(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for word in words(text) {
        if let Word::Latin(word) = word {
            found.push(word);
            found.extend(parts(word));
        }
    }
    found
}

/// The parts of a word such as `asyncio.run`; none when it has no parts.
pub(super) fn parts(word: &str) -> Vec<&str> {
    let parts: Vec<_> = word.split(['.', '_', '-']).filter(|part| part.len() > 1).collect();
    if parts == [word] { Vec::new() } else { parts }
}

/// Whether two words are forms of one: `tasks` and `task`, `awaiting` and `awaited`.
pub(super) fn is_form(one: &str, other: &str) -> bool {
    let stem = |word| {
        let endings = ["ing", "ed", "es", "s", "e"];
        endings.into_iter().find_map(|end| str::strip_suffix(word, end)).unwrap_or(word)
    };
    let (one, other) = (stem(one), stem(other));
    one.len() > 2 && (one == other || one.starts_with(other) || other.starts_with(one))
}

/// Each two characters that stand side by side.
pub(super) fn pairs(run: &str) -> impl Iterator<Item = &str> {
    let starts = run.char_indices().map(|(at, _)| at);
    let ends = run.char_indices().skip(2).map(|(at, _)| at).chain([run.len()]);
    starts.zip(ends).filter_map(|(start, end)| run.get(start..end))
}

/// Each character.
pub(super) fn characters(run: &str) -> impl Iterator<Item = &str> {
    run.char_indices().filter_map(|(at, char)| run.get(at..at.saturating_add(char.len_utf8())))
}

/// How many of `parts` hold, in percent.
pub(super) fn share<'t>(parts: impl Iterator<Item = &'t str>, holds: impl Fn(&str) -> bool) -> i64 {
    let (mut all, mut good) = (0_i64, 0_i64);
    for part in parts {
        all = all.saturating_add(1);
        good = good.saturating_add(i64::from(holds(part)));
    }
    good.saturating_mul(100).checked_div(all).unwrap_or_default()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Latin,
    Chinese,
    Between,
}

fn class(char: char) -> Class {
    match char {
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => Class::Chinese,
        '.' | '_' | '-' | '%' | '*' => Class::Latin,
        _ if char.is_alphanumeric() => Class::Latin,
        _ => Class::Between,
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = class(first);
        let end = rest.find(|char| class(char) != kind).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        match kind {
            Class::Chinese => words.push(Word::Chinese(word)),
            Class::Latin => {
                let word = word.trim_matches(['.', '-', '*', '%']);
                words.extend((!word.is_empty()).then_some(Word::Latin(word)));
            }
            Class::Between => {}
        }
    }
    words
}

fn without_filler(run: &str) -> impl Iterator<Item = &str> {
    let mut pieces = vec![run];
    for filler in CHINESE_FILLER {
        pieces = pieces.into_iter().flat_map(|piece| piece.split(filler)).collect();
    }
    let pieces = pieces.into_iter().map(|piece| piece.trim_matches(PARTICLES));
    pieces.filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_keeps_the_words_that_tell_something() {
        let telling = [Word::Latin("asyncio.run"), Word::Latin("cell")];
        assert_eq!(query("how do i asyncio.run() in a cell?"), telling);
        assert_eq!(query("怎么取消任务"), [Word::Chinese("取消任务")]);
        assert_eq!(query("忘记await"), [Word::Chinese("忘记"), Word::Latin("await")]);
        assert_eq!(query("how"), [Word::Latin("how")]);
        assert_eq!(query("怎么"), [Word::Chinese("怎么")]);
    }

    #[test]
    fn forms_of_a_word_are_the_same_word() {
        for (one, other) in [("tasks", "task"), ("awaited", "await"), ("blocking", "blocks")] {
            assert!(is_form(one, other), "{one} {other}");
        }
        assert!(!is_form("loop", "look"));
    }

    #[test]
    fn a_run_of_characters_has_its_pairs() {
        assert_eq!(pairs("忘记等待").collect::<Vec<_>>(), ["忘记", "记等", "等待"]);
        assert_eq!(pairs("等").count(), 1);
        assert_eq!(characters("等待").collect::<Vec<_>>(), ["等", "待"]);
    }
}
