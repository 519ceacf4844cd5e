//! Asks on the terminal whether to make a change.

use std::io;

use super::print;
use crate::shell::report::{Paper, Voice};
use crate::wording::{Wording, fix};

/// What somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    /// This one and all that follow.
    All,
    /// Neither this one nor any that follow.
    Quit,
}

/// Asks until there is an answer. The end of input leaves.
///
/// # Errors
/// When the terminal cannot be read or written to.
pub fn ask(paper: Paper, voice: Voice<'_>) -> io::Result<Answer> {
    loop {
        let question = voice.say(fix::QUESTION, &[]).join(" ");
        print(&format!("{} ", paper.safe(&question)))?;
        let mut line = String::new();
        if io::stdin().read_line(&mut line)? == 0 {
            print("\n")?;
            return Ok(Answer::Quit);
        }
        if let Some(answer) = read(&line) {
            return Ok(answer);
        }
        for said in voice.say(fix::ANSWERS, &[]) {
            print(&format!("{}\n", paper.safe(&said)))?;
        }
    }
}

/// Asks a question that yes or no answers. The end of input is a no.
///
/// # Errors
/// When the terminal cannot be read or written to.
pub fn confirm(paper: Paper, voice: Voice<'_>, key: Wording) -> io::Result<bool> {
    loop {
        // A report may go elsewhere than to the terminal; a question never does.
        super::complain(&format!("{} ", paper.safe(&voice.say(key, &[]).join(" "))));
        let mut line = String::new();
        if io::stdin().read_line(&mut line)? == 0 {
            super::complain("\n");
            return Ok(false);
        }
        match read(&line) {
            Some(Answer::Yes | Answer::All) => return Ok(true),
            Some(Answer::No | Answer::Quit) => return Ok(false),
            None => {}
        }
    }
}

fn read(line: &str) -> Option<Answer> {
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" | "是" => Some(Answer::Yes),
        "n" | "no" | "否" => Some(Answer::No),
        "a" | "all" => Some(Answer::All),
        "q" | "quit" => Some(Answer::Quit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_letter_or_a_word_and_nothing_else() {
        assert_eq!(read(" Y\n"), Some(Answer::Yes));
        assert_eq!(read("no"), Some(Answer::No));
        assert_eq!(read("a\r\n"), Some(Answer::All));
        assert_eq!(read("q"), Some(Answer::Quit));
        assert_eq!([read(""), read("\n"), read("yn"), read("?")], [None; 4]);
    }
}
