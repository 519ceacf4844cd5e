//! The skills as resources: the files that the program carries, byte by byte.
//!
//! Source: SEP-2640, skills over the Model Context Protocol.

use std::collections::BTreeMap;

use rmcp::model::{Resource, SKILL_MD, Skill, SkillFrontmatter, SkillResource, SkillResources};
use serde_json::{Map, Value};

use crate::knowledge::{Files, front_matter};
use crate::shell::embedded::Embedded;

/// What all of them are.
pub const MARKDOWN: &str = "text/markdown";

const SCHEME: &str = "skill://";

/// Every file of every skill.
pub fn resources() -> Vec<Resource> {
    let resource = |path: &String| {
        let name = path.strip_prefix("skills/")?;
        let size = Embedded.read(path)?.len();
        let mut resource = Resource::new(format!("{SCHEME}{name}"), name);
        resource.mime_type = Some(MARKDOWN.to_owned());
        resource.size = u64::try_from(size).ok();
        Some(resource)
    };
    files().iter().filter_map(resource).collect()
}

/// The text of a file.
pub fn read(uri: &str) -> Option<String> {
    let path = format!("skills/{}", uri.strip_prefix(SCHEME)?);
    let known = files().into_iter().find(|known| *known == path)?;
    String::from_utf8(Embedded.read(&known)?.into_owned()).ok()
}

/// The skills, each with its files and what they add up to.
pub fn all() -> Vec<Skill> {
    let mut skills: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files() {
        let name = path.strip_prefix("skills/").and_then(|name| name.split_once('/'));
        if let Some((skill, _)) = name {
            skills.entry(skill.to_owned()).or_default().push(path);
        }
    }
    skills.into_iter().filter_map(|(name, files)| skill(&name, &files)).collect()
}

fn skill(name: &str, files: &[String]) -> Option<Skill> {
    let uri = format!("{SCHEME}{name}/{SKILL_MD}");
    let mut front: Map<String, Value> = front_matter(&read(&uri)?)?;
    let mut word = |key: &str| Some(front.remove(key)?.as_str()?.to_owned());
    let mut told = SkillFrontmatter::new(word("name")?, word("description")?);
    told.extra = front;
    let listed = files.iter().filter_map(|path| {
        let uri = format!("{SCHEME}{}", path.strip_prefix("skills/")?);
        Some(SkillResource::from_bytes(uri, &Embedded.read(path)?))
    });
    Some(Skill::new(uri, told, SkillResources::Files(listed.collect())))
}

fn files() -> Vec<String> {
    let mut files: Vec<String> =
        Embedded.list().into_iter().filter(|path| path.starts_with("skills/")).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_skill_is_listed_with_what_its_front_matter_says_and_all_of_its_files() {
        let skills = all();
        assert_eq!(skills.len(), 4);
        for skill in &skills {
            assert_eq!(skill.validate(), Ok(()), "{}", skill.uri);
            assert!(skill.frontmatter.extra.contains_key("license"), "{}", skill.uri);
            let SkillResources::Files(files) = &skill.resources else { panic!("{}", skill.uri) };
            assert!(files.iter().any(|file| file.uri == skill.uri));
            for file in files {
                assert_eq!(file.verify(read(&file.uri).unwrap().as_bytes()), Ok(()));
            }
        }
        assert_eq!(resources().len(), files().len());
    }

    #[test]
    fn nothing_but_the_skills_is_read() {
        for uri in [
            "skill://../Cargo.toml",
            "skill://",
            "file:///etc/passwd",
            "skill://python-notebooks-async",
        ] {
            assert_eq!(read(uri), None, "{uri}");
        }
    }
}
