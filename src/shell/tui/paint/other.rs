//! The door to syntect: shell, JSON, YAML and whatever else a page quotes.

use std::sync::OnceLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::Painted;
use crate::shell::tui::theme::Slot;

/// Names in fences and what syntect calls them.
const LANGUAGES: [(&str, &str); 14] = [
    ("bash", "bash"),
    ("console", "bash"),
    ("css", "css"),
    ("diff", "diff"),
    ("html", "html"),
    ("javascript", "js"),
    ("json", "json"),
    ("markdown", "md"),
    ("rust", "rs"),
    ("sh", "bash"),
    ("shell", "bash"),
    ("sql", "sql"),
    ("yaml", "yaml"),
    ("yml", "yaml"),
];

/// Scopes and their looks; the first that fits counts, from the innermost scope outwards.
const LOOKS: [(&str, Slot); 12] = [
    ("comment", Slot::CodeComment),
    ("entity.name.tag", Slot::CodeFunction),
    ("meta.mapping.key", Slot::CodeFunction),
    ("string", Slot::CodeString),
    ("constant.numeric", Slot::CodeNumber),
    ("constant.language", Slot::CodeKeyword),
    ("keyword.operator", Slot::CodeOperator),
    ("keyword", Slot::CodeKeyword),
    ("storage", Slot::CodeKeyword),
    ("entity.name", Slot::CodeFunction),
    ("markup.inserted", Slot::DiffAdded),
    ("markup.deleted", Slot::DiffRemoved),
];

/// Whether a fence's language is known here.
pub(super) fn knows(language: &str) -> bool {
    token(language).is_some()
}

/// Colours a source; slow at the first use of a language.
pub(super) fn paint(language: &str, text: &str) -> Painted {
    let mut painted = Painted::default();
    let Some(syntax) = token(language).and_then(|token| syntaxes().find_syntax_by_token(token))
    else {
        return painted;
    };
    // A syntax that fails halfway leaves the rest plain.
    let _ = scan(syntax, text, &mut painted);
    painted
}

fn scan(
    syntax: &SyntaxReference,
    text: &str,
    painted: &mut Painted,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut state = ParseState::new(syntax);
    let mut scopes = ScopeStack::new();
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let mut done = 0;
        for (at, change) in state.parse_line(line, syntaxes())? {
            painted.push(line_start + done, line_start + at, slot(&scopes));
            scopes.apply(&change)?;
            done = at;
        }
        painted.push(line_start + done, line_start + line.len(), slot(&scopes));
        line_start += line.len();
    }
    Ok(())
}

fn slot(scopes: &ScopeStack) -> Slot {
    scopes.scopes.iter().rev().find_map(|scope| look(*scope)).unwrap_or(Slot::Plain)
}

fn look(scope: Scope) -> Option<Slot> {
    static KNOWN: OnceLock<Vec<(Scope, Slot)>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let read = |(name, slot): &(&str, Slot)| Scope::new(name).ok().map(|name| (name, *slot));
        LOOKS.iter().filter_map(read).collect()
    });
    known.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)).map(|(_, slot)| *slot)
}

fn token(language: &str) -> Option<&'static str> {
    LANGUAGES.iter().find(|(name, _)| *name == language).map(|(_, token)| *token)
}

fn syntaxes() -> &'static SyntaxSet {
    static SYNTAXES: OnceLock<SyntaxSet> = OnceLock::new();
    SYNTAXES.get_or_init(SyntaxSet::load_defaults_newlines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_comments_and_strings_have_colours() {
        let painted = paint("shell", "pip install \"httpx\"  # client\n");
        assert_eq!(painted.slot(14), Slot::CodeString);
        assert_eq!(painted.slot(24), Slot::CodeComment);
    }

    #[test]
    fn every_named_language_has_a_syntax() {
        for (name, token) in LANGUAGES {
            assert!(syntaxes().find_syntax_by_token(token).is_some(), "{name}");
        }
    }
}
