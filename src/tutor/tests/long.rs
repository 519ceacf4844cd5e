//! A long notebook is reviewed elsewhere; the tutor stays at hand meanwhile.

use super::*;
use crate::document::Tone;
use crate::tutor::reviewing::{AT_ONCE, Elsewhere, Job, Reviewed};

/// A cell that is too long to be reviewed at once.
fn long(line: &str) -> String {
    format!("{RUN}\n{}", format!("{line}\n").repeat(AT_ONCE / line.len()))
}

/// The reviews that are asked for.
fn jobs(effects: Vec<Effect>) -> Vec<Job> {
    let job = |effect| match effect {
        Effect::Review(job) => Some(*job),
        _ => None,
    };
    effects.into_iter().filter_map(job).collect()
}

fn answer(tutor: &mut Tutor, job: &Job) {
    let review = Some(Box::new(job.run(&KNOWLEDGE.tables)));
    assert_eq!(tutor.update(Msg::Reviewed(Reviewed { number: job.number, review })), []);
}

#[test]
fn a_long_paste_is_shown_at_once_and_its_review_when_it_is_there() {
    let mut tutor = tutor();
    let asked = jobs(tutor.update(Msg::Pasted(long("x = 1"))));
    assert_eq!(asked.len(), 1);
    assert!(guide(&tutor).contains("is being made"), "{}", guide(&tutor));
    assert_eq!(tutor.view().header.counts, None);
    for key in ["right", "w", "r", "n"] {
        assert_eq!(press(&mut tutor, key), []);
        assert_eq!(status(&tutor), "the review is still being made", "{key}");
    }
    answer(&mut tutor, &asked[0]);
    assert!(guide(&tutor).starts_with("asyncio.run() raises here"), "{}", guide(&tutor));
    assert_eq!(tutor.view().header.counts, Some([1, 0, 0]));
    press(&mut tutor, "right right");
    assert!(guide(&tutor).contains("+ result = await main()"), "{}", guide(&tutor));
}

#[test]
fn what_was_asked_for_meanwhile_is_done_when_the_review_is_there() {
    for (keys, there) in [("right", 2), ("right L", 1)] {
        let mut tutor = tutor();
        let asked = jobs(tutor.update(Msg::Pasted(long("x = 1"))));
        press(&mut tutor, keys);
        assert_eq!(step(&tutor), 1, "{keys}");
        answer(&mut tutor, &asked[0]);
        // Another key takes its place.
        assert_eq!(step(&tutor), there, "{keys}");
        assert_eq!(tutor.view().status, None, "{keys}");
    }
}

#[test]
fn the_newest_text_wins() {
    let mut tutor = tutor();
    let first = jobs(tutor.update(Msg::Pasted(long("x = 1"))));
    press(&mut tutor, "e");
    let edited = long("x = 1").replace("asyncio.run(main())", "await main()");
    let second = jobs(tutor.update(Msg::Edited(edited)));
    assert!(first[0].stop().is_wanted() && !second[0].stop().is_wanted());
    answer(&mut tutor, &first[0]);
    assert!(tutor.is_reviewing());
    answer(&mut tutor, &second[0]);
    assert_eq!(tutor.view().header.counts, Some([0, 0, 0]));
}

#[test]
fn a_review_of_a_notebook_that_was_left_is_stopped_and_counts_for_nothing() {
    let mut tutor = tutor();
    let left = jobs(tutor.update(Msg::Pasted(long("x = 1"))));
    tutor.update(Msg::Pasted("y = 1".to_owned()));
    assert!(left[0].stop().is_wanted());
    answer(&mut tutor, &left[0]);
    assert_eq!(tutor.view().header.counts, Some([0, 0, 0]));
}

#[test]
fn a_short_text_is_reviewed_at_once_after_a_long_one() {
    let mut tutor = tutor();
    let asked = jobs(tutor.update(Msg::Pasted(long("x = 1"))));
    press(&mut tutor, "e");
    assert_eq!(jobs(tutor.update(Msg::Edited(RUN.to_owned()))), []);
    assert!(!tutor.is_reviewing() && asked[0].stop().is_wanted());
    assert_eq!(tutor.view().header.counts, Some([1, 0, 0]));
}

#[test]
fn what_the_program_fails_on_is_said() {
    let mut tutor = tutor();
    let asked = jobs(tutor.update(Msg::Pasted(long("x = 1"))));
    tutor.update(Msg::Reviewed(Reviewed { number: asked[0].number, review: None }));
    assert!(!tutor.is_reviewing());
    assert_eq!(tutor.view().status.map(|it| it.0[0].tone), Some(Tone::Mistake));
}

/// A tutor that waits for no review of what is typed, with a notebook that is open and reviewed.
fn typed_in(cells: &[&str]) -> Tutor<'static> {
    let mut tutor = tutor().with_reviews(Elsewhere::Typed);
    let opened = Opened { path: "a.ipynb".into(), bytes: notebook(cells), ..Opened::default() };
    let asked = jobs(tutor.update(Msg::Opened(Ok(opened))));
    assert!(tutor.view().settling);
    answer(&mut tutor, &asked[0]);
    tutor
}

fn underlined(tutor: &Tutor) -> Vec<String> {
    let view = tutor.view();
    let code = walkthrough(&view).code.as_ref().unwrap();
    code.underlines.iter().map(|it| it.range.slice(&code.source).to_owned()).collect()
}

#[test]
fn while_a_key_is_reviewed_marks_stay_where_their_code_is() {
    let mut tutor = typed_in(&["import asyncio\nasync def main(): ...", "asyncio.run(main())"]);
    assert_eq!(tutor.view().header.counts, Some([1, 0, 0]));
    let before = guide(&tutor);
    press(&mut tutor, "e");
    let asked = jobs(tutor.update(Msg::Edited("x = 1\nasyncio.run(main())".to_owned())));
    assert_eq!(asked.len(), 1);
    assert_eq!((guide(&tutor), tutor.view().header.counts), (before, Some([1, 0, 0])));
    assert_eq!(underlined(&tutor)[0], "asyncio.run(main())");
    answer(&mut tutor, &asked[0]);
    assert!(!tutor.view().settling);
    assert_eq!(underlined(&tutor)[0], "asyncio.run(main())");
}

#[test]
fn the_problem_that_was_shown_is_found_when_the_review_has_come() {
    let two = "import asyncio\nasync def f(): ...\nasyncio.run(f())\nasyncio.create_task(f())";
    let mut tutor = typed_in(&[two]);
    press(&mut tutor, "n");
    let shown = guide(&tutor);
    press(&mut tutor, "e");
    let asked = jobs(tutor.update(Msg::Edited(format!("x = 1\n{two}"))));
    press(&mut tutor, "esc");
    answer(&mut tutor, &asked[0]);
    let lines = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    assert_eq!(lines(&guide(&tutor)), lines(&shown));
}

#[test]
fn modules_are_looked_for_until_a_review_has_found_them() {
    let mut tutor = tutor();
    let bytes = notebook(&["import helpers"]);
    let opened = Opened { path: "a.ipynb".into(), bytes, is_unsearched: true, ..Opened::default() };
    let asked = jobs(tutor.update(Msg::Opened(Ok(opened))));
    assert_eq!(asked[0].beside.as_deref(), Some(std::path::Path::new("a.ipynb")));
    press(&mut tutor, "e");
    let again = jobs(tutor.update(Msg::Edited("import helpers, os".to_owned())));
    assert_eq!(again[0].beside, asked[0].beside);
    answer(&mut tutor, &again[0]);
    assert_eq!(jobs(tutor.update(Msg::Edited("import os".to_owned()))), []);
}
