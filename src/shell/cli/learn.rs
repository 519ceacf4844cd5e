//! `nbasync learn`: lessons and drills, and what is kept of them.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::arguments::{LearnArgs, PlaceArgs};
use super::{Exit, Session, TutorArgs, complain, print, tutor};
use crate::knowledge::{Language, Lesson, inlines, plain};
use crate::shell::files;
use crate::shell::learning::{self, Records, Trouble};
use crate::shell::report::Tone;
use crate::shell::today::today;
use crate::tutor::Tutor;
use crate::tutor::learn::progress::State;
use crate::tutor::learn::{Learner, Progress, notes, record};
use crate::tutor::view::Page;
use crate::wording::{self, Wording};

/// Runs the command.
///
/// # Errors
/// When there is no such lesson, or a file cannot be read or written.
pub fn run(args: &LearnArgs, session: &Session) -> io::Result<Exit> {
    match args {
        LearnArgs { status: true, .. } => Kept::open(session).status(),
        LearnArgs { reset: Some(lesson), .. } => Kept::open(session).reset(lesson),
        LearnArgs { export: Some(file), .. } => Kept::open(session).export(file),
        LearnArgs { import: Some(file), .. } => Kept::open(session).import(file),
        LearnArgs { notes: true, .. } => notes(session),
        LearnArgs { record: Some(file), .. } => Kept::open(session).record(file),
        _ => tutor::run_from(&tutor_args(args), session, |tutor| begin(args, session, tutor)),
    }
}

/// What the tutor is started with.
fn tutor_args(args: &LearnArgs) -> TutorArgs {
    TutorArgs {
        file: args.practise.clone(),
        cell: None,
        linear: args.linear,
        place: PlaceArgs { env: None },
        screen: args.screen.clone(),
        kernel: args.kernel.clone(),
    }
}

/// Shows what was asked for; an exit where there is nothing to show.
fn begin(args: &LearnArgs, session: &Session, tutor: &mut Tutor<'_>) -> Option<Exit> {
    let say = |key: Wording, args: &[(&str, &str)]| said(session, key, args);
    if args.present {
        tutor.present();
    }
    match (&args.practise, &args.lesson) {
        (Some(_), _) if tutor.open_practice() => None,
        (Some(file), _) => {
            let file = file.display().to_string();
            complain(&say(wording::learn::NOTHING_TO_PRACTISE, &[("file", &file)]));
            Some(Exit::Clean)
        }
        (None, _) if args.tour => {
            tutor.start_tour();
            None
        }
        (None, _) if args.placement => {
            tutor.open_placement();
            None
        }
        (None, Some(name)) if !tutor.open_lesson(name) => Some(no_lesson(session, name)),
        (None, Some(_)) => None,
        (None, None) => {
            tutor.open_lessons();
            None
        }
    }
}

/// How often a presenter's place is looked for.
const GLANCE: Duration = Duration::from_millis(300);

/// Prints the notes for where the presenter is: on a terminal again whenever they go on, else once.
fn notes(session: &Session) -> io::Result<Exit> {
    let mut before = None;
    loop {
        let place = learning::presented();
        if place.is_none() || place != before {
            let page = place
                .as_ref()
                .and_then(|place| notes::page(&session.knowledge, session.reading, place));
            let text = match &page {
                Some(page) => notes_as_text(session, page)?,
                None if before.is_none() => said(session, wording::learn::NO_NOTES, &[]),
                None => String::new(),
            };
            print(&text)?;
            if page.is_none() {
                return Ok(Exit::Failed);
            }
            before = place;
        }
        if !io::stdout().is_terminal() {
            return Ok(Exit::Clean);
        }
        thread::sleep(GLANCE);
    }
}

/// A page of notes as text, with a line above it.
fn notes_as_text(session: &Session, page: &Page) -> io::Result<String> {
    Ok(format!("\n{}\n{}", "-".repeat(40), super::pages::text(session, page)?))
}

