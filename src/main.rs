//! The `nbasync` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    nbasync::shell::cli::main()
}
