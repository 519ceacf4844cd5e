//! The words of all pages as the program carries them, of which a query reads only what it asks for.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::super::bytes::Rows;
use super::super::page::PageKind;
use super::labels::Labels;
use super::postings::Postings;
use super::vocabulary::Vocabulary;
use super::{Entry, Index};

/// An [`Index`].
#[derive(Serialize, Deserialize)]
pub struct Packed<'p> {
    #[serde(borrow)]
    entries: Vec<(PageKind, &'p str)>,
    #[serde(borrow)]
    words: [&'p [u8]; 2],
    #[serde(borrow)]
    postings: [&'p [u8]; 4],
    #[serde(borrow)]
    labels: [&'p [u8]; 2],
}

impl Index {
    pub fn pack(&self) -> Packed<'_> {
        Packed {
            entries: self.entries.iter().map(|entry| (entry.kind, &*entry.id)).collect(),
            words: self.vocabulary.words.parts(),
            postings: self.vocabulary.postings.parts(),
            labels: self.labels.parts(),
        }
    }

    pub fn unpack(packed: Packed<'static>) -> Self {
        let entry = |(kind, id)| Entry { kind, id: Cow::Borrowed(id) };
        let postings = Postings::carried(packed.postings);
        Self {
            entries: packed.entries.into_iter().map(entry).collect(),
            vocabulary: Vocabulary::of(Rows::carried(packed.words), postings),
            labels: Labels::carried(packed.labels),
        }
    }
}
