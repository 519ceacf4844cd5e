//! Whole screens.

use std::sync::Arc;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::blocks;
use super::views::{self, Language, underline, walkthrough, with_cell};
use super::{draw, render, screen, text as text_of};
use crate::document::{Block, Mark, Prose, Tone};
use crate::shell::tui::color::Depth;
use crate::shell::tui::events::mouse;
use crate::shell::tui::glyphs::Glyphs;
use crate::tutor::message::{Msg, Target};
use crate::tutor::view::{Page, Pane, Row, View};

#[test]
fn home_in_english_and_chinese() {
    insta::assert_snapshot!("home_en_80x24", draw(&views::home(Language::English), 80, 24));
    insta::assert_snapshot!("home_zh_80x24", draw(&views::home(Language::Chinese), 80, 24));
    insta::assert_snapshot!("home_en_160x48", draw(&views::home(Language::English), 160, 48));
}

#[test]
fn a_cell_and_its_guide() {
    for (language, name) in
        [(Language::English, "en"), (Language::Chinese, "zh"), (Language::Both, "both")]
    {
        let view = walkthrough(language);
        insta::assert_snapshot!(format!("walkthrough_{name}_80x24"), draw(&view, 80, 24));
        insta::assert_snapshot!(format!("walkthrough_{name}_160x48"), draw(&view, 160, 48));
    }
    let both = walkthrough(Language::Both);
    insta::assert_snapshot!("walkthrough_both_100x30", draw(&both, 100, 30));
    let english = walkthrough(Language::English);
    insta::assert_snapshot!("walkthrough_en_200x60", draw(&english, 200, 60));
}

#[test]
fn popups() {
    for (width, height) in [(80, 24), (160, 48)] {
        let size = format!("{width}x{height}");
        let english = views::list(Language::English);
        insta::assert_snapshot!(format!("list_en_{size}"), draw(&english, width, height));
        let both = views::reader(Language::Both);
        insta::assert_snapshot!(format!("reader_both_{size}"), draw(&both, width, height));
    }
    insta::assert_snapshot!("confirm_80x24", draw(&views::confirm(Language::English), 80, 24));
}

#[test]
fn every_kind_of_block() {
    for (language, name) in [(Language::English, "en"), (Language::Chinese, "zh")] {
        let view = with_cell(walkthrough(language), |cell| {
            cell.code = None;
            cell.guide = Arc::new(blocks::page(language));
        });
        insta::assert_snapshot!(format!("blocks_{name}_80x70"), draw(&view, 80, 70));
        insta::assert_snapshot!(format!("blocks_{name}_160x70"), draw(&view, 160, 70));
        insta::assert_snapshot!(format!("blocks_{name}_50x90"), draw(&view, 50, 90));
    }
}

#[test]
fn a_terminal_without_utf8_gets_ascii() {
    let view = walkthrough(Language::English);
    let (buffer, _) = render(&view, 80, 24, &mut screen(Glyphs::ASCII, Depth::Sixteen));
    insta::assert_snapshot!("walkthrough_ascii_80x24", text_of(&buffer));
}

#[test]
fn the_smallest_screen_has_something_of_everything() {
    let english = walkthrough(Language::English);
    insta::assert_snapshot!("walkthrough_en_40x10", draw(&english, 40, 10));
    insta::assert_snapshot!("list_zh_40x10", draw(&views::list(Language::Chinese), 40, 10));
    insta::assert_snapshot!("home_zh_40x10", draw(&views::home(Language::Chinese), 40, 10));
}

#[test]
fn a_focused_code_pane_takes_the_body_of_a_narrow_screen() {
    let view = with_cell(walkthrough(Language::English), |cell| {
        cell.focus = Pane::Code;
        cell.code.as_mut().unwrap().source = long_source();
        cell.code.as_mut().unwrap().reveal = 0;
        cell.code.as_mut().unwrap().underlines = vec![
            underline(0, 10, Tone::Evidence, ""),
            underline(4, 8, Tone::Mistake, "blocking-call"),
            underline(15, 18, Tone::Caution, "late"),
        ];
    });
    insta::assert_snapshot!("code_focused_80x24", draw(&view, 80, 24));
}

