use super::super::testing::{EN, ZH, source, told};
use super::*;

#[test]
fn a_page_opens_with_its_conclusion_and_has_sections() {
    let (page, errors) =
        read(PageKind::Note, "a", &source("a.md", EN), Some(&source("a.zh.md", ZH)));
    let page = page.expect("a page");
    assert_eq!(errors, []);
    assert_eq!(page.opening(Language::Zh).first().map(Block::plain).as_deref(), Some("一句话。"));
    assert_eq!(page.section(Language::En, "more").len(), 2);
    assert_eq!(page.section(Language::En, "missing"), []);
}

#[test]
fn a_page_without_a_chinese_twin_speaks_english_twice() {
    let (page, _) = read(PageKind::Note, "a", &source("a.md", EN), None);
    assert_eq!(page.map(|page| page.title.zh).as_deref(), Some("A note"));
}

#[test]
fn an_error_in_front_matter_has_the_line_and_column_of_the_file() {
    let broken = EN.replace("keywords: [one]", "keywords: {one}");
    let (page, errors) = read(PageKind::Note, "a", &source("a.md", &broken), None);
    assert_eq!(page, None);
    let said = errors.iter().map(told).collect::<Vec<_>>();
    assert_eq!(said, ["a.md:5:11: keywords: invalid type: map, expected a sequence"]);
}

#[test]
fn keys_are_those_of_the_kind_in_their_order() {
    let check = |text: &str| {
        let (_, errors) = read(PageKind::Note, "a", &source("a.md", text), None);
        errors.iter().map(told).collect::<Vec<_>>()
    };
    let strange = EN.replace("see:", "says: x\nsee:");
    assert_eq!(check(&strange), ["a.md:6:1: `says` is not for this page"]);
    assert_eq!(check(&EN.replace("title: A note\n", "")), ["a.md:2:1: `title` is missing"]);
    let late = EN.replace("id: a\nkind: note\n", "kind: note\nid: a\n");
    assert_eq!(check(&late), ["a.md:3:1: `id` stands too late"]);
    assert_eq!(
        check(&EN.replace("id: a", "id: b")),
        ["a.md:2:1: `id` is not the file's name, `a`"]
    );
    assert_eq!(check("no front"), ["a.md:1:1: no front matter"]);
}
