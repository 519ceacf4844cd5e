use super::super::testing::{EN, Shipped, ZH, files, interface, told, words};
use super::super::{Files, Knowledge};

/// What is wrong with the notes `a` in memory, without what else is missing.
fn errors(en: &str, zh: &str) -> Vec<String> {
    let all = files(&[("content/notes/a.md", en), ("content/notes/a.zh.md", zh)]);
    let (_, errors) = Knowledge::load(&all);
    let said = errors.iter().map(told);
    said.filter_map(|error| Some(error.strip_prefix("content/notes/")?.to_owned())).collect()
}

#[test]
fn a_correct_page_has_no_errors() {
    assert_eq!(errors(EN, ZH), Vec::<String>::new());
}

#[test]
fn a_page_has_its_twin() {
    let all = files(&[("content/notes/b.md", &EN.replace("id: a", "id: b"))]);
    let (_, errors) = Knowledge::load(&all);
    let said = "content/notes/b.md:1:1: the twin `content/notes/b.zh.md` is missing";
    assert!(errors.iter().any(|error| told(error) == said), "{errors:?}");
}

#[test]
fn twins_have_the_same_blocks_and_the_same_code() {
    let said = "a.zh.md:14:1: “…” here, but “- …” in line 16 in English";
    assert_eq!(errors(EN, &ZH.replace("- 一项", "一项")), [said]);
    let said = "a.zh.md:12:4: “- …” of line 16 in English is missing";
    assert_eq!(errors(EN, &ZH.replace("\n- 一项\n", "")), [said]);
    let said = "a.zh.md:15:1: “- …” that is not on the English page";
    assert_eq!(errors(EN, &format!("{ZH}- 又一项\n")), [said]);
    let said = "a.zh.md:10:1: the code is not that of line 12 in English";
    assert_eq!(errors(EN, &ZH.replace("x = 1", "x = 2")), [said]);
    let said = "a.zh.md:8:1: “## … {#less}” here, but “## … {#more}” in line 10 in English";
    assert_eq!(errors(EN, &ZH.replace("{#more}", "{#less}")), [said]);
}

#[test]
fn a_page_opens_with_a_short_conclusion() {
    let long = EN.replace("One sentence.", &"word ".repeat(50));
    let said = "a.md:8:1: the opening has 249 characters, at most 220 are allowed";
    assert_eq!(errors(&long, ZH), [said]);
    let none = EN.replace("One sentence.\n\n", "");
    let said = "a.md:8:1: the page opens with a paragraph that states its conclusion";
    assert!(errors(&none, ZH).contains(&said.to_owned()));
}

#[test]
fn code_fits_the_narrow_screen() {
    let wide = format!("x = \"{}\"", "中".repeat(40));
    let (en, zh) = (EN.replace("x = 1", &wide), ZH.replace("x = 1", &wide));
    let said = "a.md:13:1: 86 columns of code, at most 76 are allowed";
    assert_eq!(errors(&en, &zh), [said, &said.replace("md:13", "zh.md:11")]);
}

#[test]
fn an_id_leads_to_a_page() {
    let en = EN.replace("see: []", "see: [b]").replace("an item", "an [item](c)");
    assert_eq!(
        errors(&en, ZH),
        ["a.md:6:7: there is no page `b`", "a.md:16:6: the link leads to `c`, which is not there",]
    );
    let itself = EN.replace("see: []", "see: [a]");
    assert_eq!(errors(&itself, ZH), ["a.md:6:7: the page names itself"]);
}

#[test]
fn texts_are_not_empty() {
    let said = "a.md:5:1: `keywords` has an empty text";
    assert_eq!(errors(&EN.replace("[one]", "[one, '']"), ZH), [said]);
    assert_eq!(errors(&EN.replace("[one]", "[]"), ZH), ["a.md:5:1: no keyword"]);
    assert_eq!(errors(&EN.replace("x = 1\n", ""), &ZH.replace("x = 1\n", "")).len(), 2);
}

