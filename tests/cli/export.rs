//! `nbasync content export --html`: the site is whole, leads nowhere wrong, and can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::support::{folder, run};

/// Elements that have no end.
const VOID: [&str; 6] = ["meta", "link", "input", "rect", "path", "br"];

/// A tag with its attributes; `text` is what stands between it and the next one.
#[derive(Debug)]
struct Tag {
    name: String,
    is_end: bool,
    attributes: BTreeMap<String, String>,
    text: String,
}

/// The tags of a page, which is held to be written as strictly as we write it: every attribute in
/// double quotes, no sign of markup in text.
fn tags(html: &str) -> Vec<Tag> {
    let body = html.strip_prefix("<!DOCTYPE html>\n").expect("a doctype");
    let mut tags = Vec::new();
    for piece in body.split('<').skip(1) {
        let (inside, text) = piece.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "a bare sign in {text:?}");
        let inside = inside.trim_end_matches('/');
        let is_end = inside.starts_with('/');
        let inside = inside.trim_start_matches('/');
        let (name, rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        assert!(name.chars().all(|it| it.is_ascii_alphanumeric()), "no tag: {inside:?}");
        tags.push(Tag {
            name: name.to_owned(),
            is_end,
            attributes: attributes(rest),
            text: text.to_owned(),
        });
    }
    tags
}

fn attributes(mut rest: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        let end = rest.find(|it: char| it == '=' || it.is_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            return found;
        }
        let (value, after) = match after.strip_prefix("=\"") {
            Some(after) => after.split_once('"').expect("a quote ends"),
            None => ("", after),
        };
        assert!(found.insert(name.to_owned(), value.to_owned()).is_none(), "{name} twice");
        rest = after;
    }
}

impl Tag {
    fn is(&self, name: &str) -> bool {
        self.name == name && !self.is_end
    }

    fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map(String::as_str).unwrap_or_default()
    }
}

/// Every page of a site by its path.
fn pages(folder: &Path) -> BTreeMap<PathBuf, Vec<Tag>> {
    let mut pages = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "html") {
                let text = fs::read_to_string(&path).unwrap();
                pages.insert(path.strip_prefix(folder).unwrap().to_owned(), tags(&text));
            }
        }
    }
    pages
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        if part.as_os_str() == ".." {
            assert!(out.pop(), "{} leads out of the site", path.display());
        } else {
            out.push(part);
        }
    }
    out
}

/// What an export writes: its pages, its sheet of styles, and the paths of all files.
struct Site {
    pages: BTreeMap<PathBuf, Vec<Tag>>,
    sheet: String,
}

static SITE: LazyLock<Site> = LazyLock::new(|| {
    let dir = folder(&[]);
    let out = run(dir.path(), &["--lang", "en", "content", "export", "--html", "site"]);
    assert_eq!(out.code, 0, "{}", out.stderr);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing beside the folder");
    let site = dir.path().join("site");
    let sheet = fs::read_to_string(site.join("style.css")).unwrap();
    assert!(site.join("search.js").is_file());
    Site { pages: pages(&site), sheet }
});

#[test]
fn every_page_is_there_in_both_languages_and_every_link_leads_to_its_place() {
    let pages = &SITE.pages;
    for path in of_content() {
        for language in ["en", "zh"] {
            let path = Path::new(language).join(&path);
            assert!(pages.contains_key(&path), "{} is missing", path.display());
        }
    }
    let ids: BTreeMap<&PathBuf, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, tags)| {
            let ids: Vec<&str> =
                tags.iter().filter_map(|it| it.attributes.get("id")).map(String::as_str).collect();
            let once: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), once.len(), "{}: an id stands twice", path.display());
            (path, once)
        })
        .collect();
    let mut links = 0;
    for (path, tags) in pages {
        for tag in tags {
            let to = ["href", "src", "action"].iter().find_map(|it| tag.attributes.get(*it));
            let Some(to) = to else { continue };
            let (file, anchor) = to.split_once('#').unwrap_or((to, ""));
            let target = match file {
                "" => path.clone(),
                file => plain(&path.parent().unwrap().join(file)),
            };
            let is_there = pages.contains_key(&target)
                || ["style.css", "search.js"].iter().any(|it| target == Path::new(it));
            assert!(is_there, "{}: {to}", path.display());
            if !anchor.is_empty() {
                assert!(ids[&target].contains(anchor), "{}: {to}", path.display());
            }
            links += 1;
        }
    }
    assert!(links > 10 * pages.len(), "{links} links");
    let rules: BTreeSet<String> = pages[Path::new("en/rules.html")]
        .iter()
        .filter_map(|tag| tag.get("href").strip_prefix("../en/mistake/").map(str::to_owned))
        .collect();
    let fixtures = fs::read_dir("content/mistakes").unwrap().count() / 2;
    assert_eq!(rules.len(), fixtures, "every rule has a row");
}

