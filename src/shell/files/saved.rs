//! What has to be said of a file that was written.

use std::io;
use std::path::PathBuf;

use crate::diagnostic::Message;
use crate::wording::saved;

/// Something to be said of a file that was written.
#[derive(Debug)]
pub struct Remark {
    /// As it was named.
    pub path: PathBuf,
    pub what: What,
}

/// What it is.
#[derive(Debug)]
pub enum What {
    /// The file is in its place; a crash of the machine might still bring the old one back.
    InDoubt(io::Error),
    /// The file had as many other names, which lead to the old file still.
    Links(u64),
    /// It belonged to the user of this number, and belongs to this one now.
    Owner(u32),
    /// It belonged to the group of this number.
    Group(u32),
    /// The attributes of these names are lost.
    Attributes(Vec<String>),
    /// What was there before could not be removed, and lies here.
    Left(PathBuf),
}

impl Remark {
    /// It in words.
    pub fn message(&self) -> Message {
        let message = |key| Message::says(key);
        match &self.what {
            What::InDoubt(problem) => message(saved::IN_DOUBT).with("problem", problem),
            What::Links(count) => message(saved::LINKS).with("n", count),
            What::Owner(id) => message(saved::OWNER).with("id", id),
            What::Group(id) => message(saved::GROUP).with("id", id),
            What::Attributes(names) => message(saved::ATTRIBUTES).with("names", names.join(", ")),
            What::Left(path) => message(saved::LEFT).with("file", path.display()),
        }
    }

    /// Whether the work is not done as it should be.
    pub fn is_trouble(&self) -> bool {
        matches!(self.what, What::InDoubt(_))
    }
}