#[test]
fn no_character_is_hidden() {
    let hidden = |char: &str| errors(&EN.replace("One sentence", char), ZH);
    assert_eq!(hidden("a\u{202e}b"), ["a.md:8:2: the character U+202E is not allowed"]);
    assert_eq!(hidden("a\tb"), ["a.md:8:2: the character U+0009 is not allowed"]);
    assert_eq!(hidden("é 中文"), Vec::<String>::new());
}

/// A page of some kind beside the note `a`, and what is wrong with it.
fn page_errors(kind: &str, front: &str, zh_front: &str, body: &str) -> Vec<String> {
    let front = format!("id: b\nkind: {kind}\ntitle: t\nkeywords: [k]\n{front}");
    let zh_front = format!("id: b\ntitle: t\nkeywords: [k]\n{zh_front}");
    let path = format!("content/{kind}s/b");
    let all = files(&[
        (&format!("{path}.md"), &format!("---\n{front}---\n{body}")),
        (&format!("{path}.zh.md"), &format!("---\n{zh_front}---\n{body}")),
    ]);
    let errors = Knowledge::load(&all).1.into_iter().map(|error| told(&error));
    let mine = format!("content/{kind}s/");
    errors.filter_map(|error| Some(error.strip_prefix(&mine)?.to_owned())).collect()
}

#[test]
fn sections_are_those_of_the_kind_in_their_order() {
    let body = "A.\n\n## Why {#why}\n\nB.\n\n## How {#how}\n\nC.\n\n## X {#x}\n\nD.\n";
    let said = page_errors("pattern", "choose: c\n", "choose: c\n", body);
    assert_eq!(
        said.get(..2).unwrap_or_default(),
        [
            "b.md:14:1: the section `how` stands too late",
            "b.md:18:1: a `pattern` page has no section `x`",
        ]
    );
    let said = page_errors("tradeoff", "says: s\n", "says: s\n", "A.\n");
    assert_eq!(said.first().map(String::as_str), Some("b.md:8:3: the section `more` is missing"));
}

#[test]
fn messages_are_the_same_in_both_languages() {
    let body = "A.\n\n## How {#how}\n\nB.\n\n## Why {#why}\n\nC.\n";
    let en = "choose: c\nmessages:\n  fix: 'Cell {n}'\n  old: 'O'\n";
    let zh = "choose: c\nmessages:\n  fix: '单元格 {m}'\n  new: 'N'\n";
    assert_eq!(
        page_errors("pattern", en, zh, body),
        [
            "b.zh.md:6:1: the message `old` is missing",
            "b.zh.md:7:3: the message `fix` has other placeholders than in English",
            "b.zh.md:8:3: the message `new` is not on the English page",
        ]
    );
}

#[test]
fn a_mistake_names_what_there_is() {
    let front = "family: f\nseverity: hint\npatterns: [p]\nsituations: [s]\n\
                 tradeoffs: [t]\ndeviations: [d]\nshown: {before: x, after: y}\n";
    let body = "A.\n\n## H {#happens}\n\nB.\n\n## W {#why}\n\nC.\n\n## I {#instead}\n\nD.\n";
    assert_eq!(
        page_errors("mistake", front, "", body),
        [
            "b.md:6:9: `f` is not a common mistake of the skill",
            "b.md:8:12: there is no pattern `p`",
            "b.md:9:14: there is no situation `s`",
            "b.md:10:13: there is no tradeoff `t`",
            "b.md:11:14: there is no deviation `d`",
            "b.md:12:17: there is no case `x`",
            "b.md:12:27: there is no case `y`",
        ]
    );
}

#[test]
fn a_message_can_be_told_from_the_others() {
    let front = "match: [x, x]\nerror: E\n";
    let body = "A.\n\n## C {#cause}\n\nB.\n\n## F {#fix}\n\nC.\n";
    let said = "b.md:6:9: `x` already stands for `b`";
    assert_eq!(page_errors("message", front, "", body), [said]);
    let said = "b.md:6:1: `match` is empty";
    assert_eq!(page_errors("message", "match: []\nerror: E\n", "", body), [said]);
}

