//! The reports of `check` for services: SARIF, GitHub, GitLab, JUnit.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use serde_sarif::sarif::Sarif;

use crate::support::{BAD, folder, notebook, run};

const NAME: &str = "a b,%.ipynb";

/// A notebook with an error, a warning and a hint, a script, and a file that is none.
fn files() -> tempfile::TempDir {
    let cells = [
        "import asyncio\nasync def main(): ...\n",
        BAD,
        "def g():\n    return asyncio.run(main())\n\ng()\n",
        "asyncio.create_task(main())\nx = 1  # nbasync: ignore",
    ];
    let pretty: Value = serde_json::from_str(&notebook(&cells)).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    let script = "# %%\nimport asyncio\n# %%\nasyncio.run(f({'a': 0}[\"b\"](c)))\n";
    folder(&[(NAME, &pretty), ("b.py", script), ("broken.ipynb", "{\n [")])
}

fn sarif(folder: &Path) -> Value {
    let run = run(folder, &["check", "--format", "sarif", "."]);
    assert_eq!((run.code, run.stderr.as_str()), (2, ""));
    run.json()
}

#[test]
fn sarif_has_the_structure_that_the_schema_asks_for() {
    let folder = files();
    let log = sarif(folder.path());
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().ends_with("sarif-schema-2.1.0.json"));
    // The types are made from the schema, and say what is missing.
    let typed: Sarif = serde_json::from_value(log.clone()).unwrap();
    assert_eq!(typed.runs.len(), 1);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["tool"]["driver"]["name"], "nbasync");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!((rules.len(), results.len()), (3, 5));
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_i64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], rules[index]["id"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert!(!place["artifactLocation"]["uri"].as_str().unwrap().contains([' ', ',']));
        let fingerprint = result["partialFingerprints"]["nbasync/v1"].as_str().unwrap();
        assert_eq!(fingerprint.len(), 32);
        for key in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(place["region"][key].as_i64().unwrap() >= 1);
        }
    }
    for rule in rules {
        assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty());
        assert_eq!(rule.get("helpUri"), None);
        let has_page = rule["id"] != "unused-ignore";
        let markdown = rule["help"]["markdown"].as_str().unwrap_or_default();
        assert_eq!(markdown.starts_with("# "), has_page, "{markdown}");
        assert!(!markdown.contains("]("), "{markdown}");
    }
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], json!(false));
    let problem = &invocation["toolExecutionNotifications"][0];
    assert_eq!((&problem["level"], problem["locations"].is_array()), (&json!("error"), true));
}

/// The part of a text between a region's ends.
fn slice<'t>(text: &'t str, region: &Value) -> (usize, &'t str, usize) {
    let offset = |line: &str, column: &str| {
        let number = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap();
        let before: usize = text.split_inclusive('\n').take(number(line) - 1).map(str::len).sum();
        let column = text[before..].char_indices().nth(number(column) - 1);
        before + column.map_or(text.len() - before, |(at, _)| at)
    };
    let (start, end) = (offset("startLine", "startColumn"), offset("endLine", "endColumn"));
    (start, &text[start..end], end)
}

#[test]
fn sarif_points_into_the_file_and_its_fixes_are_changes_of_the_file() {
    let folder = files();
    let log = sarif(folder.path());
    let text = fs::read_to_string(folder.path().join(NAME)).unwrap();
    let result = &log["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b%2C%25.ipynb");
    assert_eq!(slice(&text, &place["region"]).1, "asyncio.run(main())");
    assert_eq!(result["properties"], json!({"cell": 1, "cellId": "c1"}));
    let fix = &result["fixes"][0];
    assert_eq!(fix["properties"]["applicability"], "safe");
    let replacement = &fix["artifactChanges"][0]["replacements"][0];
    let (start, _, end) = slice(&text, &replacement["deletedRegion"]);
    let mut fixed = text.clone();
    fixed.replace_range(start..end, replacement["insertedContent"]["text"].as_str().unwrap());
    assert_eq!(fixed, text.replace("x = asyncio.run(main())", "x = await main()"));
    let note = &log["runs"][0]["results"][1]["relatedLocations"][0];
    assert_eq!(slice(&text, &note["physicalLocation"]["region"]).1, "g()");
}

#[test]
fn code_in_a_sarif_message_is_neither_placeholder_nor_link() {
    let folder = folder(&[("a.ipynb", &notebook(&["async def f(): ...\n", "f()[{0}](x)"]))]);
    let log = run(folder.path(), &["check", "--format", "sarif", "."]).json();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let text = result["message"]["text"].as_str().unwrap();
        assert!(!text.contains("](") && !text.replace("{{", "").contains('{'), "{text}");
    }
}

