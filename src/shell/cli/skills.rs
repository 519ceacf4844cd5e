//! `nbasync skill install` and `nbasync skill uninstall`: the skills where agents look.

use std::io;
use std::path::Path;

use super::arguments::{SkillInstallArgs, SkillPlaceArgs, SkillUninstallArgs};
use super::{Exit, Session, ask, complain, print};
use crate::shell::files::Remark;
use crate::shell::report;
use crate::shell::skills::{Agent, Place, Plan, SkillsError, Step};
use crate::wording::{self, Wording};

/// Installs the skills, after showing what that writes and a yes.
///
/// # Errors
/// When something cannot be read or written.
pub fn install(args: &SkillInstallArgs, session: &Session) -> io::Result<Exit> {
    let place = place(&args.place).map_err(io::Error::other)?;
    let plan = Plan::install(&place, args.overwrite).map_err(io::Error::other)?;
    carry_out(session, &args.place, plan, wording::skills::WRITE, Plan::write)
}

/// Takes away what was installed and is as it was.
///
/// # Errors
/// As [`install`].
pub fn uninstall(args: &SkillUninstallArgs, session: &Session) -> io::Result<Exit> {
    let place = place(&args.place).map_err(io::Error::other)?;
    let plan = Plan::uninstall(&place).map_err(io::Error::other)?;
    carry_out(session, &args.place, plan, wording::skills::REMOVE, Plan::remove)
}

fn place(args: &SkillPlaceArgs) -> Result<Place, SkillsError> {
    let agent = args.agent.unwrap_or(Agent::ALL[0]);
    match args.user || (args.agent.is_some() && !args.project) {
        true => Place::of_user(agent),
        false => Ok(Place::in_project(agent, Path::new("."))),
    }
}

/// Shows the plan and does what it says. `question` asks whether to.
fn carry_out(
    session: &Session,
    args: &SkillPlaceArgs,
    plan: Plan,
    question: Wording,
    work: fn(Plan) -> Result<Vec<Remark>, SkillsError>,
) -> io::Result<Exit> {
    let (paper, voice) = (session.paper, session.voice());
    let say = |key: Wording| {
        let said = voice.say(key, &[]).into_iter();
        said.map(|said| format!("{}\n", paper.safe(&said))).collect::<String>()
    };
    let mut shown = String::new();
    for file in &plan.files {
        let path = file.path.display().to_string();
        let path = paper.safe(&path);
        let step = voice.say(key_of(file.step), &[]).join(" / ");
        shown.push_str(&format!("{path}  {}\n", paper.safe(&step)));
    }
    print(&shown)?;
    let stays = plan.files.iter().any(|file| file.step == Step::Changed);
    let end = if stays { Exit::Found } else { Exit::Clean };
    if !plan.does_something() {
        complain(&say(wording::skills::NOTHING));
        return Ok(end);
    }
    if args.dry_run {
        complain(&say(wording::skills::DRY_RUN));
        return Ok(end);
    }
    if !args.yes && !ask::confirm(paper, voice, question)? {
        complain(&say(wording::skills::LEFT));
        return Ok(Exit::Found);
    }
    let remarks = work(plan).map_err(io::Error::other)?;
    complain(&report::remarks(paper, voice, &remarks));
    complain(&say(wording::skills::DONE));
    Ok(end)
}

fn key_of(step: Step) -> Wording {
    match step {
        Step::New => wording::skills::NEW,
        Step::Update => wording::skills::UPDATE,
        Step::Same => wording::skills::SAME,
        Step::Changed => wording::skills::CHANGED,
        Step::Replace => wording::skills::REPLACE,
        Step::Remove => wording::skills::GONE,
    }
}
