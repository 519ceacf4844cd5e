//! What can be said to `cell`.

use clap::Args;

use super::Format;

/// Answer for one cell of a kernel's session, which comes as JSON on standard input
///
/// This is how the notebook extension asks. The input is one object: "session": 1, "path" (the
/// notebook's file), "python" (its version), "host" (a place as --env takes it), "event" (failed,
/// ask, why, before, timeline) and "cells": in the order in which they ran, each with "key", "code",
/// and, where there is one, "count" (the number in In[7]), "error" ("name", "message", "line") and
/// "lost" (names of coroutines that it left behind). "cell" is the place of the cell that is asked
/// about, from 0; else it is the last one. `nbasync check -` takes the same object.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync cell --format json < session.json
  nbasync schema cell                   the shapes of question and answer

Exit code 0: an answer was given, whatever it says; 2: the input could not be understood.")]
pub struct CellArgs {
    /// For people or for programs
    #[arg(long, default_value = "text")]
    pub format: Format,
}
