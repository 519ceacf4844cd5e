//! A line that asks for a package, as pip and conda write it.

use pep440_rs::{Operator, Version, VersionSpecifier, VersionSpecifiers};

use super::{Allowed, By, End, LONGEST, Said};

/// The package that `name[extra]>=1,<2; marker` asks for and, where the line says one, its version.
///
/// Source: <https://packaging.python.org/en/latest/specifications/dependency-specifiers/>.
pub fn requirement(line: &str, by: By) -> Option<(String, Option<Said>)> {
    // A URL says no version that could be compared.
    let (name, rest) = name(line)?;
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    if rest.starts_with('@') {
        return Some((name.to_owned(), None));
    }
    let rest = rest.split([';', '#']).next().unwrap_or_default();
    // A lock in the form of requirements goes on with hashes.
    let rest = rest.split(" --").next().unwrap_or_default().trim_end_matches('\\').trim();
    let condition = rest.trim_start_matches('(').trim_end_matches(')').trim();
    if condition.is_empty() {
        return Some((name.to_owned(), None));
    }
    Some((name.to_owned(), Some(said(condition, by)?)))
}

/// The package that a line of an environment of conda asks for: `name=1.2`, `name=1.2=build`,
/// `name>=1.2`.
///
/// Source: <https://docs.conda.io/projects/conda/en/latest/user-guide/tasks/manage-environments.html>.
pub fn conda(line: &str, by: By) -> Option<(String, Option<Said>)> {
    let line = line.rsplit_once("::").map_or(line, |(_, line)| line);
    let (name, rest) = name(line)?;
    let rest = rest.split('#').next().unwrap_or_default().trim();
    // A blank parts a name from its version as well as `=` does.
    let is_bare = rest.starts_with(|it: char| it.is_ascii_digit());
    let single = rest.strip_prefix('=').filter(|rest| !rest.starts_with('='));
    let Some(version) = single.or(is_bare.then_some(rest)) else {
        return requirement(line, by);
    };
    let version = version.split(['=', ' ']).next().unwrap_or_default().trim();
    // With a build it is this version, without one whatever begins so.
    let is_exact = rest.matches('=').count() > 1;
    let condition = match version.strip_suffix(".*") {
        _ if is_exact => format!("=={version}"),
        Some(start) => format!("=={start}.*"),
        None => format!("=={version}.*"),
    };
    Some((name.to_owned(), said(&condition, by)))
}

/// The packages of an environment of conda and those that pip adds to it, a line each.
pub fn conda_environment(text: &str, by: By) -> impl Iterator<Item = (String, Option<Said>)> {
    text.lines().filter_map(move |line| {
        let item = line.trim_start().strip_prefix("- ")?;
        conda(item.trim().trim_matches(['"', '\'']), by.clone())
    })
}

/// What Poetry writes beside a package's name: `^1.2`, `~1.2`, `1.2`, or what pip takes, too.
///
/// Source: <https://python-poetry.org/docs/dependency-specification/>.
pub fn poetry(condition: &str, by: By) -> Option<Said> {
    let condition = condition.trim();
    if let Some(least) = condition.strip_prefix('^') {
        let release = least.trim().parse::<Version>().ok()?.release().to_vec();
        // The first number that is not 0 stays.
        let stays =
            release.iter().position(|it| *it != 0).unwrap_or(release.len().saturating_sub(1));
        return between(least, stays, by);
    }
    if let Some(least) = condition.strip_prefix('~').filter(|rest| !rest.starts_with('=')) {
        let places = least.trim().parse::<Version>().ok()?.release().len();
        return between(least, places.min(2) - 1, by);
    }
    if condition.starts_with(|it: char| it.is_ascii_digit()) {
        return said(&format!("=={condition}"), by);
    }
    said(condition, by)
}

/// From this version on, as long as its number at the place `stays` is the same.
fn between(least: &str, stays: usize, by: By) -> Option<Said> {
    let version: Version = least.trim().parse().ok()?;
    let last = version.release().len().saturating_sub(stays + 1);
    let most = after(&version, last);
    let (most, _) = most?;
    said(&format!(">={version},<{most}"), by)
}

/// A package's name and what follows.
fn name(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let is_inside = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    let end = line.find(|it| !is_inside(it)).unwrap_or(line.len());
    let (name, rest) = line.split_at_checked(end)?;
    let starts = name.starts_with(|it: char| it.is_ascii_alphanumeric());
    starts.then_some((name, rest.trim_start()))
}

fn said(condition: &str, by: By) -> Option<Said> {
    if condition.len() > LONGEST {
        return None;
    }
    let specifiers: VersionSpecifiers = condition.parse().ok()?;
    let mut allowed = Allowed::default();
    for specifier in specifiers.iter() {
        narrow(&mut allowed, specifier);
    }
    let text = match (&*specifiers, &allowed.least) {
        ([only], Some(version)) if *only.operator() == Operator::Equal => version.to_string(),
        _ => condition.split_whitespace().collect(),
    };
    Some(Said { text, by, allowed })
}

