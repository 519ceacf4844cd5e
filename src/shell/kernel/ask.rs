//! Asks a kernel between its cells: for its versions, for what the loop did, for warnings that are late.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::drive::{Driver, LOOK};
use super::pulse::{self, Noted};
use super::record::Record;
use super::session::Failure;
use super::wire::{Heard, Said};
use crate::transcript::Versions;

/// How long a kernel may take for a short question.
const SHORT: Duration = Duration::from_secs(30);

/// After how long a kernel that has just started is asked again, and how often.
const AGAIN: (Duration, usize) = (Duration::from_secs(10), 3);

impl Driver<'_> {
    /// Asks for the versions, until there is an answer.
    pub(super) async fn begin(&mut self) -> Result<Versions, Failure> {
        let questions = [
            ("python", "'.'.join(map(str, __import__('sys').version_info[:3]))"),
            ("ipykernel", "__import__('ipykernel').__version__"),
            ("ipython", "__import__('IPython').__version__"),
        ];
        let record = &mut Record::default();
        let (patience, times) = AGAIN;
        let mut answers = HashMap::new();
        for _ in 0..times {
            answers = self.ask_for(patience, "", &questions, record).await?;
            if !answers.is_empty() {
                break;
            }
        }
        let mut answer = |name: &str| {
            let text = answers.remove(name)?;
            Some(text.trim_matches('\'').to_owned())
        };
        Ok(Versions {
            python: answer("python"),
            ipykernel: answer("ipykernel"),
            ipython: answer("ipython"),
        })
    }

    /// Waits for warnings that come when a cell is over and its objects are gone.
    pub(super) async fn collect(
        &mut self,
        time: Duration,
        record: &mut Record,
    ) -> Result<(), Failure> {
        let seconds = time.as_secs_f64();
        let code = format!(
            "await __import__('asyncio').sleep({seconds})\n(__import__('gc').collect(), None)[1]"
        );
        let request = self.wire.ask(&code, &[]).await;
        record.belongs_to_last(request.clone());
        let deadline = Instant::now() + time + SHORT;
        let (mut replied, mut idle) = (false, false);
        while !(replied && idle || self.is_gone()) {
            tokio::select! {
                heard = self.wire.next() => {
                    let Some(heard) = heard else { return Err(Failure::Lost) };
                    if heard.request == request {
                        replied |= matches!(heard.said, Said::Reply { .. });
                        idle |= matches!(heard.said, Said::Idle);
                    }
                    self.take(heard, record);
                }
                () = sleep_until(deadline) => break,
                () = sleep(LOOK) => {}
            }
        }
        while let Some(heard) = self.wire.waiting() {
            self.take(heard, record);
        }
        Ok(())
    }

    /// What the loop and its tasks did since that was last asked.
    pub(super) async fn noted(&mut self, record: &mut Record) -> Result<Noted, Failure> {
        let answers = self.ask("", &pulse::TAKE, record).await?;
        Ok(Noted::read(&answers))
    }

    /// Evaluates expressions without a trace. Those that fail, or that take too long, are missing.
    pub(super) async fn ask(
        &mut self,
        code: &str,
        values: &[(&str, &str)],
        record: &mut Record,
    ) -> Result<HashMap<String, String>, Failure> {
        self.ask_for(SHORT, code, values, record).await
    }

    async fn ask_for(
        &mut self,
        patience: Duration,
        code: &str,
        values: &[(&str, &str)],
        record: &mut Record,
    ) -> Result<HashMap<String, String>, Failure> {
        let request = self.wire.ask(code, values).await;
        let deadline = Instant::now() + patience;
        loop {
            tokio::select! {
                heard = self.wire.next() => match heard {
                    Some(Heard { request: of, said: Said::Reply { values, .. } })
                        if of == request => return Ok(values),
                    Some(heard) => self.take(heard, record),
                    None => return Err(Failure::Lost),
                },
                () = sleep_until(deadline) => return Ok(HashMap::new()),
                () = sleep(LOOK) => {
                    if self.is_gone() {
                        return Ok(HashMap::new());
                    }
                }
            }
        }
    }
}
