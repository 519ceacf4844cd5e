//! `nbasync completions`, `man` and `schema`: what shells, `man` and editors know of the program.

use std::fs;
use std::io;

use super::arguments::{CompletionsArgs, ManArgs, SchemaArgs, Subject};
use super::help::command;
use super::{Exit, Session, print, write};

/// Prints a shell's completions.
///
/// # Errors
/// When stdout cannot be written to.
pub fn completions(args: &CompletionsArgs, session: &Session) -> io::Result<Exit> {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut command(session), "nbasync", &mut out);
    write(&out)?;
    Ok(Exit::Clean)
}

/// Prints the manual page, or writes those of all commands.
///
/// # Errors
/// When stdout or a file cannot be written to.
pub fn man(args: &ManArgs, session: &Session) -> io::Result<Exit> {
    let command = command(session);
    let Some(dir) = &args.dir else {
        let mut out = Vec::new();
        clap_mangen::Man::new(command).render(&mut out)?;
        write(&out)?;
        return Ok(Exit::Clean);
    };
    let mut commands = vec![("nbasync".to_owned(), command)];
    while let Some((name, command)) = commands.pop() {
        let wanted = command.get_subcommands().filter(|it| it.get_name() != "help");
        commands.extend(wanted.map(|it| (format!("{name}-{}", it.get_name()), it.clone())));
        let mut out = Vec::new();
        clap_mangen::Man::new(command.display_name(&name)).render(&mut out)?;
        fs::write(dir.join(format!("{name}.1")), out)?;
    }
    Ok(Exit::Clean)
}

/// Prints a schema.
///
/// # Errors
/// When stdout cannot be written to.
pub fn schema(args: &SchemaArgs) -> io::Result<Exit> {
    print(match args.subject {
        Subject::Report => include_str!("schema/report.json"),
        Subject::Settings => include_str!("schema/settings.json"),
        Subject::Cell => include_str!("schema/cell.json"),
    })?;
    Ok(Exit::Clean)
}
