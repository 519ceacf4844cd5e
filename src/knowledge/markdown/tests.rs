use super::super::block::plain;
use super::super::testing::words;
use super::*;

fn text(words: &str) -> Inline {
    Inline::Text(words.to_owned())
}

fn errors(body: &str) -> Vec<String> {
    read(body)
        .errors
        .into_iter()
        .map(|(message, at)| format!("{at}: {}", words(&message)))
        .collect()
}

#[test]
fn a_line_end_is_a_space_but_not_between_chinese_characters() {
    assert_eq!(inlines("one\ntwo"), [text("one two")]);
    assert_eq!(inlines("事件\n循环"), [text("事件循环")]);
}

#[test]
fn running_text_keeps_its_marks() {
    let link = Inline::Link { to: String::from("gather"), text: vec![text("see")] };
    let code = Inline::Code(String::from("await"));
    let parts = [text("a "), code, text(" "), Inline::Emphasis(vec![text("b")]), text(" ")];
    assert_eq!(inlines("a `await` *b*\n[see](gather)"), [&parts[..], &[link]].concat());
}

#[test]
fn items_know_their_numbers() {
    let numbers: Vec<_> = read("2. a\n3. b\n\n- c\n")
        .blocks
        .into_iter()
        .map(|placed| match placed.block {
            Block::Item { number, .. } => number,
            _ => Some(0),
        })
        .collect();
    assert_eq!(numbers, [Some(2), Some(3), None]);
}

#[test]
fn a_heading_has_its_anchor_and_a_block_its_place() {
    let body = read("Words.\n\n## Why {#why}\n");
    let heading = Block::Heading { anchor: String::from("why"), text: vec![text("Why")] };
    assert_eq!(body.blocks.get(1).map(|placed| (&placed.block, placed.at)), Some((&heading, 8)));
}

#[test]
fn a_table_is_rows_of_cells() {
    let body = read("| a | b |\n| - | - |\n| `c` | d |\n");
    let Some(Block::Table(rows)) = body.blocks.first().map(|placed| &placed.block) else {
        panic!("no table: {body:?}");
    };
    assert_eq!(rows[1], [vec![Inline::Code(String::from("c"))], vec![text("d")]]);
}

#[test]
fn what_a_page_may_not_use_is_reported_with_its_place() {
    assert_eq!(errors("a\n\n> b\n"), ["3: a quotation is not allowed on a page"]);
    assert_eq!(errors("a <b>"), ["2: HTML is not allowed on a page"]);
    assert_eq!(errors("![a](b)"), ["0: an image is not allowed on a page"]);
    assert_eq!(errors("* a"), ["0: a list item begins with `-`"]);
    assert_eq!(errors("- a\n  - b"), ["6: a list in a list is not allowed on a page"]);
    assert_eq!(errors("## a"), ["0: a heading needs an anchor: `## Words {#anchor}`"]);
    assert_eq!(errors("```rust\n```"), ["0: code is python, text, shell or toml"]);
    assert_eq!(errors("a\n\n***\n"), ["3: a horizontal rule is not allowed on a page"]);
    assert_eq!(errors("a  \nb"), ["1: a forced line break is not allowed on a page"]);
}

#[test]
fn an_item_holds_one_paragraph_and_no_code() {
    let second = "5: a second paragraph in a list item is not allowed on a page";
    assert_eq!(errors("- a\n\n  b"), [second.replace('5', "7")]);
    assert_eq!(
        errors("- a\n\n  ```python\n  ```"),
        ["7: code in a list item is not allowed on a page"]
    );
}

#[test]
fn marks_nested_without_end_do_not_exhaust_the_stack() {
    let deep = format!("{}a{}", "*b **c ".repeat(50_000), "***".repeat(50_000));
    assert!(plain(&inlines(&deep)).len() > 50_000);
}