/// The carried files with one change, and what is wrong then.
fn changed(path: &str, from: &str, to: &str) -> Vec<String> {
    let mut all = std::collections::BTreeMap::new();
    for path in Shipped.list() {
        let text = Shipped.read(&path).map(|text| text.into_owned()).unwrap_or_default();
        all.insert(path, String::from_utf8_lossy(&text).into_owned());
    }
    let before = Knowledge::load(&all).1;
    let text = all.get_mut(path).expect("the file");
    assert!(text.contains(from), "{from}");
    *text = text.replacen(from, to, 1);
    let after = Knowledge::load(&all).1.into_iter().filter(|error| !before.contains(error));
    after.map(|error| words(&error.message)).collect()
}

const SKILL: &str = "skills/python-notebooks-async/SKILL.md";

#[test]
fn the_skill_lists_everything_that_it_has_to_say() {
    let said = changed(SKILL, "- `one-loop`:", "- `two-loops`:");
    let wanted_page = "there is no page `one-loop`";
    let wanted = "the items are to be one-loop, await-at-top-level, concurrent-work, \
                  reusable-code-in-modules, nest-asyncio-last-resort, no-fire-and-forget";
    assert_eq!(said, [wanted_page, wanted]);
    let said = changed(SKILL, "{#scope-note}", "{#scope}");
    assert!(said.contains(&String::from("the section `scope-note` is missing")), "{said:?}");
}

#[test]
fn the_skill_and_the_pages_agree() {
    let page = "content/situations/porting-a-script.md";
    let said = changed(page, "order: 3", "order: 4");
    assert_eq!(said, ["the skill has this situation at 3"]);
    let said = changed(page, "when: use", "when: not-use");
    assert_eq!(said, ["the skill has this situation on the other list"]);
    let page = "content/mistakes/nest-asyncio-by-default.md";
    let said = changed(page, "family: global-nest-asyncio", "family: second-loop");
    assert_eq!(said, ["no mistake is of the family `global-nest-asyncio`"]);
}

#[test]
fn the_references_and_the_notice_of_a_skill_exist() {
    let said =
        changed(SKILL, "references: references/notebooks-async.md", "references: references/no.md");
    assert_eq!(
        said,
        [
            "there is no file `references/no.md` in the skill's folder",
            "not the metadata of the English file",
        ]
    );
    let said = changed(SKILL, "notice: python-design-modularity", "notice: nobody");
    assert_eq!(said, ["there is no skill `nobody`", "not the metadata of the English file"]);
}

#[test]
fn a_broken_table_or_theme_is_reported_where_it_breaks() {
    let all = files(&[
        ("content/tables/blocking.yaml", "- calls: [a]\n  kind: nonsense\n  source: s\n"),
        ("content/tables/coroutines.yaml", "[]"),
        ("content/tables/modules.yaml", "exports: {}\npatches: []\nquiet: []\n"),
        ("content/tables/versions.yaml", "[]"),
        ("content/tables/runners.yaml", "[]"),
        ("content/tables/sync_apis.yaml", "[]"),
        ("content/tables/effects.yaml", "pure: [json]\n"),
        ("content/tables/callables.yaml", "[]"),
        ("content/themes/dark.yaml", "a: red\nb: ''\n"),
        ("content/themes/light.yaml", "a: red\n"),
    ]);
    let said: Vec<_> = Knowledge::load(&all).1.iter().map(told).collect();
    assert!(said.iter().any(|error| error.starts_with("content/tables/blocking.yaml:2:9:")));
    assert!(said.contains(&String::from("content/themes/dark.yaml:2:1: `b` is empty")));
    let missing = "content/themes/light.yaml:1:1: `b` is missing; another theme has it";
    assert!(said.contains(&missing.to_owned()), "{said:?}");
}

