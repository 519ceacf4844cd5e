//! A skill keeps to the specification that agents hold it to.
//!
//! Source: <https://agentskills.io/specification>, and what its reference validator refuses.

use serde_yaml::Value;

use crate::diagnostic::Message;

use super::super::files::ContentError;
use super::super::front::Document;
use super::super::page::PageKind;
use super::{Pair, Side};

/// Characters of a name at most.
const NAME: usize = 64;

/// Characters of a description at most.
const DESCRIPTION: usize = 1024;

/// Characters of a word on compatibility at most.
const COMPATIBILITY: usize = 500;

/// Checks both files of a skill. That the name is the folder's is checked where it is read.
pub(super) fn check(pair: &Pair<'_>, out: &mut Vec<ContentError>) {
    if pair.page.kind == PageKind::Skill {
        pair.sides().for_each(|side| side_of_skill(side, out));
    }
}

fn side_of_skill(side: &Side<'_>, out: &mut Vec<ContentError>) {
    let document = &side.document;
    let Ok(front) = document.front(PageKind::Skill, side.language) else { return };
    let mut tell = |key: &str, message| out.push(document.in_front(key, "", message));
    for problem in name_problems(&front.name) {
        tell("name", problem);
    }
    let texts = [
        ("description", Some(&front.description), DESCRIPTION),
        ("compatibility", front.compatibility.as_ref(), COMPATIBILITY),
    ];
    for (key, text, most) in texts {
        let Some(text) = text else { continue };
        let length = text.chars().count();
        if length > most {
            tell(key, too_long(key, length, most));
        }
    }
    quotes(document, out);
    plain_yaml(document, out);
}

/// Numbers, truths and nothing are no texts for most readers of YAML.
fn quotes(document: &Document<'_>, out: &mut Vec<ContentError>) {
    let Ok(all) = serde_yaml::from_str::<Value>(document.front) else { return };
    let entries = |value: &Value| -> Vec<(String, Value)> {
        let entries = value.as_mapping().into_iter().flatten();
        let entry =
            |(key, value): (&Value, &Value)| Some((key.as_str()?.to_owned(), value.clone()));
        entries.filter_map(entry).collect()
    };
    let mut tell = |key: &str, value: &str, name: &str| {
        let message = Message::complains("complaints.spec.quotes").with("key", name);
        out.push(document.in_front(key, value, message));
    };
    for (key, value) in entries(&all) {
        for (name, _) in entries(&value).iter().filter(|(_, value)| !value.is_string()) {
            tell(&key, name, name);
        }
        if !value.is_string() && !value.is_mapping() {
            tell(&key, "", &key);
        }
    }
}

/// What is wrong with a skill's name.
fn name_problems(name: &str) -> Vec<Message> {
    let length = name.chars().count();
    let is_allowed = |char: char| char.is_alphanumeric() || char == '-';
    let says = Message::complains;
    let found = [
        (length > NAME, too_long("name", length, NAME)),
        (name.chars().any(char::is_uppercase), says("complaints.spec.capitals")),
        (name.starts_with('-') || name.ends_with('-'), says("complaints.spec.outer-hyphen")),
        (name.contains("--"), says("complaints.spec.two-hyphens")),
        (!name.chars().all(is_allowed), says("complaints.spec.letters")),
    ];
    found.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, problem)| problem).collect()
}

fn too_long(key: &str, length: usize, most: usize) -> Message {
    let message = Message::complains("complaints.spec.long");
    message.with("key", key).with("n", length).with("most", most)
}