/// Takes away what one clause does not allow; what lies between both ends may be less than that.
fn narrow(allowed: &mut Allowed, specifier: &VersionSpecifier) {
    let version = specifier.version();
    let (least, most) = match specifier.operator() {
        Operator::Equal | Operator::ExactEqual => {
            (Some(version.clone()), Some((version.clone(), End::With)))
        }
        Operator::EqualStar => (Some(version.clone()), after(version, 0)),
        Operator::TildeEqual => (Some(version.clone()), after(version, 1)),
        Operator::LessThan => (None, Some((version.clone(), End::Without))),
        Operator::LessThanEqual => (None, Some((version.clone(), End::With))),
        Operator::GreaterThan | Operator::GreaterThanEqual => (Some(version.clone()), None),
        Operator::NotEqual | Operator::NotEqualStar => (None, None),
    };
    if least.is_some() && least > allowed.least {
        allowed.least = least;
    }
    if let Some((version, end)) = most
        && allowed.most.as_ref().is_none_or(|(known, _)| version < *known)
    {
        allowed.most = Some((version, end));
    }
}

/// The first version whose release is greater at its last place but `dropped`.
fn after(version: &Version, dropped: usize) -> Option<(Version, End)> {
    let mut release = version.release().to_vec();
    release.truncate(release.len().saturating_sub(dropped).max(1));
    let last = release.last_mut()?;
    *last = last.checked_add(1)?;
    Some((Version::new(release).with_epoch(version.epoch()), End::Without))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, Option<String>)> {
        let (name, said) = requirement(line, By::File(String::new()))?;
        Some((name, said.map(|it| it.text)))
    }

    fn with(name: &str, text: &str) -> Option<(String, Option<String>)> {
        let text = (!text.is_empty()).then(|| text.to_owned());
        Some((name.to_owned(), text))
    }

    #[test]
    fn requirements_are_read_in_every_dress() {
        assert_eq!(
            read("uvicorn[standard] == 0.35.0 ; python_version > '3'"),
            with("uvicorn", "0.35.0")
        );
        assert_eq!(read("openai>=1, <2  # newer"), with("openai", ">=1,<2"));
        assert_eq!(read("openai==1.3.0 \\"), with("openai", "1.3.0"));
        assert_eq!(read("openai==1.3.0 --hash=sha256:00"), with("openai", "1.3.0"));
        assert_eq!(read("openai (>=1)"), with("openai", ">=1"));
        assert_eq!(read("openai @ https://example.org/a==1.whl"), with("openai", ""));
        assert_eq!(read("openai"), with("openai", ""));
    }

    #[test]
    fn what_asks_for_no_package_is_none() {
        for line in ["", "-r other.txt", "# openai==1", "openai==", "openai==one", "[a]", "./wheel"]
        {
            assert_eq!(read(line), None, "{line}");
        }
        assert_eq!(read(&format!("a=={}1", "1.".repeat(200))), None);
        assert_eq!(read("a==99999999999999999999999999"), None);
        assert_eq!(read("a~=18446744073709551615.1"), with("a", "~=18446744073709551615.1"));
    }

    #[test]
    fn poetry_keeps_the_first_number_that_counts() {
        let read = |text: &str| poetry(text, By::File(String::new())).map(|it| it.text);
        for (written, meant) in [
            ("^1.2.3", ">=1.2.3,<2"),
            ("^0.28", ">=0.28,<0.29"),
            ("^0.0.3", ">=0.0.3,<0.0.4"),
            ("^0", ">=0,<1"),
            ("~1.2.3", ">=1.2.3,<1.3"),
            ("~1", ">=1,<2"),
            ("1.2.3", "1.2.3"),
            ("1.*", "==1.*"),
            (">=1,<2", ">=1,<2"),
        ] {
            assert_eq!(read(written).as_deref(), Some(meant), "{written}");
        }
        for nothing in ["*", "^", "~", "^1.0 || ^2.0", "latest"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn one_equals_sign_of_conda_means_whatever_begins_so() {
        let read = |line: &str| {
            let (name, said) = conda(line, By::File(String::new()))?;
            Some((name, said.map(|it| it.text)))
        };
        assert_eq!(read("discord.py=2.0"), with("discord.py", "==2.0.*"));
        assert_eq!(read("conda-forge::uvicorn=0.35.0=pyh_0"), with("uvicorn", "0.35.0"));
        assert_eq!(read("uvicorn=0.35.*"), with("uvicorn", "==0.35.*"));
        assert_eq!(read("uvicorn 0.35.*"), with("uvicorn", "==0.35.*"));
        assert_eq!(read("uvicorn 0.35.0 pyh_0"), with("uvicorn", "==0.35.0.*"));
        assert_eq!(read("python 3.8|3.12"), with("python", ""));
        assert_eq!(read("uvicorn>=0.36"), with("uvicorn", ">=0.36"));
        assert_eq!(read("uvicorn"), with("uvicorn", ""));
    }
}
