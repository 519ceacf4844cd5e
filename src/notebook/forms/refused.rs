//! Forms of notebooks that are not read, by the endings of their names.

/// The name of a form whose files end so. What they hold is no Python, or not as text.
const ENDINGS: [(&str, &[&str]); 8] = [
    ("other-language", &["r", "jl", "scala", "sql", "livemd", "nb", "kts"]),
    ("polyglot", &["dib"]),
    ("databricks-archive", &["dbc"]),
    ("zeppelin", &["zpln"]),
    ("deepnote", &["deepnote"]),
    ("sage", &["sage", "sagews"]),
    ("exported", &["html", "htm", "pdf", "tex"]),
    ("sphinx", &["rst"]),
];

/// The form that is known by a name's ending, in lower case.
pub(super) fn by_ending(ending: Option<&str>) -> Option<&'static str> {
    let ending = ending?;
    ENDINGS.iter().find(|(_, endings)| endings.contains(&ending)).map(|(form, _)| *form)
}