#[test]
fn evidence_far_to_the_right_comes_into_sight() {
    let view = with_cell(walkthrough(Language::English), |cell| {
        let head = "x = 1\nvalues = ".to_owned() + &"first_value, ".repeat(9);
        cell.code.as_mut().unwrap().underlines =
            vec![underline(head.len(), head.len() + 15, Tone::Mistake, "asyncio-run-in-cell")];
        cell.code.as_mut().unwrap().reveal = head.len();
        cell.code.as_mut().unwrap().source = head + "asyncio.run(go)\ny = 2";
    });
    insta::assert_snapshot!("code_scrolled_right_80x24", draw(&view, 80, 24));
}

#[test]
fn what_a_file_holds_reaches_no_terminal_unmarked() {
    let view = with_cell(walkthrough(Language::English), |cell| {
        cell.code.as_mut().unwrap().source = "x = '\u{1b}[2J\u{202e}'\ty\r\nz\u{0}".to_owned();
        cell.code.as_mut().unwrap().underlines =
            vec![underline(5, 8, Tone::Mistake, "\u{1b}]0;evil\u{7}")];
        cell.code.as_mut().unwrap().title = "\u{9b}7".to_owned();
    });
    let shown = draw(&view, 80, 24);
    assert!(!shown.contains(|char: char| char.is_control() && char != '\n'));
    insta::assert_snapshot!("hostile_80x24", shown);
}

#[test]
fn a_screen_too_small_says_so_in_one_line() {
    let view = walkthrough(Language::English);
    insta::assert_snapshot!(draw(&view, 30, 3), @"30x3 < 40x10");
}

#[test]
fn no_size_is_too_much() {
    let views = [
        views::home(Language::Chinese),
        walkthrough(Language::Both),
        walkthrough(Language::English),
        views::list(Language::Both),
        views::reader(Language::Chinese),
        views::confirm(Language::English),
        with_cell(walkthrough(Language::English), |cell| cell.focus = Pane::Code),
        with_cell(walkthrough(Language::English), |cell| cell.focus = Pane::Overview),
        with_cell(walkthrough(Language::English), |cell| {
            cell.code.as_mut().unwrap().editing = Some(1)
        }),
    ];
    let mut screen = screen(Glyphs::UNICODE, Depth::True);
    for width in (1..=200).step_by(7) {
        for height in (1..=60).step_by(7) {
            for view in &views {
                render(view, width, height, &mut screen);
            }
        }
    }
}

#[test]
fn no_text_is_too_strange() {
    let mut seed = 7_usize;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut screen = screen(Glyphs::UNICODE, Depth::True);
    for round in 0..400 {
        let view = strange_view(&mut next, round);
        let (width, height) = (40 + next(170), 10 + next(50));
        let (buffer, _) = render(&view, width as u16, height as u16, &mut screen);
        assert!(!text_of(&buffer).contains(|char: char| char.is_control() && char != '\n'));
    }
}

/// A view full of text that nobody would write.
fn strange_view(next: &mut impl FnMut(usize) -> usize, round: u64) -> View {
    let strange = [
        "\u{1b}[31m",
        "\u{202e}",
        "\t",
        "中文",
        "，",
        "e\u{301}",
        "👨‍👩‍👧",
        "\u{200d}",
        "\u{fe0f}",
        "\r",
        "\n",
        "x = await y",
        "   ",
        "'''",
        "f\"{",
        "\u{378}",
        "ﾞ",
        "\u{3164}",
        "a/b.c/d/e/f/g",
    ];
    let mut text = |count| (0..count).map(|_| strange[next(strange.len())]).collect::<String>();
    let (source, label, body) = (text(60), text(3), Prose::plain(text(20)));
    let mut place = || next(source.len() + 3);
    let rows = vec![
        Row::One(Block::Paragraph(body.clone())),
        Row::Pair(
            Block::Item { mark: Mark::Fits, body: body.clone() },
            Block::Table(vec![vec![body.clone(), body.clone()], vec![body]]),
        ),
        Row::One(Block::Code { language: "python".to_owned(), text: source.clone() }),
    ];
    with_cell(walkthrough(Language::Both), |cell| {
        let mut spot = || underline(place(), place(), Tone::Mistake, &label);
        cell.code.as_mut().unwrap().underlines = (0..6).map(|_| spot()).collect();
        cell.code.as_mut().unwrap().reveal = place();
        cell.code.as_mut().unwrap().editing = round.is_multiple_of(3).then_some(round);
        cell.code.as_mut().unwrap().source.clone_from(&source);
        cell.guide = Arc::new(Page { rows });
    })
}