/// What is wrong with the note `a`'s Chinese file, where `cell` has a term and two wrong ones.
fn wrong_words(en: &str, zh: &str) -> Vec<String> {
    let glossary = "- {en: cell, zh: [单元格], not: [储存格], strict: true}\n\
                    - {en: task, zh: [任务], not: [作业]}\n";
    let pages = [("content/notes/a.md", en), ("content/notes/a.zh.md", zh)];
    let all = files(&[&pages[..], &[("content/glossary.yaml", glossary)]].concat());
    let (_, errors) = Knowledge::load(&all);
    let said = errors.iter().map(told);
    said.filter_map(|error| Some(error.strip_prefix("content/notes/")?.to_owned())).collect()
}

#[test]
fn a_chinese_page_uses_the_terms_and_no_other_words_for_them() {
    let en = EN.replace("One sentence.", "Two cells, a task and a `cell`.");
    let good = ZH.replace("一句话。", "两个单元格，一个作务。");
    assert_eq!(wrong_words(&en, &good), Vec::<String>::new());
    let said = "a.zh.md:6:1: `储存格` stands for `cell`; write `单元格`";
    assert_eq!(wrong_words(&en, &good.replace("单元格", "储存格和单元格")), [said]);
    let said = "a.zh.md:6:1: `cell` in English, but no `单元格` in Chinese";
    assert_eq!(wrong_words(&en, &good.replace("单元格", "东西")), [said]);
    // A word in code asks for no term, and a term elsewhere on the page will do.
    assert_eq!(wrong_words(&EN.replace("One sentence.", "A `cell`."), ZH), Vec::<String>::new());
    let moved = good.replace("单元格", "东西").replace("- 一项", "- 单元格");
    assert_eq!(wrong_words(&en, &moved), Vec::<String>::new());
    let said = "a.zh.md:3:1: `作业` stands for `task`; write `任务`";
    assert_eq!(wrong_words(EN, &ZH.replace("title: 一条说明", "title: 作业")), [said]);
}

#[test]
fn a_text_that_stayed_english_is_reported() {
    let said = "a.zh.md:6:1: this is not translated";
    let zh = ZH.replace("一句话。", "说明：this one was left out of it。");
    assert_eq!(wrong_words(EN, &zh), [said]);
    assert_eq!(
        wrong_words(EN, &ZH.replace("一句话。", "用 `await the loop now or` 等 httpx。")),
        [""; 0]
    );
}

#[test]
fn the_interface_speaks_in_terms_too() {
    let interface = "a: {en: 'a cell of {cell}', zh: 储存格}\nb: {en: 'no {cell}', zh: 没有}\n";
    let glossary = "- {en: cell, zh: [单元格], not: [储存格], strict: true}\n";
    let all = files(&[("content/interface.yaml", interface), ("content/glossary.yaml", glossary)]);
    let (_, errors) = Knowledge::load(&all);
    let said = errors.iter().map(told);
    let said: Vec<String> = said.filter(|it| it.contains("单元格")).collect();
    let expected = [
        "content/interface.yaml:1:1: `cell` in English, but no `单元格` in Chinese",
        "content/interface.yaml:1:1: `储存格` stands for `cell`; write `单元格`",
    ];
    assert_eq!(said, expected);
}

#[test]
fn every_term_has_its_row_on_the_glossary_page_and_no_other_has() {
    let en = EN.replace("id: a", "id: glossary")
        + "\n| T | Z | M |\n| --- | --- | --- |\n| cell | 单元格 | m |\n| x | y | z |\n";
    let zh = ZH.replace("id: a", "id: glossary")
        + "\n| T | Z | M |\n| --- | --- | --- |\n| 单元格 | cell | m |\n| 任务 | task | z |\n";
    let glossary = "- {en: cell, zh: [单元格]}\n- {en: task, zh: [任务]}\n";
    let all = files(&[
        ("content/notes/glossary.md", en.as_str()),
        ("content/notes/glossary.zh.md", zh.as_str()),
        ("content/glossary.yaml", glossary),
    ]);
    let (_, errors) = Knowledge::load(&all);
    let said = errors.iter().filter(|error| error.file.contains("glossary."));
    let said: Vec<String> = said.map(|error| words(&error.message)).collect();
    let expected =
        ["there is no row for `task`, `任务`", "`x`, `y` is no term of content/glossary.yaml"];
    assert_eq!(said, expected);
}

