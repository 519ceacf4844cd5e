use super::super::testing::{Shipped, files};
use super::*;

/// What people type, and the page that has to come first.
const QUERIES: [(&str, &str); 40] = [
    ("blocking requests", "blocking-call-in-async"),
    ("asyncio.run in a cell", "asyncio-run-in-cell"),
    ("asyncio.run() cannot be called from a running event loop", "asyncio-run-cannot-be-called"),
    ("run_until_complete", "run-until-complete-in-cell"),
    ("never awaited", "coroutine-never-awaited"),
    ("missing await", "coroutine-never-awaited"),
    ("fire and forget", "dropped-task"),
    ("nest_asyncio", "nest-asyncio-by-default"),
    ("top-level await", "top-level-await"),
    ("gather", "gather"),
    ("TaskGroup", "task-group"),
    ("how do i set a rate limit", "bounded-fan-out"),
    ("async httpx client", "async-client"),
    ("time.sleep", "async-sleep"),
    ("%%time with await", "await-under-magic"),
    ("interrupt a cell", "interrupting-a-cell"),
    ("autoreload", "inline-async-helper"),
    ("script and notebook", "script-and-notebook"),
    ("python 3.10", "older-python"),
    ("cpu heavy work", "heavy-cpu"),
    ("sum of a generator expression", "list-not-generator"),
    ("async __init__", "async-factory"),
    ("keep the handle", "keep-the-handle"),
    ("port a script", "porting-a-script"),
    ("deadlock", "never-in-a-cell"),
    ("context variables", "context-variables"),
    ("asncio.run", "asyncio-run-in-cell"),
    ("忘记等待", "silent-coroutine"),
    ("忘了写 await", "coroutine-never-awaited"),
    ("阻塞 requests", "blocking-call-in-async"),
    ("事件循环已在运行", "asyncio-run-in-cell"),
    ("发出后不管", "dropped-task"),
    ("怎么限流", "bounded-fan-out"),
    ("任务组", "task-group"),
    ("顶层 await", "top-level-await"),
    ("生成器表达式", "list-not-generator"),
    ("移植脚本", "porting-a-script"),
    ("魔法命令", "await-under-magic"),
    ("线程池大小", "to-thread"),
    ("重启内核 辅助函数", "inline-async-helper"),
];

fn found(knowledge: &Knowledge, query: &str) -> Vec<String> {
    knowledge.lookup(query).iter().map(|hit| hit.page.id.clone()).collect()
}

#[test]
fn a_natural_query_finds_its_page_first() {
    let knowledge = Knowledge::open(&Shipped);
    let wrong: Vec<_> = QUERIES
        .iter()
        .filter_map(|(query, page)| {
            let hits = found(&knowledge, query);
            let first = hits.iter().take(4).map(String::as_str).collect::<Vec<_>>().join(", ");
            (hits.first().map(String::as_str) != Some(*page))
                .then(|| format!("{query}: {page}, but got {first}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_word_has_to_match_something() {
    let knowledge = Knowledge::open(&Shipped);
    assert_eq!(found(&knowledge, "gather xylophone"), Vec::<String>::new());
    assert_eq!(found(&knowledge, "鹦鹉"), Vec::<String>::new());
}

#[test]
fn the_same_query_gives_the_same_answer() {
    let knowledge = Knowledge::open(&Shipped);
    assert_eq!(found(&knowledge, "await"), found(&Knowledge::open(&Shipped), "await"));
}

#[test]
fn an_empty_query_is_the_table_of_contents() {
    let knowledge = Knowledge::open(&Shipped);
    let kinds: Vec<_> = knowledge.lookup(" ").iter().map(|hit| hit.page.kind).collect();
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
