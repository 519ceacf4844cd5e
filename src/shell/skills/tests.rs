use super::*;

const SKILL: &str = "python-notebooks-async/SKILL.md";

fn place(folder: &Path) -> Place {
    Place::in_project(Agent::ALL[0], folder)
}

fn install(folder: &Path, overwrite: bool) -> Vec<(String, Step)> {
    let plan = Plan::install(&place(folder), overwrite).unwrap();
    let steps = plan.files.iter().map(|file| (file.name.clone(), file.step)).collect();
    plan.write().unwrap();
    steps
}

fn step(steps: &[(String, Step)], name: &str) -> Step {
    steps.iter().find(|(it, _)| it == name).unwrap().1
}

#[test]
fn what_is_installed_is_what_the_program_carries_and_goes_again_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let steps = install(folder.path(), false);
    assert!(steps.len() >= 8 && steps.iter().all(|(_, step)| *step == Step::New));
    let at = place(folder.path()).folder;
    for (name, bytes) in carried() {
        assert_eq!(fs::read(at.join(name)).unwrap(), bytes);
    }
    let again = install(folder.path(), false);
    assert!(again.iter().all(|(_, step)| *step == Step::Same));
    let plan = Plan::uninstall(&place(folder.path())).unwrap();
    assert_eq!(plan.files.len(), steps.len());
    plan.remove().unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no empty folder is left");
}

#[test]
fn a_folder_that_holds_something_else_stays() {
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), false);
    let other = place(folder.path()).folder.join("other.md");
    fs::write(&other, "mine").unwrap();
    Plan::uninstall(&place(folder.path())).unwrap().remove().unwrap();
    assert_eq!(fs::read_to_string(other).unwrap(), "mine");
}

#[test]
fn a_file_that_somebody_changed_stays_until_he_says_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), false);
    let path = place(folder.path()).folder.join(SKILL);
    fs::write(&path, "mine").unwrap();
    assert_eq!(step(&install(folder.path(), false), SKILL), Step::Changed);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    let plan = Plan::uninstall(&place(folder.path())).unwrap();
    plan.remove().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine", "not taken away either");
    assert_eq!(step(&install(folder.path(), true), SKILL), Step::Replace);
    assert_eq!(fs::read(&path).unwrap(), carried()[SKILL]);
}

#[test]
fn a_file_that_was_there_before_is_nobodys_to_take() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(folder.path()).folder.join(SKILL);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "mine").unwrap();
    assert_eq!(step(&install(folder.path(), false), SKILL), Step::Changed);
    Plan::uninstall(&place(folder.path())).unwrap().remove().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn an_older_version_of_ours_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), false);
    let at = place(folder.path());
    fs::write(at.folder.join(SKILL), "older").unwrap();
    let (mut list, _) = List::read(&at).unwrap();
    list.take(SKILL, b"older");
    fs::write(at.folder.join(LIST), list.written()).unwrap();
    assert_eq!(step(&install(folder.path(), false), SKILL), Step::Update);
    assert_eq!(fs::read(at.folder.join(SKILL)).unwrap(), carried()[SKILL]);
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_place() {
    use std::os::unix::fs::symlink;

    for link in [".agents", ".agents/skills", ".agents/skills/python-notebooks-async"] {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let link = folder.path().join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(outside.path(), &link).unwrap();
        let refused = Plan::install(&place(folder.path()), true).unwrap_err();
        assert!(matches!(refused, SkillsError::LeadsOut { .. }), "{refused}");
        assert!(
            Plan::uninstall(&place(folder.path())).is_err()
                || link.ends_with("python-notebooks-async")
        );
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_list_that_names_other_files_takes_none_of_them() {
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), false);
    let at = place(folder.path());
    let other = folder.path().join("precious");
    fs::write(&other, "mine").unwrap();
    fs::create_dir_all(at.folder.join("own")).unwrap();
    fs::write(at.folder.join("own/SKILL.md"), "mine").unwrap();
    let (mut list, _) = List::read(&at).unwrap();
    for name in ["../../precious", "python-notebooks-async/../../../precious", "own/SKILL.md", "x"]
    {
        list.take(name, b"mine");
    }
    list.take(&other.display().to_string(), b"mine");
    fs::write(at.folder.join(LIST), list.written()).unwrap();
    Plan::uninstall(&at).unwrap().remove().unwrap();
    assert!(other.exists() && at.folder.join("own/SKILL.md").exists());
    fs::write(at.folder.join(LIST), "{}").unwrap();
    assert!(matches!(Plan::install(&at, false), Err(SkillsError::List { .. })));
}
