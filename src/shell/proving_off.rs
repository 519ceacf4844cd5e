//! In place of running cells, for builds without the client for kernels: says that there is none.

use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::thread::Scope;

use super::perform::Wish;
use crate::knowledge::{Both, Knowledge, Language};
use crate::notebook::Kernel;
use crate::tutor::message::{Msg, NoKernel, Progress, Trial};
use crate::wording::proof;

/// Finds no kernel.
pub struct Prover<'s, 'k> {
    _scope: &'s Scope<'s, 'k>,
    knowledge: &'k Knowledge,
    answers: Sender<Msg>,
}

impl<'s, 'k> Prover<'s, 'k> {
    /// Answers go to `answers`.
    pub fn new(
        scope: &'s Scope<'s, 'k>,
        knowledge: &'k Knowledge,
        _wish: Wish,
        answers: Sender<Msg>,
    ) -> Self {
        Self { _scope: scope, knowledge, answers }
    }

    /// Answers `KernelFound`: there is none.
    pub fn find(&mut self, _folder: PathBuf, _notebook: Kernel) {
        let ui = |language| self.knowledge.ui(language, proof::LEFT_OUT, &[]);
        let why = Both { en: ui(Language::En), zh: ui(Language::Zh) };
        self.tell(Msg::KernelFound(Err(NoKernel { why })));
    }

    /// Nothing was found, so nothing runs.
    pub fn prove(&mut self, _trial: Trial) {
        self.tell(Msg::Proving(Progress::Over));
    }

    /// Nothing runs.
    pub fn interrupt(&self) {}

    /// Nothing runs.
    pub fn stop(&self) {}

    fn tell(&self, msg: Msg) {
        // Where the tutor is gone, nobody needs to know.
        let _ = self.answers.send(msg);
    }
}
