//! The lines that begin a cell in a script, and what they say about it.
//!
//! A marker stands at the start of its line: indented ones are comments in somebody's function.
//! `# %%time` is no marker: Jupytext comments cell magics so. Sources:
//! <https://jupytext.readthedocs.io/en/latest/formats-scripts.html#the-percent-format>,
//! <https://code.visualstudio.com/docs/python/jupyter-support-py>,
//! <https://docs.spyder-ide.org/current/panes/editor.html#defining-code-cells>.

use crate::notebook::CellKind;
use crate::notebook::ipynb::strings;
use crate::notebook::json::Json;

/// What a marker line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) kind: CellKind,
    /// Whether the kind is spelled out, as in `[markdown]`.
    pub(super) typed: bool,
    pub(super) title: Option<String>,
    pub(super) metadata: Metadata,
}

/// The metadata that this crate uses: `id="..."`, `language="..."`, `tags=[...]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Metadata {
    pub(super) id: Option<String>,
    pub(super) language: Option<String>,
    pub(super) tags: Vec<String>,
}

impl Marker {
    /// Whether nbdev wrote this: `# %% auto 0`, `# %% ../nbs/00_core.ipynb 3`. The modules that it
    /// exports are libraries.
    pub(super) fn is_of_nbdev(&self) -> bool {
        let mut words = self.title.as_deref().unwrap_or_default().split(' ');
        words.next().is_some_and(|word| word == "auto" || word.ends_with(".ipynb"))
    }
}

/// Reads a line without its line end; `None` when it is no marker.
pub(super) fn read(line: &str) -> Option<Marker> {
    let text = line.strip_prefix('#')?.trim_matches([' ', '\t', '\r']);
    if let Some(rest) = text.strip_prefix("%%") {
        let options = rest.trim_start_matches('%');
        let apart = options.is_empty() || options.starts_with([' ', '\t', '[']);
        return apart.then(|| read_options(options.trim()));
    }
    let kind = match text {
        "<codecell>" => CellKind::Code,
        "<markdowncell>" => CellKind::Markdown,
        _ if is_exported_prompt(text) => CellKind::Code,
        _ => return None,
    };
    Some(Marker { kind, typed: true, title: None, metadata: Metadata::default() })
}

/// `In[3]:` and `In[ ]:`, as nbconvert exports cells.
fn is_exported_prompt(text: &str) -> bool {
    let count =
        text.strip_prefix("In[").and_then(|rest| rest.trim_end_matches(':').strip_suffix(']'));
    count.is_some_and(|count| count.chars().all(|char| char.is_ascii_digit() || char == ' '))
}

fn read_options(options: &str) -> Marker {
    const TYPES: [(&str, CellKind); 4] = [
        ("[markdown]", CellKind::Markdown),
        ("[md]", CellKind::Markdown),
        ("[raw]", CellKind::Raw),
        ("[code]", CellKind::Code),
    ];
    let lower = options.to_ascii_lowercase();
    let found = TYPES.into_iter().find_map(|(tag, kind)| Some((lower.find(tag)?, tag.len(), kind)));
    let typed = found.is_some();
    let (title, metadata, kind) = match found {
        Some((at, length, kind)) => {
            let metadata = options.get(at + length..).unwrap_or_default();
            (options.get(..at).unwrap_or_default(), read_metadata(metadata), kind)
        }
        None => {
            let (title, metadata) = split_title(options);
            (title, metadata, CellKind::Code)
        }
    };
    let title = Some(title.trim()).filter(|title| !title.is_empty()).map(str::to_owned);
    Marker { kind, typed, title, metadata: metadata.unwrap_or_default() }
}

