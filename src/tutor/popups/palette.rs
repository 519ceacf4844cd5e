//! Every command of a screen by its name, in both languages.

use super::filter;
use super::filtered::{Filtered, Listed};
use crate::knowledge::Language;
use crate::tutor::keys::Act::Asks;
use crate::tutor::keys::{Keys, Row, typing};
use crate::tutor::message::Effect;
use crate::tutor::pages::Step;
use crate::tutor::screens::walk;
use crate::tutor::view::ListRow;
use crate::tutor::{Tutor, everywhere};
use crate::wording::{self, Wording, popup};

pub static KEYS: Keys = typing("palette").rows(&filter(Asks(|it| it.run_selected())));

/// What the filter sees of a command is its name in both languages, its key, and where it belongs.
type Palette = Filtered<Chosen>;

#[derive(Debug, Clone, Copy)]
enum Chosen {
    Row(&'static Row),
    Step(Step),
}

impl Tutor<'_> {
    /// Opens the list of the commands that this screen has.
    pub(in crate::tutor) fn open_palette(&mut self) {
        let all = self.commands_here();
        self.open_window(Palette::new(&KEYS, popup::PALETTE, all));
    }

    /// The commands of this screen that would do something, each once.
    fn commands_here(&self) -> Vec<Listed<Chosen>> {
        let here = self.keys();
        let own: Vec<&Row> = here.own().collect();
        let is_taken = |key| own.iter().any(|row| row.keys.contains(key));
        let wide = everywhere::KEYS.rows.iter().filter(|row| !row.keys.iter().all(is_taken));
        let mut found = Vec::new();
        let mut named: Vec<Wording> = vec![wording::keys::PALETTE, wording::keys::JUMP_STEP];
        for row in own.iter().copied().chain(wide).filter(|row| self.is_useful(row)) {
            if let Some(label) = row.label.filter(|label| !named.contains(label)) {
                named.push(label);
                found.push(self.entry(label, row.shown, Chosen::Row(row)));
            }
        }
        if *here == walk::KEYS {
            let steps = Step::ALL.into_iter().zip(["1", "2", "3", "4", "5", "6"]);
            for (step, key) in steps.filter(|(step, _)| self.is_step_open(*step)) {
                found.push(self.entry(step.label(), key, Chosen::Step(step)));
            }
        }
        found
    }

    fn entry(&self, name: Wording, key: &str, what: Chosen) -> Listed<Chosen> {
        let of = |language| self.knowledge.ui(language, name, &[]);
        let [en, zh] = [Language::En, Language::Zh].map(of);
        let words = format!("{en} {zh} {} {key}", name.key());
        let row = ListRow { label: of(self.reading.base()), detail: key.to_owned() };
        Listed { what, row, words }
    }

    fn is_step_open(&self, step: Step) -> bool {
        self.walk_seen().is_some_and(|walk| walk.is_open(step))
    }

    /// Does what was chosen, on the screen below the list.
    fn run_selected(&mut self) -> Vec<Effect> {
        let at = self.selected();
        let chosen = self.top::<Palette>().and_then(|it| it.chosen(at)).copied();
        self.close();
        match chosen {
            Some(Chosen::Row(row)) => self.act(row),
            Some(Chosen::Step(step)) => {
                self.jump(step.number());
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}
