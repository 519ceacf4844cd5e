use super::super::testing::{Shipped, files};
use super::*;

fn found(knowledge: &Knowledge, query: &str) -> Vec<String> {
    knowledge.lookup(query).iter().map(|hit| hit.name().1.to_owned()).collect()
}

/// Notes with these titles and keywords; each has the same words in its body.
fn notes(pages: &[(&str, &str, &str)]) -> Knowledge {
    let page = |(id, title, keywords): &(&str, &str, &str)| {
        let text = format!(
            "---\nid: {id}\nkind: note\ntitle: {title}\nkeywords: [{keywords}]\n---\nEvery page has a cell.\n"
        );
        (format!("content/notes/{id}.md"), text)
    };
    let pages: Vec<_> = pages.iter().map(page).collect();
    let pages: Vec<_> = pages.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Knowledge::open(&files(&pages))
}

#[test]
fn a_word_that_no_page_has_hides_nothing_and_finds_nothing() {
    let knowledge = notes(&[("b", "Zebra", "stripes"), ("c", "Heron", "wings")]);
    assert_eq!(found(&knowledge, "zebra xylophone"), ["b"]);
    assert_eq!(found(&knowledge, "xylophone"), Vec::<String>::new());
    assert_eq!(found(&knowledge, "鹦鹉"), Vec::<String>::new());
}

#[test]
fn a_rare_word_says_more_than_one_that_every_page_has() {
    let knowledge =
        notes(&[("b", "The cell", "every page"), ("c", "Other", "zebra"), ("d", "x", "y")]);
    assert_eq!(found(&knowledge, "zebra in every cell").first().map(String::as_str), Some("c"));
}

#[test]
fn misspelt_joined_and_parted_words_find_their_page() {
    let knowledge = notes(&[("b", "VS Code", "editor"), ("c", "asyncio.run", "TaskGroup")]);
    for (query, page) in [
        ("vscode", "b"),
        ("asincio.run", "c"),
        ("asyncoi", "c"),
        ("task group", "c"),
        ("taskgroups", "c"),
        ("edtior", "b"),
    ] {
        assert_eq!(found(&knowledge, query).first().map(String::as_str), Some(page), "{query}");
    }
}

#[test]
fn a_keyword_that_is_what_was_typed_says_more_than_one_that_holds_it() {
    let knowledge = notes(&[("b", "One", "thread pool size"), ("c", "Two", "thread")]);
    assert_eq!(found(&knowledge, "thread"), ["c", "b"]);
    assert_eq!(found(&knowledge, "size of the thread pool").first().map(String::as_str), Some("b"));
}

#[test]
fn the_same_query_gives_the_same_answer() {
    let knowledge = Knowledge::open(&Shipped);
    assert_eq!(found(&knowledge, "await"), found(&Knowledge::open(&Shipped), "await"));
}

#[test]
fn an_empty_query_is_the_table_of_contents() {
    let knowledge = Knowledge::open(&Shipped);
    let kinds: Vec<_> = knowledge.lookup(" ").iter().map(|hit| hit.name().0).collect();
    let pages = knowledge.all_pages().filter(|page| page.kind != PageKind::Drill);
    assert_eq!(kinds.len(), pages.count());
    assert!(kinds.is_sorted_by_key(|kind| CONTENTS.iter().position(|other| other == kind)));
}

#[test]
fn a_title_weighs_more_than_a_keyword_and_a_keyword_more_than_a_heading() {
    let page = |id: &str, title: &str, keyword: &str, heading: &str| {
        let text = format!(
            "---\nid: {id}\nkind: note\ntitle: {title}\nkeywords: [{keyword}]\n---\n\
             A.\n\n## {heading} {{#h}}\n\nB.\n"
        );
        (format!("content/notes/{id}.md"), text)
    };
    let pages = [
        page("b", "t", "k", "Zebra"),
        page("c", "t", "zebra", "h"),
        page("d", "A zebra", "k", "h"),
    ];
    let pages: Vec<_> = pages.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(found(&Knowledge::open(&files(&pages)), "zebra"), ["d", "c", "b"]);
}

#[test]
fn names_are_filtered_by_their_characters_in_order() {
    let names = ["data/etl.py", "notes.md", "scrape.ipynb", "src/drapes.py"].map(String::from);
    assert_eq!(filter("rap", &names), [2, 3]);
    assert_eq!(filter("", &names), [0, 1, 2, 3]);
    assert_eq!(filter("xyz", &names), Vec::<usize>::new());
}
