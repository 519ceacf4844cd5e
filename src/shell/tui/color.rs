//! Colours: reading them, fitting them to a terminal, and how well they can be read.

use ratatui::style::{Color, Modifier, Style};

/// How many colours a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Depth {
    /// None: meanings are carried by marks, bold and underline.
    None,
    #[default]
    Sixteen,
    /// 256.
    Indexed,
    /// 24 bits.
    True,
}

/// Terminals with 24 bits, by `TERM`; `COLORTERM` does not travel over ssh.
const TRUE_TERMS: [&str; 6] = ["-direct", "kitty", "alacritty", "foot", "wezterm", "ghostty"];

impl Depth {
    /// Reads the depth from environment variables, given by `variable`.
    /// Source: <https://no-color.org>, and the COLORTERM convention of terminals with 24 bits.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let term = variable("TERM").unwrap_or_default();
        if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) || term == "dumb" {
            return Self::None;
        }
        let color_term = variable("COLORTERM").unwrap_or_default();
        let named = TRUE_TERMS.iter().any(|name| term.contains(name));
        let windows = variable("WT_SESSION").is_some();
        match color_term.as_str() {
            "truecolor" | "24bit" => Self::True,
            _ if named || windows => Self::True,
            _ if term.contains("256") => Self::Indexed,
            _ => Self::Sixteen,
        }
    }
}

/// Reads `#d75f5f` or one of the sixteen names, such as `light-red`.
pub fn parse(word: &str) -> Option<Color> {
    if let Some(hex) = word.strip_prefix('#') {
        let value = u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6)?;
        return Some(Color::from_u32(value));
    }
    Some(match word {
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "gray" => Color::Gray,
        "dark-gray" => Color::DarkGray,
        "light-red" => Color::LightRed,
        "light-green" => Color::LightGreen,
        "light-yellow" => Color::LightYellow,
        "light-blue" => Color::LightBlue,
        "light-magenta" => Color::LightMagenta,
        "light-cyan" => Color::LightCyan,
        "white" => Color::White,
        _ => return None,
    })
}

/// The same look in the colours that there are.
pub fn fit(style: Style, depth: Depth) -> Style {
    let fitted = Style { fg: style.fg.map(|fg| near(fg, depth)), ..style };
    let fitted = Style { bg: style.bg.map(|bg| near(bg, depth)), ..fitted };
    if depth == Depth::None {
        let kept = style.add_modifier & (Modifier::BOLD | Modifier::UNDERLINED);
        return Style::default().add_modifier(kept);
    }
    fitted
}

/// The contrast of two colours as WCAG 2 defines it, from 1 to 21; `None` for the terminal's own
/// colours, whose values nobody knows.
/// Source: <https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio>.
pub fn contrast(one: Color, other: Color) -> Option<f64> {
    let (one, other) = (luminance(rgb(one)?), luminance(rgb(other)?));
    Some((one.max(other) + 0.05) / (one.min(other) + 0.05))
}

fn near(color: Color, depth: Depth) -> Color {
    match (color, depth) {
        (Color::Rgb(red, green, blue), Depth::Indexed) => Color::Indexed(index(red, green, blue)),
        _ => color,
    }
}

/// The nearest of the 240 fixed colours of a 256-colour terminal.
fn index(red: u8, green: u8, blue: u8) -> u8 {
    let distance = |at: &u8| {
        rgb(Color::Indexed(*at)).map_or(u32::MAX, |(r, g, b)| {
            [(r, red), (g, green), (b, blue)]
                .iter()
                .map(|(one, other)| u32::from(one.abs_diff(*other)).pow(2))
                .sum()
        })
    };
    (16..=255).min_by_key(distance).unwrap_or(16)
}

/// The value of a colour, where it is fixed.
fn rgb(color: Color) -> Option<(u8, u8, u8)> {
    match color {
        Color::Rgb(red, green, blue) => Some((red, green, blue)),
        Color::Indexed(at @ 16..=231) => {
            let at = at - 16;
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            Some((level(at / 36), level(at / 6 % 6), level(at % 6)))
        }
        Color::Indexed(at @ 232..=255) => {
            let level = 8 + 10 * (at - 232);
            Some((level, level, level))
        }
        _ => None,
    }
}

/// Relative luminance, from 0 to 1.
fn luminance((red, green, blue): (u8, u8, u8)) -> f64 {
    let linear = |level: u8| {
        let level = f64::from(level) / 255.0;
        if level <= 0.03928 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(variables: &[(&str, &str)]) -> Depth {
        Depth::from_environment(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_tells_the_depth() {
        assert_eq!(depth(&[("TERM", "xterm")]), Depth::Sixteen);
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Indexed);
        assert_eq!(depth(&[("TERM", "tmux-256color"), ("COLORTERM", "truecolor")]), Depth::True);
        assert_eq!(depth(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]), Depth::None);
        assert_eq!(depth(&[("NO_COLOR", ""), ("COLORTERM", "24bit")]), Depth::True);
        assert_eq!(depth(&[("TERM", "xterm-kitty")]), Depth::True);
        assert_eq!(depth(&[("TERM", "dumb")]), Depth::None);
    }

    #[test]
    fn black_on_white_has_the_greatest_contrast() {
        let contrast = contrast(Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255));
        assert!((contrast.unwrap() - 21.0).abs() < 0.001);
    }

    #[test]
    fn a_colour_of_the_cube_finds_itself() {
        assert_eq!(index(0xd7, 0x5f, 0x5f), 167);
        assert_eq!(index(0x80, 0x80, 0x80), 244);
    }
}
