//! x
use super::{Knowledge, Page};
/// A page that a query found.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'k> {
    pub page: &'k Page,
    /// Greater is better.
    pub score: i64,
}
#[derive(Debug)]
pub(super) struct Index;
impl Index {
    pub fn new(_: &Knowledge) -> Self {
        Self
    }
    pub fn lookup<'k>(&self, knowledge: &'k Knowledge, _: &str) -> Vec<Hit<'k>> {
        knowledge.all_pages().map(|page| Hit { page, score: 0 }).collect()
    }
}
