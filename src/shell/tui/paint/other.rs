//! The door to syntect: shell, JSON, YAML and whatever else a page quotes.

use std::sync::OnceLock;

use syntect::dumps;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::Painted;
use super::languages::LANGUAGES;
use crate::shell::tui::theme::Slot;

/// What `build.rs` packed.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/syntaxes.bin"));

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
    let syntax = token(language).and_then(|token| syntaxes().find_syntax_by_token(token));
    syntax.map(|syntax| painted(syntax, syntaxes(), text)).unwrap_or_default()
}

/// A syntax that fails halfway leaves the rest plain.
fn painted(syntax: &SyntaxReference, all: &SyntaxSet, text: &str) -> Painted {
    let mut painted = Painted::default();
    let _ = scan(syntax, all, text, &mut painted);
    painted
}

fn scan(
    syntax: &SyntaxReference,
    all: &SyntaxSet,
    text: &str,
    painted: &mut Painted,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut state = ParseState::new(syntax);
    let mut scopes = ScopeStack::new();
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let mut done = 0;
        for (at, change) in state.parse_line(line, all)? {
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
    SYNTAXES.get_or_init(|| dumps::from_uncompressed_data(PACKED).unwrap_or_default())
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

    /// All of syntect's syntaxes are there in tests alone.
    #[test]
    fn packed_syntaxes_read_what_pages_quote_like_all_of_them() {
        let all = SyntaxSet::load_defaults_newlines();
        let samples = [
            (
                "bash",
                "for f in *.py; do\n  echo \"${f%.py}\" | sed 's/a/b/' # all\ndone\ncat <<E\n$f\nE\n",
            ),
            (
                "css",
                "@media (min-width: 9em) { a:hover { color: #fff; margin: 0 auto } } /* so */\n",
            ),
            ("diff", "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n"),
            (
                "html",
                "<p class=\"a\">&amp;<style>a { top: 0 }</style><script>let x = /a+/g;</script></p>\n",
            ),
            (
                "javascript",
                "const f = async (x) => { await x; return /[a-z]+\\d/gi.test(`a${x}`); };\n",
            ),
            ("json", "{\"a\": [1, true, null, \"b\\n\"]}\n"),
            ("markdown", "# Title\n\n* *one* `two` <b>three</b> [four](five)\n\n```\nsix\n```\n"),
            ("rust", "async fn f<'a>(x: &'a str) -> u8 { /* so */ println!(\"{x}\"); 0x1f }\n"),
            ("sql", "SELECT a, count(*) FROM b WHERE c = 'd' -- so\n"),
            ("yaml", "a: &x [1, 'b']\nc: >\n  text\nd: {e: *x} # so\n"),
        ];
        for (name, text) in samples {
            let full = token(name).and_then(|token| all.find_syntax_by_token(token));
            let full = full.map(|syntax| painted(syntax, &all, text)).expect("syntect knows it");
            let looks =
                |painted: &Painted| (0..text.len()).map(|at| painted.slot(at)).collect::<Vec<_>>();
            assert_eq!(looks(&paint(name, text)), looks(&full), "{name}");
            assert!(looks(&full).iter().any(|slot| *slot != Slot::Plain), "{name}");
        }
        for (name, _) in LANGUAGES {
            assert!(samples.iter().any(|(sample, _)| token(sample) == token(name)), "{name}");
        }
    }
}
