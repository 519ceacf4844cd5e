//! A rule in a SARIF log: what its page says.

use serde_json::json;
use serde_sarif::sarif::{MultiformatMessageString, ReportingConfiguration, ReportingDescriptor};

use crate::diagnostic::Severity;
use crate::knowledge::{Front, Page, PageKind};
use crate::shell::report::{Voice, help};
use crate::wording;

/// Where the project lives, once its manifest says so: SARIF wants addresses that lead somewhere.
pub const HOME: Option<&str> = home(env!("CARGO_PKG_REPOSITORY"));

const fn home(said: &'static str) -> Option<&'static str> {
    if said.is_empty() { None } else { Some(said) }
}

/// Where a page can be read on the net, with its project at `home`.
fn address(home: &str, file: &str) -> String {
    format!("{}/blob/main/{file}", home.trim_end_matches('/'))
}

/// The rule's title, conclusion and page; a word for what has no page.
pub fn rule(voice: Voice<'_>, name: &str) -> ReportingDescriptor {
    let mut rule = ReportingDescriptor::builder().id(name).build();
    let Some(page) = voice.knowledge.page(PageKind::Mistake, name) else {
        let of_rule = wording::named(wording::report::rules::ALL, name);
        let said = of_rule.map(|it| voice.say(it, &[]).join("\n")).unwrap_or_default();
        rule.short_description = Some(words(said));
        rule.default_configuration = Some(severity(Severity::Hint));
        return rule;
    };
    let each = |say: fn(&Page, crate::knowledge::Language) -> String, between: &str| {
        let said = voice.languages().into_iter().map(|language| say(page, language));
        said.collect::<Vec<_>>().join(between)
    };
    rule.short_description = Some(words(each(help::title, "\n")));
    rule.full_description = Some(words(each(help::conclusion, "\n")));
    let mut text = words(format!("nbasync explain {name}"));
    text.markdown = Some(each(help::markdown, "\n"));
    rule.help = Some(text);
    rule.help_uri = HOME.map(|home| address(home, &page.file));
    if let Front::Mistake { severity: worst, .. } = page.front {
        rule.default_configuration = Some(severity(worst));
    }
    rule
}

fn words(text: String) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

fn severity(severity: Severity) -> ReportingConfiguration {
    let level = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    };
    ReportingConfiguration::builder().level(json!(level)).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_an_address_where_the_project_has_one() {
        assert_eq!(home(""), None);
        let file = "content/mistakes/dropped-task.md";
        let expected = "https://example.org/n/blob/main/content/mistakes/dropped-task.md";
        assert_eq!(address("https://example.org/n/", file), expected);
    }
}