/// Agents read a small part of YAML: no lists or maps in brackets, no anchors, no tags. And some
/// look for the next `---` to find the end.
fn plain_yaml(document: &Document<'_>, out: &mut Vec<ContentError>) {
    if let Some(at) = document.front.find("---") {
        let message = Message::complains("complaints.spec.end");
        out.push(document.in_front_at(at, message));
    }
    for (key, at) in document.top_keys() {
        let line = document.front.get(at..).and_then(|rest| rest.lines().next());
        let value = line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value);
        if value.trim_start().starts_with(['[', '{', '&', '*', '!']) {
            let message = Message::complains("complaints.spec.brackets").with("key", key);
            out.push(document.in_front(key, "", message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Knowledge;
    use super::super::super::testing::{files, told};

    const SKILL: &str = "---\nname: a-skill\ndescription: What it is for.\n---\n\n# A\n\nOne.\n";

    /// What is wrong with a skill in the folder `a-skill` whose English file is this.
    fn errors(text: &str) -> Vec<String> {
        let zh = text.replace("# A", "# 甲").replace("One.", "一。");
        let all = files(&[("skills/a-skill/SKILL.md", text), ("skills/a-skill/SKILL.zh.md", &zh)]);
        let (_, errors) = Knowledge::load(&all);
        let said = errors.iter().map(told);
        said.filter_map(|it| Some(it.strip_prefix("skills/a-skill/SKILL.md:")?.to_owned()))
            .collect()
    }

    fn check(from: &str, to: &str, expected: &[&str]) {
        assert!(SKILL.contains(from), "{from}");
        assert_eq!(errors(&SKILL.replacen(from, to, 1)), expected, "{to}");
    }

    /// Puts lines after the description.
    fn check_more(lines: &str, expected: &[&str]) {
        check("for.\n", &format!("for.\n{lines}\n"), expected);
    }

    #[test]
    fn name_and_description_are_enough() {
        assert_eq!(errors(SKILL), [""; 0]);
        check_more("license: MIT", &[]);
        check_more("compatibility: Needs Python 3.11", &[]);
        check_more("allowed-tools: Read Grep", &[]);
        check_more("metadata:\n  author: us\n  version: \"1.0\"", &[]);
        check("name: a-skill\ndescription: What it is for.", "description: d\nname: a-skill", &[]);
    }

    #[test]
    fn a_name_is_the_folders_and_of_lower_case_letters_digits_and_hyphens() {
        let other = "2:1: `name` is not the folder's name, `a-skill`";
        let named = |name: &str, problem: &str| {
            let problem = format!("2:1: the name {problem}");
            check("name: a-skill", &format!("name: {name}"), &[other, &problem]);
        };
        check("name: a-skill", "name: another", &[other]);
        named("A-skill", "has capital letters");
        named("-skill", "begins or ends with a hyphen");
        named("skill-", "begins or ends with a hyphen");
        named("a--skill", "has two hyphens in a row");
        named("a_skill", "holds more than letters, digits and hyphens");
        named("a skill", "holds more than letters, digits and hyphens");
        let long = "2:1: `name` has 65 characters, at most 64 are allowed";
        check("name: a-skill", &format!("name: {}", "a".repeat(65)), &[other, long]);
    }

    #[test]
    fn a_description_says_something_and_not_too_much() {
        let described = |text: &str, expected: &[&str]| {
            check("description: What it is for.", &format!("description: {text}"), expected);
        };
        described(&"d".repeat(1024), &[]);
        described(&"中".repeat(1024), &[]);
        let long = "3:1: `description` has 1025 characters, at most 1024 are allowed";
        described(&"d".repeat(1025), &[long]);
        described("\" \"", &["3:1: `description` has an empty text"]);
        check("description: What it is for.\n", "", &["2:1: `description` is missing"]);
    }

    #[test]
    fn what_else_there_is_has_its_form() {
        check_more("license: ''", &["4:1: `license` has an empty text"]);
        check_more("compatibility: ''", &["4:1: `compatibility` has an empty text"]);
        check_more("license: 2.0", &["4:1: `license` is no text for YAML: put it in quotes"]);
        let long = format!("compatibility: {}", "c".repeat(501));
        check_more(&long, &["4:1: `compatibility` has 501 characters, at most 500 are allowed"]);
        let keys = "name, description, license, compatibility, metadata, allowed-tools";
        let unknown = format!("4:1: `version` is no key of a skill, which has {keys}");
        check_more("version: 1", &[&unknown]);
        let unknown = format!("4:1: `id` is no key of a skill, which has {keys}");
        check_more("id: a", &[&unknown]);
        let wrong = errors(&SKILL.replacen("for.\n", "for.\nallowed-tools: [Read]\n", 1));
        assert!(wrong[0].starts_with("4:16: "), "{wrong:?}");
    }

    #[test]
    fn metadata_holds_texts_and_nothing_else() {
        for (value, place) in [("[a]", "5:6: "), ("{b: c}", "5:6: "), ("\n    - b", "6:5: ")] {
            let wrong =
                errors(&SKILL.replacen("for.\n", &format!("for.\nmetadata:\n  a: {value}\n"), 1));
            assert_eq!(wrong.len(), 1, "{value} {wrong:?}");
            assert!(wrong[0].starts_with(place) && wrong[0].contains("string"), "{wrong:?}");
        }
        for value in ["1.0", "true", "0x10"] {
            check_more(
                &format!("metadata:\n  b: {value}"),
                &["5:3: `b` is no text for YAML: put it in quotes"],
            );
        }
        let wrong = errors(&SKILL.replacen("for.\n", "for.\nmetadata: text\n", 1));
        assert!(wrong[0].contains("a map of texts"), "{wrong:?}");
        let wrong = errors(&SKILL.replacen("for.\n", "for.\nmetadata:\n  a: b\n  a: c\n", 1));
        assert!(wrong[0].contains("`a` stands twice"), "{wrong:?}");
    }

    #[test]
    fn yaml_that_agents_do_not_read_is_told() {
        let said = "4:1: write `metadata` out: agents do not read lists and maps in brackets, \
                    anchors or tags";
        check_more("metadata: {a: b}", &[said]);
        check(
            "What it is for.",
            "What --- it is for.",
            &["3:19: `---` ends the front matter for some readers"],
        );
    }
}