/// Says which lessons there are.
fn no_lesson(session: &Session, name: &str) -> Exit {
    let ids = session.knowledge.lessons().map(|lesson| lesson.page.id.as_str());
    let ids = ids.collect::<Vec<_>>().join(", ");
    complain(&said(session, wording::learn::NO_LESSON, &[("name", name), ("names", &ids)]));
    Exit::Failed
}

/// A text of the interface in the reader's languages, a line for each.
fn said(session: &Session, key: Wording, args: &[(&str, &str)]) -> String {
    let said = session.voice().say(key, args);
    said.iter().map(|line| format!("{}\n", session.paper.safe(line))).collect()
}

/// What is kept of the user.
pub struct Kept<'s> {
    session: &'s Session,
    pub records: Records,
    progress: Progress,
}

impl<'s> Kept<'s> {
    /// Reads what is kept, and says what is wrong with it.
    pub fn open(session: &'s Session) -> Self {
        let (records, progress, trouble) = Records::open();
        if let Some(trouble) = trouble {
            complain(&trouble_said(session, &trouble));
        }
        Self { session, records, progress }
    }

    /// The learner of whom this is kept.
    pub fn learner(&self, moves: bool) -> Learner {
        let keeps = self.records.are_kept();
        Learner { progress: self.progress.clone(), today: today(), keeps, moves, presents: false }
    }

    fn say(&self, key: Wording, args: &[(&str, &str)]) -> String {
        said(self.session, key, args)
    }

    fn status(&self) -> io::Result<Exit> {
        let knowledge = &self.session.knowledge;
        let mut out: String = knowledge.lessons().map(|lesson| self.lesson(lesson)).collect();
        let due = self.progress.due(today());
        out.push('\n');
        out.push_str(&self.say(wording::learn::STATUS_DUE, &[("count", &due.len().to_string())]));
        for drill in due.into_iter().filter_map(|id| knowledge.drill(id)) {
            for language in self.session.voice().languages() {
                let title = plain(&inlines(drill.page.title.get(language)));
                out.push_str(&format!("  {}\n", self.session.paper.safe(&title)));
            }
        }
        if let Some(day) = self.progress.next_due().filter(|day| *day > today()) {
            out.push_str(&self.say(wording::learn::NEXT_DUE, &[("day", &day.to_string())]));
        }
        if let Some(path) = self.records.path() {
            let file = path.display().to_string();
            out.push_str(&self.say(wording::learn::STATUS_FILE, &[("file", &file)]));
        }
        print(&out)?;
        Ok(Exit::Clean)
    }

    /// A lesson's line: its mark, number, title, its drills and how far it is.
    fn lesson(&self, lesson: Lesson<'_>) -> String {
        let (paper, voice) = (self.session.paper, self.session.voice());
        let state = self.progress.state(&lesson.page.id);
        let (sign, key) = match state {
            State::New => (" ", wording::learn::STATE_NEW),
            State::Begun => (paper.either("◐", "~"), wording::learn::STATE_BEGUN),
            State::Finished => (paper.either("✔", "+"), wording::learn::STATE_FINISHED),
            State::Known => (paper.either("─", "-"), wording::learn::STATE_KNOWN),
        };
        let drills = &lesson.front.drills;
        let solved = drills.iter().filter(|id| self.progress.is_solved(id)).count().to_string();
        let (all, number) = (drills.len().to_string(), lesson.front.order.to_string());
        let line = |language: Language| {
            let title = plain(&inlines(lesson.page.title.get(language)));
            let ui = |key: Wording, args: &[(&str, &str)]| {
                self.session.knowledge.ui(language, key, args)
            };
            let how = ui(wording::learn::STATUS_LESSON, &[("solved", &solved), ("all", &all)]);
            let state = ui(key, &[]);
            format!(
                "{sign} {number:>2}  {}  {}\n",
                paper.safe(&title),
                paper.paint(Tone::Quiet, &format!("{state}{how}"))
            )
        };
        voice.languages().into_iter().map(line).collect()
    }

