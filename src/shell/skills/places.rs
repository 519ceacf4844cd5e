//! Where agents look for skills.

use std::path::{Path, PathBuf};

use super::SkillsError;

/// An agent that reads skills. The folders are those that its documentation names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agent {
    pub name: &'static str,
    /// Below a project's folder.
    project: &'static str,
    /// Below the home folder.
    user: &'static str,
}

impl Agent {
    /// All of them; the first is the folder that most share.
    pub const ALL: [Self; 9] = [
        Self { name: "agents", project: ".agents/skills", user: ".agents/skills" },
        Self { name: "claude", project: ".claude/skills", user: ".claude/skills" },
        Self { name: "cline", project: ".agents/skills", user: ".agents/skills" },
        Self { name: "codex", project: ".agents/skills", user: ".codex/skills" },
        Self { name: "copilot", project: ".agents/skills", user: ".copilot/skills" },
        Self { name: "cursor", project: ".agents/skills", user: ".cursor/skills" },
        Self { name: "gemini", project: ".agents/skills", user: ".gemini/skills" },
        Self { name: "opencode", project: ".agents/skills", user: ".config/opencode/skills" },
        Self { name: "zed", project: ".agents/skills", user: ".agents/skills" },
    ];

    /// The agent of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|agent| agent.name == name)
    }
}

/// A folder of skills, and the folder that nothing leads out of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub base: PathBuf,
    pub folder: PathBuf,
}

impl Place {
    /// In this folder.
    pub fn in_project(agent: Agent, project: &Path) -> Self {
        Self { base: project.to_owned(), folder: project.join(agent.project) }
    }

    /// In the home folder.
    ///
    /// # Errors
    /// When there is none.
    pub fn of_user(agent: Agent) -> Result<Self, SkillsError> {
        let home = std::env::home_dir().filter(|home| home.is_absolute());
        let base = home.ok_or(SkillsError::NoHome)?;
        Ok(Self { folder: base.join(agent.user), base })
    }
}