#[test]
fn the_questions_of_the_chooser_form_a_tree_that_ends() {
    let said = |chooser: &str| {
        let page = "---\nid: p\nkind: pattern\ntitle: t\nkeywords: [k]\nchoose: c\n---\nA.\n";
        let all = files(&[("content/chooser.yaml", chooser), ("content/patterns/p.md", page)]);
        let (_, errors) = Knowledge::load(&all);
        let found = errors.into_iter().filter(|error| error.file == "content/chooser.yaml");
        found.map(|error| words(&error.message)).collect::<Vec<_>>()
    };
    let question = |id: &str, leads: &str| {
        let choice = |text: &str| format!("{{en: {text}, zh: 甲, {leads}}}");
        format!("  {id}: {{ask: {{en: q, zh: 问}}, choices: [{}, {}]}}\n", choice("a"), choice("b"))
    };
    let ends =
        "ends:\n  e: {page: p, why: {en: w, zh: 为}, costs: {en: c, zh: 代}, skeleton: 'x{n}'}\n";
    let whole =
        |questions: &str| format!("start: q\nnames: {{n: '1'}}\nquestions:\n{questions}{ends}");
    assert_eq!(said(&whole(&question("q", "end: e"))), ["no case runs the skeleton"]);
    let lost = said(&whole(&(question("q", "end: no") + &question("r", "to: q"))));
    assert!(lost.contains(&"there is no end `no`".to_owned()), "{lost:?}");
    assert!(lost.contains(&"no answer leads to this question".to_owned()), "{lost:?}");
    assert!(lost.contains(&"no answer leads to this end".to_owned()), "{lost:?}");
    let circle = said(&whole(&(question("q", "to: r") + &question("r", "to: q"))));
    assert!(
        circle.contains(&"more than 5 questions on a way that leads here".to_owned()),
        "{circle:?}"
    );
    let both = said(&whole(&question("q", "end: e, to: q")));
    assert!(both.contains(&"`a` needs one of `to` and `end`".to_owned()), "{both:?}");
    let other = said(
        &whole(&question("q", "end: e")).replace("page: p", "page: o").replace("x{n}", "x{m}"),
    );
    assert!(
        other.contains(&"there is no pattern, deviation or situation `o`".to_owned()),
        "{other:?}"
    );
    assert!(other.contains(&"`{m}` is not among the names".to_owned()), "{other:?}");
    assert!(other.contains(&"no skeleton has this name".to_owned()), "{other:?}");
}

/// The sources of this module, each a text.
fn sources(folder: &std::path::Path) -> Vec<String> {
    let paths = std::fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry").path());
    let inside = |path: std::path::PathBuf| match path.is_dir() {
        true => sources(&path),
        false => vec![std::fs::read_to_string(path).expect("a text")],
    };
    paths.flat_map(inside).collect()
}

#[test]
fn every_complaint_has_its_words_and_no_words_are_never_said() {
    // In two parts, as this is a source as well.
    let mark = ["\"compl", "aints."].concat();
    let all = sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/knowledge"));
    let keys = all.iter().flat_map(|text| text.split(&mark).skip(1));
    let said: std::collections::BTreeSet<&str> =
        keys.filter_map(|rest| Some(rest.split_once('"')?.0)).collect();
    let worded = interface().keys().filter_map(|key| key.strip_prefix(&mark[1..]));
    assert_eq!(said, worded.collect());
}