    fn reset(&mut self, lesson: &str) -> io::Result<Exit> {
        let before = self.progress.clone();
        if lesson.is_empty() {
            self.progress = Progress::default();
        } else {
            let Some(lesson) = self.find(lesson) else {
                return Ok(no_lesson(self.session, lesson));
            };
            let (id, drills) = (lesson.page.id.clone(), lesson.front.drills.clone());
            self.progress.forget(&id, &drills);
        }
        self.records.replace(&self.progress).map_err(io::Error::other)?;
        let (lessons, drills) = (
            before.lessons.len().saturating_sub(self.progress.lessons.len()).to_string(),
            before.drills.len().saturating_sub(self.progress.drills.len()).to_string(),
        );
        print(&self.say(wording::learn::FORGOTTEN, &[("lessons", &lessons), ("drills", &drills)]))?;
        Ok(Exit::Clean)
    }

    fn find(&self, name: &str) -> Option<Lesson<'s>> {
        let number: Option<u32> = name.parse().ok();
        let is_it = |it: &Lesson<'_>| it.page.id == name || Some(it.front.order) == number;
        self.session.knowledge.lessons().find(is_it)
    }

    fn export(&self, file: &Path) -> io::Result<Exit> {
        let text = learning::write(&self.progress).map_err(io::Error::other)?;
        if file == Path::new("-") {
            print(&text)?;
            return Ok(Exit::Clean);
        }
        self.new_file(file, &text)
    }

    /// Writes a file, never over another.
    fn new_file(&self, file: &Path, text: &str) -> io::Result<Exit> {
        let written = files::save_new(file, text.as_bytes()).map_err(io::Error::other)?;
        let written = written.display().to_string();
        print(&self.say(wording::learn::EXPORTED, &[("file", &written)]))?;
        Ok(Exit::Clean)
    }

    fn record(&self, file: &Path) -> io::Result<Exit> {
        let (knowledge, language) = (&self.session.knowledge, self.session.reading.base());
        let text = match file.extension().and_then(|end| end.to_str()) {
            Some("md") => record::markdown(knowledge, language, &self.progress, today()),
            Some("svg") => record::svg(knowledge, language, &self.progress, today()),
            _ => {
                let file = file.display().to_string();
                complain(&self.say(wording::learn::RECORD_KIND, &[("file", &file)]));
                return Ok(Exit::Failed);
            }
        };
        self.new_file(file, &text)
    }

    fn import(&mut self, file: &Path) -> io::Result<Exit> {
        let read = files::read_small(file, files::SETTINGS)
            .map_err(|error| self.session.voice().tell(&error))
            .and_then(|bytes| {
                learning::read(&bytes).map_err(|error| self.session.voice().tell(&error))
            });
        let other = match read {
            Ok(other) => other,
            Err(told) => {
                for why in told {
                    let said = format!("{}: {why}", file.display());
                    complain(&format!("nbasync: {}\n", self.session.paper.safe(&said)));
                }
                return Ok(Exit::Failed);
            }
        };
        let (lessons, drills) = (other.lessons.len().to_string(), other.drills.len().to_string());
        self.progress.merge(other);
        self.records.keep(&self.progress).map_err(io::Error::other)?;
        print(&self.say(wording::learn::IMPORTED, &[("lessons", &lessons), ("drills", &drills)]))?;
        Ok(Exit::Clean)
    }
}

/// What is wrong with the records, in words.
fn trouble_said(session: &Session, trouble: &Trouble) -> String {
    let say = |key: Wording, path: &Path, why: &str| {
        said(session, key, &[("file", &path.display().to_string()), ("why", why)])
    };
    match trouble {
        Trouble::Newer(path) => say(wording::status::PROGRESS_NEWER, path, ""),
        Trouble::Broken(path) => say(wording::status::PROGRESS_BROKEN, path, ""),
        Trouble::Unreadable(path, Some(why)) => {
            let why = session.voice().tell(why).join("; ");
            say(wording::status::PROGRESS_UNREADABLE, path, &why)
        }
        Trouble::Unreadable(path, None) => {
            let why = session.voice().label(wording::errors::record::STAYS, &[]);
            say(wording::status::PROGRESS_UNREADABLE, path, &why)
        }
        Trouble::Nowhere => say(wording::status::PROGRESS_NOWHERE, Path::new(""), ""),
    }
}
