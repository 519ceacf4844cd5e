//! Which diagnostics `check` reports, how it counts them, and its exit code.

use serde_json::json;

use crate::support::{folder, keys, notebook, run, samples};

const MIXED: [&str; 3] = [
    "import asyncio\nasync def f(): ...\n",
    "asyncio.run(f())\nasyncio.run(f())",
    "asyncio.create_task(f())\nx = 1  # nbasync: ignore",
];

fn rules(args: &[&str]) -> (i32, Vec<String>) {
    let folder = folder(&[("a.ipynb", &notebook(&MIXED))]);
    let run = run(folder.path(), &[&["check", "--format", "json", "."], args].concat());
    let report = run.json();
    let found = report["files"][0]["diagnostics"].as_array().unwrap().clone();
    let rules = found.iter().map(|found| found["rule"].as_str().unwrap().to_owned());
    (run.code, rules.collect())
}

#[test]
fn rules_are_selected_and_left_out_and_the_exit_code_follows() {
    let (run, task, unused) = ("asyncio-run-in-cell", "dropped-task", "unused-ignore");
    let check = |args: &[&str], code: i32, expected: &[&str]| {
        let (exit, found) = rules(args);
        assert_eq!((exit, found.iter().map(String::as_str).collect()), (code, expected.to_vec()));
    };
    check(&[], 1, &[run, run, task, unused]);
    check(&["--select", "dropped-task,unused-ignore"], 1, &[task, unused]);
    check(&["--select", unused], 0, &[unused]);
    check(&["--ignore", run, "--ignore", task], 0, &[unused]);
    check(&["--select", task, "--ignore", task], 0, &[]);
    check(&["--severity", "warning"], 1, &[run, run, task]);
    check(&["--severity", "error", "--ignore", run], 0, &[]);
    check(&["--exit-zero"], 0, &[run, run, task, unused]);
}

#[test]
fn an_unknown_rule_is_an_error_with_a_suggestion() {
    let folder = samples();
    for command in ["check", "fix"] {
        for option in ["--select", "--ignore"] {
            let run = run(folder.path(), &[command, option, "dropped-tsk", "."]);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""));
            assert!(run.stderr.contains("similar value exists: 'dropped-task'"), "{}", run.stderr);
        }
    }
}

#[test]
fn exit_zero_does_not_hide_that_a_file_could_not_be_read() {
    let folder = samples();
    assert_eq!(run(folder.path(), &["check", "--exit-zero", "bad.ipynb", "gone.ipynb"]).code, 2);
}

#[test]
fn statistics_count_each_rule_most_first() {
    let folder = folder(&[("a.ipynb", &notebook(&MIXED)), ("b.ipynb", &notebook(&MIXED))]);
    let text = run(folder.path(), &["check", "--statistics", "."]);
    let lines: Vec<&str> = text.stdout.lines().take(3).collect();
    assert_eq!(
        lines,
        [
            "4  ✖ error asyncio-run-in-cell  (4 with a safe fix)",
            "2  ▲ warning dropped-task",
            "2  · hint unused-ignore"
        ]
    );
    assert_eq!(text.code, 1);
    let counted = run(folder.path(), &["check", "--statistics", "--format", "json", "."]).json();
    assert_eq!(keys(&counted), ["version", "files", "failed", "statistics"]);
    let first = &counted["statistics"][0];
    assert_eq!(
        *first,
        json!({"rule": "asyncio-run-in-cell", "severity": "error", "count": 4, "safe_fixes": 4})
    );
}

#[test]
fn options_that_make_no_sense_together_are_refused() {
    let folder = samples();
    for args in [
        &["check", "--diff", "--format", "sarif", "."][..],
        &["check", "--diff", "--statistics", "."],
        &["check", "--statistics", "--format", "junit", "."],
        &["fix", "--diff", "--interactive", "."],
        &["fix", "--interactive", "--format", "json", "."],
    ] {
        let run = run(folder.path(), args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    }
}

#[test]
fn check_shows_what_the_safe_fixes_would_change_and_changes_nothing() {
    let folder = samples();
    let before = std::fs::read(folder.path().join("bad.ipynb")).unwrap();
    let run = run(folder.path(), &["check", "--diff", "."]);
    let diff = "--- bad.ipynb:cell 2\n+++ bad.ipynb:cell 2\n@@ -1,2 +1,2 @@\n # é\n\
                -x = asyncio.run(main())\n+x = await main()\n";
    assert!(run.stdout.contains(diff), "{}", run.stdout);
    assert!(run.stdout.starts_with("bad.ipynb:cell 2:2:5: "));
    assert_eq!((run.code, std::fs::read(folder.path().join("bad.ipynb")).unwrap()), (1, before));
}
