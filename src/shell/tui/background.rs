//! Whether the terminal's ground is dark or light: the door to terminal-colorsaurus.

use std::io::IsTerminal;
use std::time::Duration;

use terminal_colorsaurus::{QueryOptions, ThemeMode, theme_mode};

use super::theme::Ground;

/// How long the first frame waits for the terminal's answer.
const PATIENCE: Duration = Duration::from_millis(100);

/// Asks the terminal for its ground, once, before anything else reads from it.
pub fn detect() -> Ground {
    if let Some(ground) = std::env::var("COLORFGBG").ok().and_then(|value| from_variable(&value)) {
        return ground;
    }
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Ground::Unknown;
    }
    let mut options = QueryOptions::default();
    options.timeout = PATIENCE;
    match theme_mode(options) {
        Ok(ThemeMode::Dark) => Ground::Dark,
        Ok(ThemeMode::Light) => Ground::Light,
        Err(_) => Ground::Unknown,
    }
}

/// Reads `COLORFGBG`, such as `15;0`: the last number is the ground's colour.
/// Source: rxvt and the terminals that took it over.
fn from_variable(value: &str) -> Option<Ground> {
    match value.rsplit(';').next()?.parse::<u8>().ok()? {
        7 | 9..=15 => Some(Ground::Light),
        0..=6 | 8 => Some(Ground::Dark),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_names_the_ground() {
        assert_eq!(from_variable("15;0"), Some(Ground::Dark));
        assert_eq!(from_variable("0;default;15"), Some(Ground::Light));
        assert_eq!(from_variable("0;default"), None);
    }
}
