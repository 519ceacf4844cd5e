//! What people type finds the page that they need first, in both languages.

use nbasync::knowledge::Knowledge;
use nbasync::shell::embedded::Embedded;

const QUERIES: &str = include_str!("lookup/queries.tsv");

/// A query and the pages of which one belongs first.
fn queries() -> Vec<(String, Vec<&'static str>)> {
    let lines = QUERIES.lines().filter(|line| !line.starts_with('#'));
    let parted =
        lines.map(|line| line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}")));
    parted.map(|(query, pages)| (query.replace("\\n", "\n"), pages.split(' ').collect())).collect()
}

#[test]
fn a_strangers_query_finds_its_page_first() {
    let knowledge = Knowledge::open(&Embedded);
    let mut wrong = Vec::new();
    for (query, pages) in queries() {
        let hits = knowledge.lookup(&query);
        let ids: Vec<&str> = hits.iter().take(5).map(|hit| hit.name().1).collect();
        if !ids.first().is_some_and(|first| pages.contains(first)) {
            wrong.push(format!("`{query}`: {}, but got {}", pages.join(" or "), ids.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{} queries:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_page_that_a_query_names_is_there_and_both_languages_have_their_queries() {
    let knowledge = Knowledge::open(&Embedded);
    let queries = queries();
    for page in queries.iter().flat_map(|(_, pages)| pages) {
        assert!(knowledge.find(page).is_some(), "there is no page `{page}`");
    }
    let chinese = |text: &str| text.chars().any(|char| ('\u{4e00}'..'\u{a000}').contains(&char));
    let in_chinese = queries.iter().filter(|(query, _)| chinese(query)).count();
    assert!(queries.len() >= 120 && in_chinese >= 30, "{} and {in_chinese}", queries.len());
}

/// Words that nobody wrote on a page, put before, after and between those that find it.
#[test]
fn words_that_no_page_has_do_not_hide_the_page() {
    let knowledge = Knowledge::open(&Embedded);
    for (query, page) in [
        ("tqdm xylophone", "progress-bars"),
        ("quokka websocket zzyzx", "websockets"),
        ("超时 zzyzx", "timeouts"),
        ("my flurble needs a retry please", "retrying"),
    ] {
        let hits = knowledge.lookup(query);
        assert_eq!(hits.first().map(|hit| hit.name().1), Some(page), "{query}");
    }
    for query in ["xylophone", "鹦鹉", "zzyzx flurble"] {
        assert_eq!(knowledge.lookup(query).len(), 0, "{query}");
    }
}
