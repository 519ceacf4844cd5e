//! Small content for tests.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::files::{Files, Source};

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
