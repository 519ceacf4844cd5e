//! `pattern`: answers on the command line lead to a question or to a skeleton.

use crate::support::{folder, notebook, run};

#[test]
fn answers_lead_to_a_skeleton_with_the_names_of_the_cell() {
    let cells = ["async def load(day): ...", "rows = [await load(it) for it in days]"];
    let folder = folder(&[("a.ipynb", &notebook(&cells))]);
    let args = ["pattern", "a.ipynb", "--cell", "2", "--answers", "1,1,2,1"];
    let said = run(folder.path(), &args);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    assert!(said.stdout.contains("        load(it) for it in days\n"), "{}", said.stdout);
    assert!(said.stdout.ends_with("    nbasync explain gather\n"), "{}", said.stdout);
    let found = run(folder.path(), &[&args[..], &["--format", "json"]].concat()).json();
    assert_eq!(found["end"]["page"], "gather");
    assert_eq!(found["end"]["names"]["items"], "days");
    assert!(found["end"]["why"]["zh"].as_str().is_some_and(|why| why.contains("同时等待")));
    assert_eq!(found["question"], serde_json::Value::Null);
}

#[test]
fn answers_that_stop_early_give_the_next_question() {
    let folder = folder(&[]);
    let said = run(folder.path(), &["pattern", "--answers", "1", "--lang", "both"]);
    assert_eq!(said.code, 0);
    assert!(
        said.stdout.starts_with("What is it that you want?\n  1  To wait: "),
        "{}",
        said.stdout
    );
    assert!(said.stdout.contains("\n你想做的是什么？\n  1  等待："), "{}", said.stdout);
    let found = run(folder.path(), &["pattern", "--answers", "1", "--format", "json"]).json();
    assert_eq!(found["question"]["choices"][1]["number"], 2);
    assert_eq!(found["answers"], serde_json::json!([1]));
}

#[test]
fn what_is_no_answer_or_no_cell_is_refused() {
    let folder = folder(&[("a.ipynb", &notebook(&["x = 1"]))]);
    let said = run(folder.path(), &["pattern", "--answers", "1,9"]);
    assert_eq!((said.code, said.stderr.as_str()), (2, "9: there is no such answer\n"));
    let said = run(folder.path(), &["pattern", "a.ipynb", "--cell", "3", "--answers", "1,1,2,1"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains('3'), "{}", said.stderr);
    let said = run(folder.path(), &["pattern", "b.ipynb", "--answers", "1,1,2,1"]);
    assert_eq!(said.code, 2);
    let said = run(folder.path(), &["pattern", "--cell", "2"]);
    assert_eq!(said.code, 2);
}