#[test]
fn the_rows_around_the_body_never_move() {
    let footer = |view: &View, height: u16| {
        let drawn = draw(view, 80, height);
        let rows: Vec<&str> = drawn.lines().collect();
        (rows[0].to_owned(), rows[usize::from(height) - 1].to_owned())
    };
    let plain = footer(&walkthrough(Language::English), 24);
    assert_eq!(footer(&views::list(Language::English), 24), plain);
    assert_eq!(footer(&views::reader(Language::English), 24), plain);
    let said = View { status: Some(Prose::plain("saved")), ..walkthrough(Language::English) };
    assert_eq!(footer(&said, 24), plain);
}

#[test]
fn a_long_message_grows_upwards_and_ends_in_an_ellipsis_at_last() {
    let rows = |words: usize| {
        let mut view = views::walkthrough(Language::English);
        view.status = Some(Prose::plain(format!("{}end", "seven! ".repeat(words))));
        let drawn = draw(&view, 80, 24);
        let told = |row: &&str| row.starts_with(" seven!") || row.starts_with(" end");
        let found: Vec<String> = drawn.lines().filter(told).map(str::to_owned).collect();
        let footer = drawn.lines().last().unwrap_or_default().contains("next");
        (found.len(), found.last().is_some_and(|row| row.contains(" end")), footer)
    };
    assert_eq!(rows(5), (1, true, true));
    assert_eq!(rows(15), (2, true, true));
    assert_eq!(rows(40), (4, true, true));
    assert_eq!(rows(90), (4, false, true));
}

#[test]
fn measures_are_reported_when_they_change() {
    let view = walkthrough(Language::English);
    let mut screen = screen(Glyphs::UNICODE, Depth::True);
    let (_, seen) = render(&view, 80, 24, &mut screen);
    assert_eq!(
        screen.report(seen),
        [
            Msg::Measured { pane: Pane::Guide, content: 21, visible: 14 },
            Msg::Measured { pane: Pane::Code, content: 4, visible: 4 },
        ]
    );
    let (_, seen) = render(&view, 80, 24, &mut screen);
    assert_eq!(screen.report(seen), []);
}

#[test]
fn a_tab_can_be_clicked() {
    let view = walkthrough(Language::English);
    let (_, seen) = render(&view, 80, 24, &mut screen(Glyphs::UNICODE, Depth::True));
    let click = |column, row| {
        let kind = MouseEventKind::Down(MouseButton::Left);
        mouse(&MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }, &seen.hits)
    };
    assert_eq!(click(14, 7), Some(Msg::Clicked(Target::Step(2))));
    assert_eq!(click(13, 4), Some(Msg::Clicked(Target::Pane(Pane::Code))));
    assert_eq!(click(13, 23), None);
}

#[test]
fn the_overview_of_a_great_notebook_shows_the_cell_where_the_reader_is() {
    let view = with_cell(walkthrough(Language::English), |cell| {
        cell.overview = views::overview(5000);
        cell.current = 4321;
    });
    let mut screen = screen(Glyphs::UNICODE, Depth::True);
    let shown = text_of(&render(&view, 200, 60, &mut screen).0);
    assert!(shown.contains("4322") && !shown.contains("4222"), "{shown}");
}

fn long_source() -> String {
    (1..40).map(|line| format!("value_{line} = compute({line})\n")).collect()
}
