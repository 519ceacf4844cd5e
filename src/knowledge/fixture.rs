//! Fixtures of rules: cells in which a rule finds something, or nothing, the same cells repaired,
//! and what a kernel answers to both.

use serde::Deserialize;
use serde_yaml::Mapping;

use super::case::{Case, CaseCell};

/// One section of a fixture's file.
#[derive(Debug, Clone, Default)]
pub struct Fixture {
    pub title: String,
    pub code: String,
    pub fixed: Option<String>,
    answers: Option<String>,
}

/// What a kernel answers to the cells of a section; without `cells` or `fixed` those do not run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Answers {
    needs: Vec<String>,
    python: Option<String>,
    ipykernel: Option<String>,
    /// A cell that runs before the others, for what they take as given.
    setup: Option<String>,
    /// For each cell as it is the keys of a case's cell, without its code.
    cells: Vec<Mapping>,
    fixed: Vec<Mapping>,
}

/// A block of a section, by the words that open it.
#[derive(Clone, Copy)]
enum Part {
    Code,
    Fixed,
    Answers,
}

impl Fixture {
    /// Reads the sections of a file.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn read(text: &str) -> Result<Vec<Self>, String> {
        let mut sections: Vec<Self> = Vec::new();
        let mut open: Option<(Part, String)> = None;
        for line in text.lines() {
            if let Some((part, mut code)) = open.take() {
                if line != "```" {
                    code.push_str(line);
                    code.push('\n');
                    open = Some((part, code));
                    continue;
                }
                let section = sections.last_mut().ok_or("a block before the first heading")?;
                match part {
                    Part::Code => section.code = code,
                    Part::Fixed => section.fixed = Some(code),
                    Part::Answers => section.answers = Some(code),
                }
            } else if let Some(title) = line.strip_prefix("## ") {
                sections.push(Self { title: title.to_owned(), ..Self::default() });
            } else if let Some(words) = line.strip_prefix("```") {
                let part = match words {
                    "python" => Part::Code,
                    "python fixed" => Part::Fixed,
                    "yaml kernel" => Part::Answers,
                    other => return Err(format!("`{other}` is no block of a fixture")),
                };
                open = Some((part, String::new()));
            }
        }
        Ok(sections)
    }

    /// The cases of a section: its cells as they are, and as they are repaired, as far as it says
    /// what a kernel answers. `cells` divides its code into the cells that run.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn cases(
        &self,
        rule: &str,
        cells: impl Fn(&str) -> Vec<String>,
    ) -> Result<Vec<Case>, String> {
        let Some(answers) = &self.answers else { return Ok(Vec::new()) };
        let wrong = |error: &dyn std::fmt::Display| format!("{rule}, {}: {error}", self.title);
        let answers: Answers = serde_yaml::from_str(answers).map_err(|error| wrong(&error))?;
        let id = format!("{rule}/{}", slug(&self.title));
        let mut cases = Vec::new();
        let fixed = self.fixed.as_deref().unwrap_or_default();
        let sides = [(&answers.cells, &*self.code, ""), (&answers.fixed, fixed, "/fixed")];
        for (given, code, ending) in sides.into_iter().filter(|(given, ..)| !given.is_empty()) {
            let sources = cells(code);
            if sources.len() != given.len() {
                let message = format!("{} answers to {} cells", given.len(), sources.len());
                return Err(wrong(&message));
            }
            let mut cells = Vec::new();
            let setup = answers.setup.clone().map(|code| (code, Mapping::new()));
            for (code, mut answer) in
                setup.into_iter().chain(sources.into_iter().zip(given.clone()))
            {
                answer.insert("code".into(), code.into());
                let cell = serde_yaml::from_value::<CaseCell>(answer.into());
                cells.push(cell.map_err(|error| wrong(&error))?);
            }
            let Answers { needs, python, ipykernel, .. } = &answers;
            let (needs, python) = (needs.clone(), python.clone());
            let id = format!("{id}{ending}");
            cases.push(Case { id, needs, python, ipykernel: ipykernel.clone(), cells });
        }
        Ok(cases)
    }
}

/// A title as part of a name.
fn slug(title: &str) -> String {
    let words = title.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::pasted_code;

    const TEXT: &str = "# rule\n\n## A `run`\n```python\nx = 1\n\n# %%\nrun(x)\n```\n\
                        ```python fixed\nx = 1\n\n# %%\nawait x\n```\n```yaml kernel\nneeds: [a]\n\
                        setup: |\n  y = 0\ncells:\n- {}\n- error: E\nfixed:\n- {}\n- result: \"1\"\n\
                        ```\n\n## Nothing runs\n```python\ngo()\n```\n";

    #[test]
    fn a_section_gives_a_case_for_each_side() {
        let sections = Fixture::read(TEXT).unwrap();
        let [first, second] = <[Fixture; 2]>::try_from(sections).unwrap();
        let [before, after] =
            <[Case; 2]>::try_from(first.cases("rule", pasted_code).unwrap()).unwrap();
        assert_eq!((before.id.as_str(), after.id.as_str()), ("rule/a-run", "rule/a-run/fixed"));
        let codes: Vec<_> = before.cells.iter().map(|cell| cell.code.trim()).collect();
        assert_eq!(codes, ["y = 0", "x = 1", "run(x)"]);
        assert_eq!(before.cells.last().unwrap().error.as_deref(), Some("E"));
        assert_eq!(after.cells.last().unwrap().result.as_deref(), Some("1"));
        assert_eq!(after.needs, ["a"]);
        assert_eq!(second.cases("rule", pasted_code), Ok(Vec::new()));
    }

    #[test]
    fn every_cell_has_its_answer() {
        let short = TEXT.replace("cells:\n- {}\n", "cells:\n");
        let sections = Fixture::read(&short).unwrap();
        let wrong = sections.first().unwrap().cases("rule", pasted_code);
        assert_eq!(wrong, Err("rule, A `run`: 1 answers to 2 cells".to_owned()));
        let strange = TEXT.replace("error: E", "fails: E");
        let sections = Fixture::read(&strange).unwrap();
        assert!(sections.first().unwrap().cases("rule", pasted_code).is_err());
        assert!(Fixture::read("## A\n```toml\n").is_err());
    }
}
