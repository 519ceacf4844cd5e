//! Every error that reaches a reader is told in the reader's language, whichever that is.

use std::any::type_name;
use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::diagnostic::Message;
use crate::shell::config::Unknown;
use crate::shell::embedded::Embedded;

/// An error, and what it is called.
struct Sample(&'static str, Box<dyn Error>);

fn sample<E: Error + 'static>(error: E) -> Sample {
    Sample(type_name::<E>(), Box::new(error))
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(name)
}

fn gone() -> io::Error {
    io::ErrorKind::NotFound.into()
}

fn unsaved() -> TogetherError {
    TogetherError::Save { path: path("a.py"), source: SaveError::Full }
}

fn of_files() -> Vec<Sample> {
    use crate::notebook::parse;
    let unread = |bytes: &[u8]| parse("a.ipynb", bytes.to_vec()).unwrap_err();
    let mut all: Vec<Sample> = vec![
        sample(FileError::Name),
        sample(FileError::Loop),
        sample(FileError::LeadsOut { target: path("/b") }),
        sample(FileError::Notebook(unread(b"{"))),
        sample(FileError::Session { line: 1, column: 1, problem: "x".to_owned() }),
        sample(FileError::Internal),
        sample(FileError::Read(ReadError::Io(gone()))),
        sample(ReadError::TooLarge { size: 5 << 20, most: 1 << 20 }),
        sample(ReadError::Io(io::ErrorKind::IsADirectory.into())),
        sample(ReadError::Io(io::ErrorKind::PermissionDenied.into())),
        sample(ReadError::Io(io::ErrorKind::TimedOut.into())),
        sample(crate::notebook::SaveError::Id),
        sample(unsaved()),
        sample(TogetherError::Half {
            left: vec![path("a")],
            failed: path("b"),
            source: SaveError::Gone,
        }),
        sample(TogetherError::Kept { path: path("a"), source: SaveError::Changed }),
        sample(NoContent),
        sample(ContentError::whole("a.md", Message::complains("complaints.front.none"))),
    ];
    let texts: [&[u8]; 4] = [b"x", b"{}", b"\xff", b"{\"nbformat\": 5, \"cells\": []}"];
    all.extend(texts.map(|bytes| sample(unread(bytes))));
    all.extend(
        [
            SaveError::Changed,
            SaveError::Beside { left: path("b") },
            SaveError::Gone,
            SaveError::Exists,
            SaveError::ReadOnly,
            SaveError::Folder { folder: path("b"), source: gone() },
            SaveError::Full,
            SaveError::Access(gone()),
            SaveError::Quota,
            SaveError::Write(io::ErrorKind::PermissionDenied.into()),
        ]
        .map(sample),
    );
    all
}

fn of_settings() -> Vec<Sample> {
    let file = || path("nbasync.toml");
    let at = |problem| ConfigError::Content { file: file(), line: 1, column: 2, problem };
    let unknown = |what, name: &str| {
        let known = vec!["dropped-task".to_owned(), "left-open".to_owned()];
        sample(at(Problem::Unknown { what, name: name.to_owned(), known }))
    };
    let kind = |expected: &str| {
        sample(at(Problem::Kind { found: "`3`".to_owned(), expected: expected.to_owned() }))
    };
    vec![
        sample(ConfigError::Read { file: file(), source: Arc::new(ReadError::Io(gone())) }),
        unknown(Unknown::Key, "x"),
        unknown(Unknown::Rule, "droped-task"),
        unknown(Unknown::Severity, "x"),
        unknown(Unknown::Environment, "x"),
        kind("a sequence"),
        kind("a string"),
        kind("a boolean"),
        kind("struct Raw"),
        sample(at(Problem::Pattern("x".to_owned()))),
        sample(at(Problem::Toml("x".to_owned()))),
    ]
}

fn of_the_rest() -> Vec<Sample> {
    let [file, folder, target] = ["a", "b", "c"].map(path);
    let mut all = vec![
        sample(SessionError::Language { value: "xx".to_owned() }),
        sample(SessionError::Content { folder: folder.clone(), source: gone() }),
        sample(TuiError::NoTerminal(gone())),
        sample(TuiError::Lost(gone())),
        sample(TuiError::Signal(15)),
        sample(ThemeError::File("dark")),
        sample(ThemeError::Missing("title")),
        sample(ThemeError::Unknown("x".to_owned())),
        sample(ThemeError::Word { slot: "title".to_owned(), word: "x".to_owned() }),
        sample(ClipboardError::Long(3)),
        sample(ClipboardError::Terminal(gone())),
        sample(RecordError::Newer),
        sample(RecordError::Broken("x".to_owned())),
        sample(KeepError::Nowhere),
        sample(KeepError::Save { path: file.clone(), source: SaveError::Full }),
        sample(SkillsError::NoHome),
        sample(SkillsError::Read { path: file.clone(), source: FileError::Name }),
        sample(SkillsError::List { path: file.clone() }),
        sample(SkillsError::Remove { path: file.clone(), source: gone() }),
        sample(SkillsError::Write(unsaved())),
        sample(ExportError::Read { path: file.clone(), source: FileError::Name }),
        sample(ExportError::List { path: file.clone() }),
        sample(ExportError::Write(unsaved())),
        sample(SkillsError::LeadsOut {
            path: file.clone(),
            base: folder.clone(),
            target: target.clone(),
        }),
        sample(ExportError::LeadsOut { path: file, folder, target }),
    ];
    #[cfg(feature = "kernel")]
    all.extend(
        [
            Failure::Start(gone()),
            Failure::Ended { code: None, complaint: "x".to_owned() },
            Failure::Silent { seconds: 60 },
            Failure::Lost,
            Failure::Stopped,
        ]
        .map(sample),
    );
    let kinds = [
        io::ErrorKind::NotFound,
        io::ErrorKind::NotADirectory,
        io::ErrorKind::AlreadyExists,
        io::ErrorKind::StorageFull,
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::QuotaExceeded,
        io::ErrorKind::BrokenPipe,
        io::ErrorKind::TimedOut,
        io::ErrorKind::OutOfMemory,
        io::ErrorKind::Unsupported,
        io::ErrorKind::UnexpectedEof,
    ];
    all.extend(kinds.map(|kind| sample(io::Error::from(kind))));
    all.push(sample(io::Error::other(unsaved())));
    all
}

fn samples() -> Vec<Sample> {
    [of_files(), of_settings(), of_the_rest()].into_iter().flatten().collect()
}

fn is_chinese(char: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&char)
}

/// Whether three words of English stand side by side.
fn has_english(text: &str) -> bool {
    let is_word = |it: &&str| it.len() > 1 && it.chars().all(|char| char.is_ascii_lowercase());
    let words: Vec<&str> = text.split(' ').collect();
    words.windows(3).any(|three| three.iter().all(is_word))
}

#[test]
fn every_error_is_told_in_both_languages() {
    let knowledge = Knowledge::open(&Embedded);
    for Sample(name, error) in samples() {
        let Both { en, zh } = both(&knowledge, error.as_ref());
        assert!(zh.chars().any(is_chinese) && !has_english(&zh), "{name}: {zh}");
        assert!(!en.is_empty() && !en.chars().any(is_chinese), "{name}: {en}");
        for said in [&en, &zh] {
            assert!(!said.starts_with("errors.") && !said.contains('{'), "{name}: {said}");
        }
    }
}