/// Cuts options at the first word from which on all is metadata.
fn split_title(options: &str) -> (&str, Option<Metadata>) {
    let starts = options.char_indices().filter(|(at, char)| {
        let before = options.get(..*at).unwrap_or_default();
        !char.is_whitespace() && (before.is_empty() || before.ends_with(char::is_whitespace))
    });
    let cut = |(at, _)| {
        let (title, rest) = options.split_at_checked(at)?;
        Some((title, Some(read_metadata(rest).filter(|_| !rest.is_empty())?)))
    };
    starts.into_iter().find_map(cut).unwrap_or((options, None))
}

/// Reads `key="value"` pairs with JSON values, or one JSON object; `None` for anything else.
pub(super) fn read_metadata(text: &str) -> Option<Metadata> {
    let mut found = Metadata::default();
    let mut json = Json::new(text, 0);
    if json.peek() == Some(b'{') {
        json.object(|json, key| {
            let at = json.position();
            json.skip()?;
            found.take(key, &mut Json::new(text, at));
            Ok(())
        })
        .ok()?;
        return Some(found);
    }
    loop {
        let at = json.position();
        let rest = text.get(at..).filter(|rest| !rest.is_empty());
        let Some(rest) = rest else { return Some(found) };
        let (key, value) = rest.split_once('=')?;
        let word = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | ':');
        if key.is_empty() || !key.chars().all(word) {
            return None;
        }
        let value_at = text.len() - value.len();
        json = Json::new(text, value_at);
        json.skip().ok()?;
        found.take(key, &mut Json::new(text, value_at));
    }
}

impl Metadata {
    fn take(&mut self, key: &str, value: &mut Json) {
        match key {
            "id" => self.id = value.text().unwrap_or_default(),
            "language" => self.language = value.text().unwrap_or_default(),
            "tags" => self.tags = strings(value).unwrap_or_default(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(line: &str) -> Option<CellKind> {
        read(line).map(|marker| marker.kind)
    }

    #[test]
    fn editors_write_markers_in_several_ways() {
        for line in ["# %%", "#%%", "#%% Load", "# %%%", "#  %% [code]", "#%%\r", "# In[3]:"] {
            assert_eq!(kind(line), Some(CellKind::Code), "{line}");
        }
        for line in ["# %% [markdown]", "#%%[md]", "# %% Title [Markdown] a=1", "# <markdowncell>"]
        {
            assert_eq!(kind(line), Some(CellKind::Markdown), "{line}");
        }
        assert_eq!(kind("# %% [raw]"), Some(CellKind::Raw));
    }

    #[test]
    fn comments_that_look_alike_are_no_markers() {
        for line in
            [" # %%", "# %%time", "# % %", "## %%", "%%", "# a %%", "# In[x]:", "# In[3]: a"]
        {
            assert_eq!(kind(line), None, "{line}");
        }
    }

    #[test]
    fn titles_and_metadata_are_told_apart() {
        let marker =
            read(r#"# %% A = b [markdown] tags=["x", "y"] id="7" slideshow={"a": 1}"#).unwrap();
        assert_eq!(marker.title.as_deref(), Some("A = b"));
        assert_eq!(
            (&*marker.metadata.tags, marker.metadata.id.as_deref()),
            (["x".to_owned(), "y".to_owned()].as_slice(), Some("7"))
        );
        let marker = read(r#"# %% Load it language="bash""#).unwrap();
        assert_eq!(marker.title.as_deref(), Some("Load it"));
        assert_eq!(marker.metadata.language.as_deref(), Some("bash"));
        let marker = read(r#"# %% {"tags": ["x"]}"#).unwrap();
        assert_eq!((marker.title, marker.metadata.tags), (None, vec!["x".to_owned()]));
        let marker = read("# %% x = [1").unwrap();
        assert_eq!(marker.title.as_deref(), Some("x = [1"));
    }

    #[test]
    fn exports_of_nbdev_are_known() {
        for line in ["# %% auto 0", "# %% auto #0", "# %% ../nbs/03c_aio.ipynb #7e2193be"] {
            assert!(read(line).unwrap().is_of_nbdev(), "{line}");
        }
        assert!(!read("# %% automatic").unwrap().is_of_nbdev());
    }
}
