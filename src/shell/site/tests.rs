use std::borrow::Cow;

use super::*;
use crate::knowledge::{Files, Recording};
use crate::shell::embedded::Embedded;
use crate::text::CellIndex;
use crate::transcript::{CellError, CellRun, Chunk, Status, Stream, Transcript, Versions};

const HOSTILE: &str = "<script>alert(1)</script>";

/// The site of a page whose every text holds `evil`, and of one that links to it.
fn site_of(evil: &str) -> BTreeMap<String, String> {
    let body = format!(
        "{evil} and `{evil}`.\n\n## Head {evil} {{#head}}\n\n- item {evil}\n\n```python\nx = \"{evil}\"\n```\n\n\
         | a {evil} | b |\n| --- | --- |\n| c {evil} | d |\n\n```timeline\n{evil}  run 2\n```\n"
    );
    let page = |id: &str, see: &str| {
        format!(
            "---\nid: {id}\nkind: note\ntitle: '{} `{}`'\nkeywords: ['{}']\nsee: [{see}]\n---\n{body}",
            evil.replace('\'', "''"),
            evil.replace('\'', "''"),
            evil.replace('\'', "''"),
        )
    };
    let files = [
        ("content/notes/a.md", page("a", "b")),
        ("content/notes/b.md", page("b", "a")),
        ("content/notes/b.zh.md", page("b", "a")),
    ];
    let files: BTreeMap<String, String> = files.map(|(path, text)| (path.to_owned(), text)).into();
    super::files(&Knowledge::open(&files))
}

#[test]
fn what_content_says_becomes_no_markup() {
    for evil in
        [HOSTILE, "\" onload=\"alert(1)", "'><img src=x onerror=alert(1)>", "&lt;script&gt;"]
    {
        let site = site_of(evil);
        assert!(site.contains_key("zh/note/b.html"));
        for (path, html) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
            for bad in ["<script>", "<img", "\" onload=\"alert", "' onerror"] {
                assert!(!html.contains(bad), "{path}: {bad} of {evil}");
            }
        }
        let page = &site["en/note/a.html"];
        assert!(page.contains("alert(1)") || page.contains("&amp;lt;script"), "{page}");
    }
}

#[test]
fn nothing_hides_in_a_page() {
    let site = site_of("a\u{202e}b\u{200b}c");
    let hidden = ['\u{202e}', '\u{200b}'];
    assert!(!site["en/note/a.html"].contains(hidden), "{}", site["en/note/a.html"]);
}

#[test]
fn an_id_that_is_no_name_of_a_file_leads_where_its_page_lies() {
    assert_eq!(crate::shell::percent::encoded("a b/c#d?é\"%"), "a%20b/c%23d%3F%C3%A9%22%25");
}

#[test]
fn what_has_no_picture_is_told_as_it_is_written() {
    let site = site_of("no timeline at all");
    assert!(site["en/note/a.html"].contains("language-timeline"));
}

#[test]
fn a_diagram_says_in_words_what_it_shows() {
    let knowledge = Knowledge::open(&Embedded);
    let site = Site { knowledge: &knowledge, language: Language::En };
    let timeline =
        crate::knowledge::timeline::Timeline::parse("a  run 1, block 2\nb  ready 3").unwrap();
    let svg = picture::timeline(site, &timeline);
    assert!(svg.contains("aria-label=\"a: runs 1, holds the loop 2. b: is ready and not let 3\""));
}

#[test]
fn every_recording_that_a_page_names_is_on_it() {
    let knowledge = Knowledge::open(&Embedded);
    let files = files(&knowledge);
    let mistakes = knowledge.pages(crate::knowledge::PageKind::Mistake);
    for page in mistakes.filter(|page| knowledge.demonstration(&page.id, None).is_some()) {
        for language in Language::ALL {
            let html = &files[&Address::Page(page).path(language)];
            assert!(html.matches("class=\"ran\"").count() >= 2, "{}", page.id);
        }
    }
    for lesson in knowledge.lessons() {
        let html = &files[&Address::Page(lesson.page).path(Language::Zh)];
        assert!(html.contains("class=\"ran\""), "{}", lesson.page.id);
    }
}

