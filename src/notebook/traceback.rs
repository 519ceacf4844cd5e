//! Tracebacks and error messages that somebody pasted, from Python, IPython and asyncio.

use crate::notebook::pasted::without_indent;

/// The exception's name and the first line of its message, if `text` is a traceback, or ends in
/// an error message as a traceback does. Colours do not count.
pub(super) fn recognise(text: &str) -> Option<(String, String)> {
    let plain = without_colours(text);
    let lines: Vec<&str> = without_indent(&plain).into_iter().map(str::trim_end).collect();
    let found = after_header(&lines).or_else(|| without_header(&lines))?;
    Some((found.0.to_owned(), found.1.to_owned()))
}

type Found<'a> = (&'a str, &'a str);

const HEADER: &str = "Traceback (most recent call last)";

/// The error of a text that has a traceback's header, which Python writes before the frames and
/// IPython after the exception's name.
fn after_header<'a>(lines: &[&'a str]) -> Option<Found<'a>> {
    let header = |line: &&'a str| {
        let name = line.split_once(HEADER)?.0.trim();
        let known = ["", "+ Exception Group"].contains(&name) || is_path(name);
        let at_margin = !line.starts_with([' ', '\t']);
        (known && at_margin).then_some(name)
    };
    let name = lines.iter().find_map(header)?;
    let named = |found: &Found| is_exception(found.0) || found.0 == name;
    if name.starts_with('+') {
        // The lines of a group stand behind a bar; the outermost group comes first.
        let mut barred = lines.iter().filter_map(|line| error_line(line.strip_prefix("| ")?));
        return barred.find(named).or(Some(("ExceptionGroup", "")));
    }
    let errors = || lines.iter().filter_map(|line| error_line(line)).filter(named);
    let last =
        errors().rfind(|found| !found.0.ends_with("Warning")).or_else(|| errors().next_back());
    Some(last.unwrap_or((name, "")))
}

/// The error of a text without a header: a SyntaxError in IPython, a warning, a last line alone.
fn without_header<'a>(lines: &[&'a str]) -> Option<Found<'a>> {
    const LOGGED: [&str; 2] =
        ["Task was destroyed but it is pending!", "Task exception was never retrieved"];
    const FRAMES: [&str; 6] =
        ["Cell In[", "Cell In [", "Input In [", "File \"", "File <ipython-", "---->"];
    let ink = || lines.iter().copied().filter(|line| !line.is_empty());
    if let Some(warning) = ink().find_map(warning_line) {
        return Some(warning);
    }
    if let Some(logged) = ink().next().filter(|line| LOGGED.contains(line)) {
        return Some(("", logged));
    }
    let (name, message) = error_line(ink().next_back()?).filter(|found| is_exception(found.0))?;
    let alone = ink().count() == 1;
    let frames =
        || ink().any(|line| FRAMES.iter().any(|frame| line.trim_start().starts_with(frame)));
    // `name: Error` is an annotation; nobody annotates with a sentence.
    let sentence = (alone || message.contains([' ', '\''])) && !message.contains(" = ");
    (sentence || frames()).then_some((name, message))
}

/// `Name: message` or `Name` at the margin.
fn error_line(line: &str) -> Option<Found<'_>> {
    let (name, message) = match line.split_once(':') {
        Some((name, message)) => (name, message.strip_prefix(' ').filter(|text| !text.is_empty())?),
        None => (line, ""),
    };
    is_path(name).then_some((name, message.trim()))
}

/// `<ipython-input-3>:1: RuntimeWarning: message`.
fn warning_line(line: &str) -> Option<Found<'_>> {
    let (place, found) = line.split_once(": ")?;
    let number = place.rsplit_once(':')?.1;
    let numbered = !number.is_empty() && number.chars().all(|char| char.is_ascii_digit());
    let at_margin = !line.starts_with([' ', '\t']);
    error_line(found).filter(|found| numbered && at_margin && found.0.ends_with("Warning"))
}

/// Whether `name` is `Name` or `module.Name`.
fn is_path(name: &str) -> bool {
    let word = |part: &str| {
        let mut chars = part.chars();
        let first = chars.next().is_some_and(|char| char.is_alphabetic() || char == '_');
        first && chars.all(|char| char.is_alphanumeric() || char == '_')
    };
    name.split('.').all(word)
}

/// Whether a path is called as exceptions are.
fn is_exception(path: &str) -> bool {
    const ENDS: [&str; 11] = [
        "Error",
        "Exception",
        "Warning",
        "Interrupt",
        "Exit",
        "Group",
        "Iteration",
        "Cancelled",
        "Timeout",
        "Failure",
        "NotFound",
    ];
    let name = path.rsplit('.').next().unwrap_or_default();
    name.starts_with(char::is_uppercase) && ENDS.iter().any(|end| name.ends_with(end))
}

