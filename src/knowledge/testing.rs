//! Small content for tests.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::files::{ContentError, Files, Source};
use super::strings;
use crate::diagnostic::Message;

/// A correct note.
pub(super) const EN: &str = "---
id: a
kind: note
title: A note
keywords: [one]
see: []
---
One sentence.

## More {#more}

```python
x = 1
```

- an item
";

/// Its twin.
pub(super) const ZH: &str = "---
id: a
title: 一条说明
keywords: [一]
---
一句话。

## 更多 {#more}

```python
x = 1
```

- 一项
";

/// A file in memory.
pub(super) fn source(path: &str, text: &str) -> Source {
    Source::read(path.to_owned(), Cow::Owned(text.as_bytes().to_vec()))
}

/// Files in memory: the note `a`, and `more` over it.
pub(super) fn files(more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let note = [("content/notes/a.md", EN), ("content/notes/a.zh.md", ZH)];
    let all = note.iter().chain(more);
    all.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The texts of the interface.
pub(super) fn interface() -> &'static strings::Texts {
    static TEXTS: LazyLock<strings::Texts> = LazyLock::new(|| {
        let text = Shipped.read("content/interface.yaml").expect("the texts");
        strings::read("", str::from_utf8(&text).expect("UTF-8")).0
    });
    &TEXTS
}

/// What is said in English. It has all that the text asks for, and no more.
pub(super) fn words(message: &Message) -> String {
    let text = &interface().get(message.key).unwrap_or_else(|| panic!("{}", message.key)).en;
    message.filled(|args| {
        let names: BTreeSet<&str> = args.iter().map(|(name, _)| *name).collect();
        assert_eq!(strings::placeholders(text), names, "{}", message.key);
        strings::fill(text, args)
    })
}

/// An error with its place, in English.
pub(super) fn told(error: &ContentError) -> String {
    let ContentError { file, line, column, message } = error;
    format!("{file}:{line}:{column}: {}", words(message))
}

/// The files that the program is built with.
pub(super) struct Shipped;

impl Files for Shipped {
    fn list(&self) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders: Vec<PathBuf> = vec![root.join("content"), root.join("skills")];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let path = path.strip_prefix(root).expect("a path below the root");
                    files.push(path.to_str().expect("UTF-8").to_owned());
                }
            }
        }
        files
    }

    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok().map(Cow::Owned)
    }
}
