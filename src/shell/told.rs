//! Errors in the reader's words, with their causes: what a program says in English for whoever reads its
//! code, told in either language to whoever uses it.

use std::error::Error;
use std::io;

use super::cli::SessionError;
use super::clipboard::ClipboardError;
use super::config::{ConfigError, Problem, meant};
use super::embedded::NoContent;
use super::files::{FileError, ReadError, SaveError, TogetherError, mebibytes};
#[cfg(feature = "kernel")]
use super::kernel::Failure;
use super::learning::{KeepError, RecordError};
use super::site::ExportError;
use super::skills::SkillsError;
use super::tui::TuiError;
use super::tui::theme::ThemeError;
use crate::knowledge::{Both, ContentError, Knowledge, Language};
use crate::notebook::NotebookError;
use crate::review::sentence;
use crate::tutor::error_chain;
use crate::tutor::unread::{Place, unread};
use crate::wording::{self, Wording, export};

/// Tells errors in one language.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'k> {
    pub knowledge: &'k Knowledge,
    pub language: Language,
}

/// An error in both languages.
pub fn both(knowledge: &Knowledge, error: &(dyn Error + 'static)) -> Both<String> {
    let tell = |language| Teller { knowledge, language }.tell(error);
    Both { en: tell(Language::En), zh: tell(Language::Zh) }
}

impl Teller<'_> {
    /// An error with its causes. What another program or library says stands as it is.
    pub fn tell(self, error: &(dyn Error + 'static)) -> String {
        if let Some(it) = error.downcast_ref::<io::Error>() {
            return self.of_system(it);
        }
        self.of_files(error)
            .or_else(|| self.of_start(error))
            .or_else(|| self.of_keeping(error))
            .unwrap_or_else(|| error_chain(error))
    }

    /// What is wrong with a file, and where in it.
    pub fn of_file(self, error: &FileError) -> (String, Place) {
        let whole = |message| (message, Place::default());
        match error {
            FileError::Read(error) => whole(self.of_reading(error)),
            FileError::Name => whole(self.say(wording::report::problem::NAME, &[])),
            FileError::Loop => whole(self.say(wording::report::problem::LOOP, &[])),
            FileError::LeadsOut { target } => {
                let target = target.display().to_string();
                whole(self.say(wording::report::problem::LEADS_OUT, &[("target", &target)]))
            }
            FileError::Session { line, column, problem } => {
                let at = Place { line: Some(*line), column: Some(*column), cell: None };
                (self.say(wording::report::problem::SESSION, &[("problem", problem)]), at)
            }
            FileError::Internal => whole(self.say(wording::report::problem::INTERNAL, &[])),
            FileError::Notebook(error) => unread(self.knowledge, self.language, error),
        }
    }

    fn of_reading(self, error: &ReadError) -> String {
        let error = match error {
            ReadError::Io(error) => error,
            ReadError::Special(what) => {
                return self.say(what.wording(), &[]);
            }
            ReadError::TooLarge { size, most } => {
                let (size, most) = (mebibytes(*size).to_string(), mebibytes(*most).to_string());
                return self
                    .say(wording::report::problem::TOO_LARGE, &[("size", &size), ("most", &most)]);
            }
        };
        match error.kind() {
            io::ErrorKind::NotFound => self.say(wording::report::problem::NOT_FOUND, &[]),
            io::ErrorKind::PermissionDenied => {
                self.say(wording::report::problem::NO_PERMISSION, &[])
            }
            io::ErrorKind::IsADirectory => self.say(wording::report::problem::FOLDER, &[]),
            _ => self
                .say(wording::report::problem::UNREADABLE, &[("problem", &self.of_system(error))]),
        }
    }

    /// What the system answers, in words of ours where there are some.
    fn of_system(self, error: &io::Error) -> String {
        if let Some(inner) = error.get_ref() {
            return self.tell(inner);
        }
        let key = match error.kind() {
            io::ErrorKind::NotFound => wording::errors::system::NOT_FOUND,
            io::ErrorKind::PermissionDenied => wording::errors::system::NO_PERMISSION,
            io::ErrorKind::IsADirectory => wording::errors::system::FOLDER,
            io::ErrorKind::NotADirectory => wording::errors::system::NO_FOLDER,
            io::ErrorKind::AlreadyExists => wording::errors::system::EXISTS,
            io::ErrorKind::StorageFull => wording::errors::system::FULL,
            io::ErrorKind::ReadOnlyFilesystem => wording::errors::system::READ_ONLY,
            io::ErrorKind::QuotaExceeded => wording::errors::system::QUOTA,
            io::ErrorKind::BrokenPipe => wording::errors::system::PIPE,
            io::ErrorKind::TimedOut => wording::errors::system::LATE,
            io::ErrorKind::OutOfMemory => wording::errors::system::MEMORY,
            io::ErrorKind::Unsupported => wording::errors::system::UNSUPPORTED,
            io::ErrorKind::UnexpectedEof => wording::errors::system::END,
            _ => return error.to_string(),
        };
        self.say(key, &[])
    }

    fn of_files(self, error: &(dyn Error + 'static)) -> Option<String> {
        if let Some(it) = error.downcast_ref::<FileError>() {
            return Some(self.of_file(it).0);
        }
        if let Some(it) = error.downcast_ref::<ContentError>() {
            let ContentError { file, line, column, message } = it;
            let said = sentence(self.knowledge, self.language, message);
            return Some(format!("{file}:{line}:{column}: {said}"));
        }
        if let Some(it) = error.downcast_ref::<ReadError>() {
            return Some(self.of_reading(it));
        }
        if let Some(it) = error.downcast_ref::<NotebookError>() {
            return Some(unread(self.knowledge, self.language, it).0);
        }
        if let Some(it) = error.downcast_ref::<crate::notebook::SaveError>() {
            return Some(sentence(self.knowledge, self.language, &it.message()));
        }
        if let Some(it) = error.downcast_ref::<SaveError>() {
            return Some(sentence(self.knowledge, self.language, &it.message()));
        }
        error.downcast_ref::<TogetherError>().map(|it| self.of_several(it))
    }

    /// What became of each file, a line for each.
    fn of_several(self, error: &TogetherError) -> String {
        let lines = error.messages().into_iter().map(|(path, message)| {
            format!("{}: {}", path.display(), sentence(self.knowledge, self.language, &message))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What keeps a command from starting, or ends it.
    fn of_start(self, error: &(dyn Error + 'static)) -> Option<String> {
        #[cfg(feature = "kernel")]
        if let Some(it) = error.downcast_ref::<Failure>() {
            return Some(self.of_kernel(it));
        }
        if let Some(it) = error.downcast_ref::<ConfigError>() {
            return Some(self.of_settings(it));
        }
        if error.is::<NoContent>() {
            return Some(self.say(wording::errors::NO_CONTENT, &[]));
        }
        if let Some(it) = error.downcast_ref::<SessionError>() {
            return Some(match it {
                SessionError::Language { value } => {
                    self.say(wording::errors::LANGUAGE, &[("value", value)])
                }
                SessionError::Content { folder, source } => {
                    let (folder, why) = (folder.display().to_string(), self.tell(source));
                    let args = [("folder", folder.as_str()), ("why", &why)];
                    self.say(wording::errors::CONTENT, &args)
                }
            });
        }
        if let Some(it) = error.downcast_ref::<TuiError>() {
            return Some(match it {
                TuiError::NoTerminal(why) => {
                    self.say(wording::errors::NO_TERMINAL, &[("why", &self.of_system(why))])
                }
                TuiError::Lost(why) => {
                    self.say(wording::errors::TERMINAL_LOST, &[("why", &self.of_system(why))])
                }
                TuiError::Signal(number) => {
                    self.say(wording::errors::SIGNAL, &[("number", &number.to_string())])
                }
            });
        }
        error.downcast_ref::<ThemeError>().map(|it| match it {
            ThemeError::File(name) => self.say(wording::errors::theme::FILE, &[("name", name)]),
            ThemeError::Missing(name) => {
                self.say(wording::errors::theme::MISSING, &[("name", name)])
            }
            ThemeError::Unknown(name) => {
                self.say(wording::errors::theme::UNKNOWN, &[("name", name)])
            }
            ThemeError::Word { slot, word } => {
                self.say(wording::errors::theme::WORD, &[("name", slot), ("word", word)])
            }
        })
    }

    /// Why there is no kernel, or none any more.
    #[cfg(feature = "kernel")]
    fn of_kernel(self, failure: &Failure) -> String {
        match failure {
            Failure::Start(error) => {
                self.say(wording::prove::failed::START, &[("problem", &self.of_system(error))])
            }
            Failure::Ended { complaint, .. } => {
                let last = complaint.lines().next_back().unwrap_or_default();
                self.say(wording::prove::failed::ENDED, &[("problem", last)])
            }
            Failure::Silent { seconds } => {
                self.say(wording::prove::failed::SILENT, &[("seconds", &seconds.to_string())])
            }
            Failure::Lost => self.say(wording::prove::failed::LOST, &[]),
            Failure::Stopped => self.say(wording::prove::failed::STOPPED, &[]),
            Failure::Wire(error) => {
                self.say(wording::prove::failed::WIRE, &[("problem", &error.to_string())])
            }
        }
    }

    fn of_settings(self, error: &ConfigError) -> String {
        match error {
            ConfigError::Read { file, source } => {
                format!("{}: {}", file.display(), self.of_reading(source))
            }
            ConfigError::Content { file, line, column, problem } => {
                format!("{}:{line}:{column}: {}", file.display(), self.of_problem(problem))
            }
        }
    }

    fn of_problem(self, problem: &Problem) -> String {
        match problem {
            Problem::Unknown { what, name, known } => {
                let unknown = self.say(what.wording(), &[("name", name)]);
                unknown
                    + &match meant(name, known) {
                        Some(nearest) => {
                            self.say(wording::errors::settings::MEANT, &[("name", nearest)])
                        }
                        None => self
                            .say(wording::errors::settings::KNOWN, &[("names", &known.join(", "))]),
                    }
            }
            Problem::Kind { found, expected } => {
                let kind = match expected.as_str() {
                    "a sequence" => wording::errors::settings::LIST,
                    "a string" | "a borrowed string" => wording::errors::settings::TEXT,
                    "a boolean" => wording::errors::settings::TRUTH,
                    _ => wording::errors::settings::TABLE,
                };
                let kind = self.say(kind, &[]);
                self.say(wording::errors::settings::KIND, &[("expected", &kind), ("found", found)])
            }
            Problem::Pattern(why) => self.say(wording::errors::settings::PATTERN, &[("why", why)]),
            Problem::Toml(why) => self.say(wording::errors::settings::TOML, &[("why", why)]),
        }
    }

    /// What keeps something from being kept, or put where it belongs.
    fn of_keeping(self, error: &(dyn Error + 'static)) -> Option<String> {
        if let Some(it) = error.downcast_ref::<ClipboardError>() {
            return Some(match it {
                ClipboardError::Long(bytes) => {
                    self.say(wording::errors::clipboard::LONG, &[("bytes", &bytes.to_string())])
                }
                ClipboardError::Terminal(why) => {
                    self.say(wording::errors::clipboard::TERMINAL, &[("why", &self.of_system(why))])
                }
                ClipboardError::System(why) => {
                    self.say(wording::errors::clipboard::SYSTEM, &[("why", &why.to_string())])
                }
            });
        }
        if let Some(it) = error.downcast_ref::<RecordError>() {
            return Some(match it {
                RecordError::Newer => self.say(wording::errors::record::NEWER, &[]),
                RecordError::Broken(why) => {
                    self.say(wording::errors::record::BROKEN, &[("why", why)])
                }
            });
        }
        if let Some(it) = error.downcast_ref::<KeepError>() {
            return Some(match it {
                KeepError::Nowhere => self.say(wording::errors::record::NOWHERE, &[]),
                KeepError::Text(why) => why.clone(),
                KeepError::Save { path, source } => {
                    format!("{}: {}", path.display(), self.tell(source))
                }
            });
        }
        if let Some(it) = error.downcast_ref::<SkillsError>() {
            return Some(self.of_skills(it));
        }
        error.downcast_ref::<ExportError>().map(|it| self.of_export(it))
    }

    fn of_skills(self, error: &SkillsError) -> String {
        match error {
            SkillsError::NoHome => self.say(wording::errors::NO_HOME, &[]),
            SkillsError::LeadsOut { path, base, target } => self.leads_out(path, base, target),
            SkillsError::Read { path, source } => {
                format!("{}: {}", path.display(), self.tell(source))
            }
            SkillsError::List { path } => {
                self.say(wording::errors::SKILLS_LIST, &[("file", &path.display().to_string())])
            }
            SkillsError::Remove { path, source } => {
                let (file, why) = (path.display().to_string(), self.of_system(source));
                let args = [("file", file.as_str()), ("why", &why)];
                self.say(wording::errors::STAYS, &args)
            }
            SkillsError::Write(source) => self.of_several(source),
        }
    }

    fn of_export(self, error: &ExportError) -> String {
        match error {
            ExportError::LeadsOut { path, folder, target } => self.leads_out(path, folder, target),
            ExportError::Read { path, source } => {
                format!("{}: {}", path.display(), self.tell(source))
            }
            ExportError::List { path } => {
                self.say(export::NO_LIST, &[("file", &path.display().to_string())])
            }
            ExportError::Write(source) => self.of_several(source),
        }
    }

    fn leads_out(
        self,
        path: &std::path::Path,
        base: &std::path::Path,
        target: &std::path::Path,
    ) -> String {
        let [file, folder, target] = [path, base, target].map(|it| it.display().to_string());
        let args = [("file", file.as_str()), ("folder", &folder), ("target", &target)];
        self.say(export::LEADS_OUT, &args)
    }

    fn say(self, key: Wording, args: &[(&str, &str)]) -> String {
        self.knowledge.ui(self.language, key, args)
    }
}

#[cfg(test)]
#[path = "told_tests.rs"]
mod tests;