#[test]
fn the_fingerprints_survive_other_changes_and_differ_from_each_other() {
    let cells = ["import asyncio\nasync def f(): ...", "asyncio.run(f())\nasyncio.run(f())"];
    let folder = folder(&[("a.ipynb", &notebook(&cells))]);
    let names = |format: &str| {
        let report = run(folder.path(), &["check", "--format", format, "a.ipynb"]).json();
        let list = if format == "sarif" { &report["runs"][0]["results"] } else { &report };
        let name = |found: &Value| match format {
            "sarif" => found["partialFingerprints"]["nbasync/v1"].to_string(),
            _ => found["fingerprint"].to_string(),
        };
        list.as_array().unwrap().iter().map(name).collect::<Vec<_>>()
    };
    let before = names("gitlab");
    assert_eq!((before.len(), before[0] == before[1], names("sarif") == before), (2, false, true));
    let more = ["# new", cells[0], "x = 1", cells[1]];
    fs::write(folder.path().join("a.ipynb"), notebook(&more)).unwrap();
    assert_eq!(names("gitlab"), before);
}

#[test]
fn github_gets_a_command_for_each_diagnostic() {
    let folder = files();
    let run = run(folder.path(), &["check", "--format", "github", "."]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!((run.code, run.stderr.as_str(), lines.len()), (2, "", 6));
    assert!(
        lines[0].starts_with(
            "::error file=a b%2C%25.ipynb,line=17,endLine=17,col=27,endColumn=46,\
             title=nbasync (asyncio-run-in-cell)::cell 2:2:5: `asyncio.run()` raises here"
        ),
        "{}",
        lines[0]
    );
    let kinds: Vec<&str> = lines.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(kinds, ["::error", "::error", "::warning", "::notice", "::error", "::error"]);
    assert!(lines[5].starts_with("::error file=broken.ipynb,line=2,col=2,title=nbasync::not JSON"));
}

#[test]
fn no_text_of_a_notebook_becomes_a_command_of_github() {
    let code = "async def f(): ...\nasyncio.run(f('''\n::set-output name=x::y\n'''), x='%0A')";
    let folder = folder(&[("a\n::error::b.ipynb", &notebook(&["import asyncio", code]))]);
    let run = run(folder.path(), &["check", "--lang", "both", "--format", "github", "."]);
    assert!(run.stdout.lines().all(|line| line.starts_with("::error file=a%0A%3A%3Aerror")));
}

#[test]
fn gitlab_gets_an_issue_for_each_diagnostic() {
    let folder = files();
    let run = run(folder.path(), &["check", "--format", "gitlab", "."]);
    let report = run.json();
    let issues = report.as_array().unwrap();
    assert_eq!((run.code, issues.len()), (2, 6));
    for issue in issues {
        let keys: Vec<_> = issue.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["description", "check_name", "fingerprint", "severity", "location"]);
    }
    assert_eq!(
        (&issues[0]["check_name"], &issues[0]["severity"], &issues[0]["location"]),
        (
            &json!("asyncio-run-in-cell"),
            &json!("critical"),
            &json!({"path": NAME, "lines": {"begin": 17, "end": 17}})
        )
    );
    let severities: Vec<_> = issues.iter().map(|issue| issue["severity"].as_str()).collect();
    let expected = ["critical", "critical", "major", "info", "critical", "blocker"];
    assert_eq!(severities, expected.map(Some));
}

#[test]
fn junit_has_a_suite_for_each_file_and_a_failure_for_each_diagnostic() {
    let folder = files();
    fs::write(folder.path().join("clean.ipynb"), notebook(&["x = 1"])).unwrap();
    let run = run(folder.path(), &["check", "--format", "junit", "."]);
    let report = quick_junit::Report::deserialize_from_str(&run.stdout).unwrap();
    let counts: Vec<_> = report
        .test_suites
        .iter()
        .map(|suite| (suite.name.as_str(), suite.tests, suite.failures, suite.errors))
        .collect();
    // The hint is a test that passes; so is a clean file.
    assert_eq!(
        counts,
        [(NAME, 4, 3, 0), ("b.py", 1, 1, 0), ("broken.ipynb", 1, 0, 1), ("clean.ipynb", 1, 0, 0)]
    );
    let case = &report.test_suites[0].test_cases[0];
    assert_eq!(case.name.as_str(), "asyncio-run-in-cell (cell 2:2:5)");
    assert_eq!(case.extra.get("line").map(|line| line.as_str()), Some("17"));
}

#[test]
fn every_format_tells_of_nothing_when_there_is_nothing() {
    let folder = folder(&[("a.ipynb", &notebook(&["x = 1"]))]);
    for (format, expected) in [("github", ""), ("gitlab", "[]\n")] {
        let run = run(folder.path(), &["check", "--format", format, "."]);
        assert_eq!((run.code, run.stdout.as_str()), (0, expected), "{format}");
    }
    let log = run(folder.path(), &["check", "--format", "sarif", "."]).json();
    assert_eq!(log["runs"][0]["results"], json!([]));
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], json!(true));
}