/// The paths of the pages that the content has, below a language's folder.
fn of_content() -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for kind in ["situation", "mistake", "pattern", "tradeoff", "deviation", "message", "note"]
        .into_iter()
        .chain(["lesson", "drill"])
    {
        for entry in fs::read_dir(format!("content/{kind}s")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if let Some(id) = name.strip_suffix(".md").filter(|id| !id.ends_with(".zh")) {
                paths.push(Path::new(kind).join(format!("{id}.html")));
            }
        }
    }
    for entry in fs::read_dir("skills").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        paths.push(Path::new("skill").join(format!("{name}.html")));
    }
    assert!(paths.len() > 200);
    paths
}

#[test]
fn every_page_can_be_read_by_a_screen_reader() {
    let mut titles = BTreeSet::new();
    for (path, tags) in &SITE.pages {
        let at = path.display();
        let first = path.components().next().unwrap();
        let lang = if first.as_os_str() == "zh" { "zh-Hans" } else { "en" };
        assert_eq!(tags[0].get("lang"), lang, "{at}");
        balanced(path, tags);
        let all = |name: &str| tags.iter().filter(|tag| tag.is(name)).collect::<Vec<_>>();
        let [title] = all("title")[..] else { panic!("{at}: one title") };
        assert!(titles.insert((lang, title.text.clone())), "{at}: {title:?}");
        assert_eq!((all("main").len(), all("h1").len()), (1, 1), "{at}");
        let skip = tags.iter().find(|tag| tag.is("a")).unwrap();
        assert_eq!(skip.get("href"), "#nbasync-text", "{at}: the first link skips");
        let mut level = 0;
        for tag in tags.iter().filter(|tag| !tag.is_end) {
            if let Some(this) = tag.name.strip_prefix('h').and_then(|it| it.parse::<usize>().ok()) {
                assert!(this <= level + 1, "{at}: from h{level} to h{this}");
                level = this;
            }
            if tag.is("svg") {
                let is_told = tag.get("role") == "img" && !tag.get("aria-label").is_empty();
                assert!(is_told || tag.get("aria-hidden") == "true", "{at}: {tag:?}");
            }
            if tag.is("input") {
                let label = all("label").into_iter().find(|it| it.get("for") == tag.get("id"));
                assert!(label.is_some_and(|it| !it.text.is_empty()), "{at}: {tag:?}");
            }
            for forbidden in ["style", "onclick", "onload", "onerror"] {
                assert!(!tag.attributes.contains_key(forbidden), "{at}: {tag:?}");
            }
            assert!(!tag.is("script") || tag.get("src").ends_with("search.js"), "{at}: {tag:?}");
        }
    }
}

fn balanced(path: &Path, tags: &[Tag]) {
    let mut open: Vec<&str> = Vec::new();
    for tag in tags.iter().filter(|tag| !VOID.contains(&tag.name.as_str())) {
        if tag.is_end {
            assert_eq!(open.pop(), Some(tag.name.as_str()), "{}: {tag:?}", path.display());
        } else {
            assert!(!(tag.is("a") && open.contains(&"a")), "{}: a link in a link", path.display());
            open.push(&tag.name);
        }
    }
    assert!(open.is_empty(), "{}: {open:?} stay open", path.display());
}

