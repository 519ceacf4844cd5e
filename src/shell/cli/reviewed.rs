//! Reads and reviews the files, or the text, that a command names.

use std::io;

use super::arguments::SourceArgs;
use super::piped::Piped;
use super::progress::Progress;
use crate::shell::config::Configs;
use crate::shell::files::Found;
use crate::shell::report::Reviewed;
use crate::shell::reviewed;

pub use reviewed::{Outcome, caught, read, review};

/// Reviews every file that was asked for, or the text on standard input, and makes something of
/// each, in path order.
///
/// # Errors
/// When settings of one of the files cannot be used, or standard input cannot be read.
pub fn each<T: Send>(
    configs: &Configs<'_>,
    source: &SourceArgs,
    make: impl Fn(Reviewed) -> T + Sync,
) -> io::Result<Vec<T>> {
    if source.is_stdin() {
        let piped = Piped::read(configs, source)?;
        let made = || reviewed::made(&piped.path, piped.review(configs), &make);
        return Ok((!piped.is_left_out).then(made).into_iter().collect());
    }
    let found = find(configs, source)?;
    let progress = Progress::of(found.len());
    Ok(reviewed::each_of(configs, found, make, || progress.tick()))
}

/// The files that were asked for, as far as their settings do not leave them out.
///
/// # Errors
/// When settings of one of the files cannot be used.
pub fn find(configs: &Configs<'_>, source: &SourceArgs) -> io::Result<Vec<Found>> {
    reviewed::find(configs, &source.paths, source.named())
}
