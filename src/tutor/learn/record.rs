//! A record of what was practised, to keep or to show: Markdown or a picture.

use jiff::civil::Date;

use super::Progress;
use crate::knowledge::{Knowledge, Language, Lesson, inlines, plain};
use crate::wording::{self, Wording};

/// A lesson's line.
struct Line {
    number: u32,
    title: String,
    finished: Option<Date>,
    drills: usize,
    solved: usize,
    /// Solved without a hint the last time.
    alone: usize,
}

/// The record in words and numbers.
struct Record {
    title: String,
    day: String,
    sum: String,
    note: String,
    heads: [String; 4],
    lines: Vec<Line>,
}

/// The record as a Markdown page.
pub fn markdown(
    knowledge: &Knowledge,
    language: Language,
    progress: &Progress,
    today: Date,
) -> String {
    let record = Record::of(knowledge, language, progress, today);
    let [lesson, when, drills, alone] = &record.heads;
    let mut out = format!("# {}\n\n{}\n\n{}\n\n", record.title, record.day, record.sum);
    out.push_str(&format!("| | {lesson} | {when} | {drills} | {alone} |\n"));
    out.push_str("| --: | --- | --- | --: | --: |\n");
    for line in &record.lines {
        let when = line.finished.map(|day| day.to_string()).unwrap_or_default();
        let title = line.title.replace('|', "\\|");
        let (number, solved, drills) = (line.number, line.solved, line.drills);
        out.push_str(&format!(
            "| {number} | {title} | {when} | {solved}/{drills} | {} |\n",
            line.alone
        ));
    }
    out.push_str(&format!("\n{}\n", record.note));
    out
}

/// Columns of the picture, in its own units.
const WIDTH: usize = 880;

/// The height of a line.
const STEP: usize = 30;

/// The length of the bar of all drills.
const BAR: usize = 200;

/// The record as a picture: one file that needs no other.
pub fn svg(knowledge: &Knowledge, language: Language, progress: &Progress, today: Date) -> String {
    let record = Record::of(knowledge, language, progress, today);
    let height = 190 + record.lines.len() * STEP;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" font-family=\"sans-serif\">\n\
         <title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        title = escaped(&record.title),
    );
    out.push_str(&text(40, 50, 24, "#1a1a1a", &record.title));
    out.push_str(&text(40, 80, 14, "#555555", &record.day));
    out.push_str(&text(40, 104, 14, "#1a1a1a", &record.sum));
    for (at, line) in record.lines.iter().enumerate() {
        out.push_str(&bar(line, 145 + at * STEP));
    }
    out.push_str(&text(40, height - 22, 12, "#555555", &record.note));
    out.push_str("</svg>\n");
    out
}

/// A lesson with a bar for its drills: those done alone darker than those done with help.
fn bar(line: &Line, y: usize) -> String {
    let part = |count: usize| BAR * count / line.drills.max(1);
    let rect = |width: usize, fill: &str| {
        format!(
            "<rect x=\"470\" y=\"{}\" width=\"{width}\" height=\"16\" fill=\"{fill}\"/>\n",
            y - 13
        )
    };
    let when = line.finished.map(|day| day.to_string()).unwrap_or_default();
    let mut out = text(40, y, 15, "#1a1a1a", &format!("{}. {}", line.number, line.title));
    out.push_str(&text(370, y, 13, "#555555", &when));
    out.push_str(&rect(BAR, "#e4e4e4"));
    out.push_str(&rect(part(line.solved), "#9cc3a5"));
    out.push_str(&rect(part(line.alone), "#2f7d4f"));
    out.push_str(&text(690, y, 13, "#1a1a1a", &format!("{}/{}", line.solved, line.drills)));
    out
}

fn text(x: usize, y: usize, size: usize, fill: &str, words: &str) -> String {
    let words = escaped(words);
    format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\">{words}</text>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Record {
    fn of(knowledge: &Knowledge, language: Language, progress: &Progress, today: Date) -> Self {
        let lines: Vec<Line> =
            knowledge.lessons().map(|lesson| Line::of(lesson, language, progress)).collect();
        let ui = |key: Wording, args: &[(&str, &str)]| {
            let text = knowledge.ui(language, key, args);
            plain(&inlines(&text))
        };
        let sum = |of: fn(&Line) -> usize| lines.iter().map(of).sum::<usize>().to_string();
        let args = [
            ("lessons", sum(|line| usize::from(line.finished.is_some()))),
            ("all-lessons", lines.len().to_string()),
            ("drills", sum(|line| line.solved)),
            ("all-drills", sum(|line| line.drills)),
            ("alone", sum(|line| line.alone)),
        ];
        let args: Vec<(&str, &str)> =
            args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self {
            title: ui(wording::learn::RECORD_TITLE, &[]),
            day: ui(wording::learn::RECORD_DAY, &[("day", &today.to_string())]),
            sum: ui(wording::learn::RECORD_SUM, &args),
            note: ui(wording::learn::RECORD_NOTE, &[]),
            heads: [
                wording::learn::RECORD_LESSON,
                wording::learn::RECORD_WHEN,
                wording::learn::RECORD_DRILLS,
                wording::learn::RECORD_ALONE,
            ]
            .map(|key| ui(key, &[])),
            lines,
        }
    }
}

impl Line {
    fn of(lesson: Lesson<'_>, language: Language, progress: &Progress) -> Self {
        let drills = &lesson.front.drills;
        let solved = drills.iter().filter(|id| progress.is_solved(id));
        let alone = |id: &&String| {
            progress.drills.get(*id).is_some_and(|it| it.solved > 0 && it.hints == 0 && !it.shown)
        };
        Self {
            number: lesson.front.order,
            title: plain(&inlines(lesson.page.title.get(language))),
            finished: progress.lessons.get(&lesson.page.id).and_then(|record| record.finished),
            drills: drills.len(),
            solved: solved.count(),
            alone: drills.iter().filter(alone).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tutor::learn::tests::KNOWLEDGE;
    use jiff::civil::date;

    fn some() -> Progress {
        let mut progress = Progress::default();
        progress.finish("who-owns-the-loop", date(2026, 3, 1));
        progress.solve("await-instead-of-run", 0, false, date(2026, 3, 1));
        progress.solve("main-guard-in-a-cell", 2, false, date(2026, 3, 1));
        progress.miss("error-under-the-carpet", date(2026, 3, 1));
        progress
    }

    #[test]
    fn a_record_says_what_was_practised_and_what_with_help() {
        let page = markdown(&KNOWLEDGE, Language::En, &some(), date(2026, 3, 2));
        assert!(page.contains("| 1 | Who owns the loop | 2026-03-01 | 2/4 | 1 |"), "{page}");
        assert!(page.contains("Lessons finished: 1 of ") && page.contains("Drills solved: 2 of "));
        let page = markdown(&KNOWLEDGE, Language::Zh, &some(), date(2026, 3, 2));
        assert!(page.contains("截至 2026-03-02"), "{page}");
    }

    #[test]
    fn the_picture_is_whole_and_escapes_what_it_says() {
        let picture = svg(&KNOWLEDGE, Language::En, &some(), date(2026, 3, 2));
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        assert_eq!(picture.matches("<text").count(), picture.matches("</text>").count());
        assert_eq!(picture.matches("<rect").count(), 1 + 3 * KNOWLEDGE.lessons().count());
        assert_eq!(escaped("a < b & \"c\""), "a &lt; b &amp; &quot;c&quot;");
    }
}
