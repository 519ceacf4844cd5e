//! Small content for tests.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::files::Source;

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
    Source { path: path.to_owned(), bytes: Cow::Owned(text.as_bytes().to_vec()) }
}

/// Files in memory: the note `a`, and `more` over it.
pub(super) fn files(more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let note = [("content/notes/a.md", EN), ("content/notes/a.zh.md", ZH)];
    let all = note.iter().chain(more);
    all.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}
