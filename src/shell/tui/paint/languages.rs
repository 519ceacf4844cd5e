//! The languages that pages quote besides Python; `build.rs` reads this list as well, and packs their
//! syntaxes alone: all that syntect brings are five times as large.

/// Names in fences and what syntect calls them.
pub const LANGUAGES: [(&str, &str); 14] = [
    ("bash", "bash"),
    ("console", "bash"),
    ("css", "css"),
    ("diff", "diff"),
    ("html", "html"),
    ("javascript", "js"),
    ("json", "json"),
    ("markdown", "md"),
    ("rust", "rs"),
    ("sh", "bash"),
    ("shell", "bash"),
    ("sql", "sql"),
    ("yaml", "yaml"),
    ("yml", "yaml"),
];
