//! Tables that the program carries, unpacked when somebody asks them: what only shows pages does not.

use std::ops::Deref;
use std::sync::OnceLock;

use super::{Packed, Tables};

/// [`Tables`], or the bytes from which they are made at the first question.
#[derive(Debug, Default)]
pub struct Carried {
    packed: Option<&'static [u8]>,
    tables: OnceLock<Tables>,
}

impl Carried {
    /// What was packed when the program was built. Bytes that are nothing of the kind make empty tables.
    pub fn packed(bytes: &'static [u8]) -> Self {
        Self { packed: Some(bytes), tables: OnceLock::new() }
    }
}

impl From<Tables> for Carried {
    fn from(tables: Tables) -> Self {
        Self { packed: None, tables: OnceLock::from(tables) }
    }
}

impl Deref for Carried {
    type Target = Tables;

    fn deref(&self) -> &Tables {
        let unpacked = || {
            let packed: Packed<'static> = postcard::from_bytes(self.packed?).ok()?;
            Some(packed.unpack())
        };
        self.tables.get_or_init(|| unpacked().unwrap_or_default())
    }
}
