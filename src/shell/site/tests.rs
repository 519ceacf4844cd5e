use super::*;
use crate::shell::embedded::Embedded;

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
    for page in mistakes.filter(|page| knowledge.demonstration(&page.id).is_some()) {
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
