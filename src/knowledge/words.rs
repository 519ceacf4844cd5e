//! Cuts text into the words that a look-up compares: Latin words and runs of Chinese characters.

/// A word of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word<'t> {
    Latin(&'t str),
    Chinese(&'t str),
}

/// Words that say nothing about what is looked for.
const FILLER: [&str; 72] = [
    "a", "am", "an", "and", "any", "are", "as", "at", "be", "but", "by", "can", "cannot", "could",
    "did", "do", "does", "doesn", "don", "for", "from", "get", "has", "have", "how", "i", "if",
    "im", "in", "into", "is", "isn", "it", "its", "just", "ll", "me", "my", "need", "of", "on",
    "or", "our", "please", "s", "set", "should", "so", "some", "t", "that", "the", "them", "then",
    "there", "they", "this", "to", "use", "using", "ve", "want", "was", "way", "we", "what",
    "when", "why", "will", "with", "you", "make",
];

/// The same in Chinese, the longer ones first.
const CHINESE_FILLER: [&str; 22] = [
    "为什么",
    "怎么样",
    "怎么办",
    "是不是",
    "有没有",
    "能不能",
    "怎么",
    "如何",
    "什么",
    "怎样",
    "请问",
    "可以",
    "一下",
    "一个",
    "时候",
    "为何",
    "里面",
    "应该",
    "需要",
    "然后",
    "一直",
    "出现",
];

/// Characters that say nothing at the beginning or the end of a run.
const PARTICLES: [char; 10] = ['的', '是', '了', '吗', '呢', '我', '在', '里', '想', '要'];

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

/// How many letters have to be written, left out, changed or swapped with their neighbour to make one
/// word of the other.
pub(super) fn distance(one: &str, other: &str) -> usize {
    strsim::osa_distance(one, other)
}

/// How much two words are alike, from 0 to 1.
pub fn likeness(one: &str, other: &str) -> f64 {
    strsim::jaro_winkler(one, other)
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
    }

    #[test]
    fn letters_that_are_wrong_missing_too_many_or_swapped_are_counted() {
        for (one, other, letters) in [
            ("asincio", "asyncio", 1),
            ("await", "await", 0),
            ("gahter", "gather", 1),
            ("semaphor", "semaphore", 1),
            ("retrry", "retry", 1),
            ("", "loop", 4),
            ("超时", "超市", 1),
        ] {
            assert_eq!(distance(one, other), letters, "{one} {other}");
        }
    }
}