/// `text` without terminal colours, also where the escape character was lost or spelled out on
/// the way through a clipboard.
fn without_colours(text: &str) -> String {
    const OPENINGS: [&str; 6] = ["\u{1b}[", r"\x1b[", r"\u001b[", r"\033[", "^[[", "["];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let colour = OPENINGS.iter().find_map(|opening| after_colour(rest, opening));
        rest = colour.unwrap_or_else(|| {
            out.push(next);
            rest.get(next.len_utf8()..).unwrap_or_default()
        });
    }
    out
}

/// What follows a colour that begins with `opening`: numbers, semicolons and an `m`.
fn after_colour<'a>(text: &'a str, opening: &str) -> Option<&'a str> {
    let code = text.strip_prefix(opening)?;
    let after = code.trim_start_matches(|char: char| char.is_ascii_digit() || char == ';');
    // `[m` without its escape character is a list.
    let known = after.len() < code.len() || opening != "[";
    after.strip_prefix('m').filter(|_| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNNING: &str = "asyncio.run() cannot be called from a running event loop";

    fn check(text: &str, error: &str, message: &str) {
        let expected = Some((error.to_owned(), message.to_owned()));
        assert_eq!(recognise(text), expected, "{text}");
    }

    #[test]
    fn tracebacks_of_python_and_ipython_are_recognised() {
        let python = format!(
            r#"Traceback (most recent call last):
  File "a.py", line 1, in <module>
    asyncio.run(main())
RuntimeError: {RUNNING}
"#
        );
        check(&python, "RuntimeError", RUNNING);
        check(&python.replace('\n', "\r\n"), "RuntimeError", RUNNING);
        let ipython = format!(
            "---------
RuntimeError                    Traceback (most recent call last)
Cell In[3], line 1
----> 1 asyncio.run(main())

RuntimeError: {RUNNING}
sys:1: RuntimeWarning: coroutine 'main' was never awaited
"
        );
        check(&ipython, "RuntimeError", RUNNING);
        check(&format!("In [3]: asyncio.run(main())\n{ipython}"), "RuntimeError", RUNNING);
        check("ValueError     Traceback (most recent call last)\nCell In[1]", "ValueError", "");
    }

    #[test]
    fn colours_do_not_hide_a_traceback() {
        for escape in ["\u{1b}", r"\u001b", r"\x1b", ""] {
            let text = format!(
                "{escape}[0;31m-----{escape}[0m
{escape}[0;31mRuntimeError{escape}[0m        Traceback (most recent call last)
{escape}[0;32m<ipython-input-1>{escape}[0m in main

{escape}[0;31mRuntimeError{escape}[0m: {RUNNING}"
            );
            check(&text, "RuntimeError", RUNNING);
        }
    }

    #[test]
    fn the_last_line_alone_is_enough() {
        check(&format!("RuntimeError: {RUNNING}"), "RuntimeError", RUNNING);
        check(
            &format!("asyncio.run(main())\n  RuntimeError: {RUNNING}").replace("  R", "R"),
            "RuntimeError",
            RUNNING,
        );
        check("KeyError: 'a'\n", "KeyError", "'a'");
        check(
            "playwright._impl._errors.Error: It looks like",
            "playwright._impl._errors.Error",
            "It looks like",
        );
        check("CancelledError", "CancelledError", "");
    }

    #[test]
    fn groups_warnings_and_log_lines_are_recognised() {
        check(
            r#"  + Exception Group Traceback (most recent call last):
  |   File "a.py", line 1
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---- 1 ----
    | Traceback (most recent call last):
    | ValueError: x
"#,
            "ExceptionGroup",
            "unhandled errors in a TaskGroup (1 sub-exception)",
        );
        check(
            "/tmp/a.py:3: RuntimeWarning: coroutine 'f' was never awaited
  f()
RuntimeWarning: Enable tracemalloc to get the object allocation traceback",
            "RuntimeWarning",
            "coroutine 'f' was never awaited",
        );
        check(
            "Cell In[3], line 1
    def f(): await x
             ^
SyntaxError: 'await' outside async function",
            "SyntaxError",
            "'await' outside async function",
        );
        check(
            "Task was destroyed but it is pending!\ntask: <Task pending>",
            "",
            "Task was destroyed but it is pending!",
        );
    }

    #[test]
    fn code_is_no_traceback() {
        let doctest = "def f():
    '''
    Traceback (most recent call last):
    ValueError: no way
    '''
";
        for code in [
            doctest,
            "x: int",
            "class A:\n    error: ValueError",
            "x = 1\nLastError: str",
            "x = 1\nLastError: str | None = None",
            "print('Traceback (most recent call last)')",
            "a[0]",
            "",
            "TimeoutError\nx",
            "x = 3\nValueError",
        ] {
            assert_eq!(recognise(code), None, "{code}");
        }
    }
}