#[test]
fn every_colour_can_be_read_on_both_grounds() {
    let (light, dark) = SITE.sheet.split_once("@media (prefers-color-scheme:dark)").unwrap();
    let (dark, rules) = dark.split_once("}}").unwrap();
    for theme in [light, dark] {
        let colours: BTreeMap<&str, &str> = theme
            .lines()
            .filter_map(|line| line.trim_end_matches(';').split_once(':'))
            .filter_map(|(name, colour)| Some((name.strip_prefix("--")?, colour)))
            .collect();
        let used = rules.split("var(--").skip(1).map(|it| it.split(')').next().unwrap());
        let used: BTreeSet<&str> = used.collect();
        assert!(used.len() >= 8, "{used:?}");
        for name in used {
            let colour = colours.get(name).unwrap_or_else(|| panic!("--{name} is not there"));
            // Lines and the ring around what has the focus are no text. Source: WCAG 2.2, 1.4.3
            // and 1.4.11.
            let wanted = if matches!(name, "frame" | "focus") { 3.0 } else { 4.5 };
            let contrast = contrast(colour, colours["ground"]);
            assert!(name == "ground" || contrast >= wanted, "--{name}: {contrast:.2}");
        }
    }
}

/// How much two colours differ. Source: WCAG 2.2, "contrast ratio".
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let part = |at: usize| {
            let value = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn an_export_replaces_its_own_files_and_nobody_elses() {
    let dir = folder(&[("site/en/index.html", "mine"), ("site/notes.txt", "mine too")]);
    let site = dir.path().join("site");
    let again = |more: &[&str]| {
        let args = [&["--lang", "en", "content", "export", "--html", "site"], more];
        run(dir.path(), &args.concat())
    };
    let refused = again(&[]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("index.html: not written by an export"), "{}", refused.stderr);
    assert!(refused.stderr.contains("Nothing was written"), "{}", refused.stderr);
    assert_eq!(fs::read_dir(&site).unwrap().count(), 2, "nothing was written");
    assert_eq!(again(&["--overwrite"]).code, 0);
    assert_eq!(fs::read_to_string(site.join("notes.txt")).unwrap(), "mine too");
    assert_ne!(fs::read_to_string(site.join("en/index.html")).unwrap(), "mine");
    let twice = again(&[]);
    assert_eq!(twice.code, 0);
    assert!(twice.stdout.contains(" 0 of them written, 0 removed"), "{}", twice.stdout);
    fs::write(site.join("style.css"), "changed").unwrap();
    let changed = again(&[]);
    assert_eq!(changed.code, 2);
    assert!(changed.stderr.contains("style.css"), "{}", changed.stderr);
    assert_eq!(fs::read_to_string(site.join("style.css")).unwrap(), "changed");
}

#[test]
fn a_list_that_is_none_is_named_and_nothing_is_written() {
    let dir = folder(&[("site/.nbasync-site.json", "[]")]);
    let site = dir.path().join("site");
    let out = run(dir.path(), &["--lang", "zh", "content", "export", "--html", "site"]);
    assert_eq!(out.code, 2);
    assert!(out.stderr.contains(".nbasync-site.json") && out.stderr.contains("没有写入"));
    assert_eq!(fs::read_dir(&site).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn no_link_leads_an_export_out_of_its_folder() {
    use std::os::unix::fs::symlink;

    for link in ["en", "en/mistake", "style.css", "zh/index.html", ".nbasync-site.json"] {
        let dir = folder(&[("outside/held", "")]);
        let (site, outside) = (dir.path().join("site"), dir.path().join("outside"));
        let target = match link.contains('.') {
            true => outside.join("held"),
            false => outside.clone(),
        };
        let at = site.join(link);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        symlink(target, at).unwrap();
        let export = ["--lang", "en", "content", "export", "--overwrite", "--html", "site"];
        let out = run(dir.path(), &export);
        assert_eq!(out.code, 2, "{link}: {}", out.stderr);
        assert!(out.stderr.contains("leads out of"), "{link}: {}", out.stderr);
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1, "{link}");
        assert_eq!(fs::read_to_string(outside.join("held")).unwrap(), "", "{link}");
    }
}