/// What would be markup, a style, a script or hidden, and is plain text to YAML.
const WORD: &str =
    "<script>alert(1)</script><img/src=x/onerror=alert(1)>&amp;\u{202e}\u{200b}\u{feff}\u{e0041}";

/// The shipped files with such words in everything that they say.
struct Infested;

impl Files for Infested {
    fn list(&self) -> Vec<String> {
        Embedded.list()
    }

    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let text = String::from_utf8(Embedded.read(path)?.into_owned()).ok()?;
        let evil = text.replace(" the ", &format!(" {WORD} ")).replace('的', WORD);
        Some(evil.into_bytes().into())
    }
}

/// Characters that act, or that nobody sees.
fn is_hidden(char: char) -> bool {
    let hides = matches!(
        char,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    );
    hides || (char.is_control() && char != '\n')
}

#[track_caller]
fn is_harmless(path: &str, html: &str) {
    for bad in ["<script>", "<img"] {
        assert!(!html.contains(bad), "{path}: {bad}");
    }
    let hidden = html.chars().find(|char| is_hidden(*char));
    assert_eq!(hidden, None, "{path}");
}

#[test]
fn whatever_the_content_says_every_file_of_the_site_is_harmless() {
    let site = super::files(&Knowledge::open(&Infested));
    let shipped = super::files(&Knowledge::open(&Embedded));
    assert!(site.keys().eq(shipped.keys()), "the content can still be read");
    let mut infested = 0;
    for (path, text) in &site {
        is_harmless(path, text);
        infested += usize::from(text.contains("&lt;script&gt;alert(1)"));
    }
    assert!(infested > site.len() / 2, "{infested} of {}", site.len());
}

#[test]
fn no_control_of_a_page_or_of_a_recording_gets_into_a_file() {
    let all: String = (0..0xa0)
        .chain(0x2000..0x2070)
        .chain(0xe0000..0xe0080)
        .filter_map(char::from_u32)
        .collect();
    // In the text every one of them; in front YAML takes none that is not escaped.
    let body: String = all.chars().filter(|char| !"\n\r`|[]{}#<&".contains(*char)).collect();
    let front: String = all.chars().map(|char| format!("\\U{:08x}", u32::from(char))).collect();
    let page = format!(
        "---\nid: a\nkind: note\ntitle: \"{front}\"\nkeywords: [\"{front}\"]\nsee: []\n---\n\
         Begins. {body}\n\n```python\n{body}\n```\n\n```timeline\n{body}  run 2\n```\n"
    );
    let files = BTreeMap::from([("content/notes/a.md".to_owned(), page)]);
    let knowledge = Knowledge::open(&files);
    for (path, html) in super::files(&knowledge) {
        is_harmless(&path, &html);
    }
    let site = Site { knowledge: &knowledge, language: Language::En };
    let chunk = |from| Chunk { from, text: all.clone() };
    let error = CellError::new(all.clone(), &all, std::slice::from_ref(&all), 1);
    let run = CellRun {
        status: Status::Died,
        output: [Stream::Stdout, Stream::Stderr, Stream::Traceback].map(chunk).to_vec(),
        result: Some(all.clone()),
        error: Some(error),
        late: vec![chunk(Stream::Display)],
        ..CellRun::started(CellIndex(0))
    };
    let versions = Versions { python: Some(all.clone()), ..Versions::default() };
    let transcript = Transcript { versions, cells: vec![run] };
    let (case, date) = (all.clone(), all.clone());
    let recording =
        Recording { case, date, also: Vec::new(), sources: vec![all.clone()], transcript };
    is_harmless("a recording", &ran::recorded(site, &recording));
}
