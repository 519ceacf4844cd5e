//! What a file keeps when another takes its place: owner, group, permissions, attributes.

use std::fs::{self, File, Metadata};
use std::path::Path;

use super::disk::{Step, tried};
use super::save::{SaveError, failed};
use super::saved::What;

/// Gives `file` what the file at `place` has, and returns what it could not be given and what else
/// is lost when it takes the place. Nobody may do more with it than before.
///
/// # Errors
/// When somebody could do more, or the system fails.
#[cfg(unix)]
pub fn keep(place: &Path, file: &File) -> Result<Vec<What>, SaveError> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let old = tried(Step::Look, || fs::metadata(place)).map_err(failed)?;
    let new = own(&old, file)?;
    let has_group = new.gid() == old.gid();
    let (lost, has_list) = attributes(place, file, !has_group)?;
    // Where there is an access list, these bits are its mask, and the list says what a group may.
    let group = match has_group || has_list {
        true => old.mode() & 0o070,
        false => old.mode() & (old.mode() & 0o007) << 3,
    };
    let mode = fs::Permissions::from_mode(old.mode() & 0o7707 | group);
    tried(Step::Keep, || file.set_permissions(mode.clone())).map_err(failed)?;
    let others = old.nlink().saturating_sub(1);
    let found = [
        (others > 0).then_some(What::Links(others)),
        (new.uid() != old.uid()).then(|| What::Owner(old.uid())),
        (!has_group).then(|| What::Group(old.gid())),
        (!lost.is_empty()).then_some(What::Attributes(lost)),
    ];
    Ok(found.into_iter().flatten().collect())
}

/// Gives the file its owner and group, as far as this user may, and returns what it is then.
#[cfg(unix)]
fn own(old: &Metadata, file: &File) -> Result<Metadata, SaveError> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let look = || tried(Step::Look, || file.metadata()).map_err(failed);
    let new = look()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(new);
    }
    // Most users may give a file to a group of theirs, and to no other user. What came of it is
    // looked at afterwards.
    let both = tried(Step::Keep, || fchown(file, Some(old.uid()), Some(old.gid())));
    if both.is_err() && new.gid() != old.gid() {
        let _ = tried(Step::Keep, || fchown(file, None, Some(old.gid())));
    }
    look()
}

/// Passes the attributes on: which of them are lost, and whether there is an access list.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn attributes(place: &Path, file: &File, narrow: bool) -> Result<(Vec<String>, bool), SaveError> {
    let lost = super::attributes::keep(place, file, narrow)?;
    Ok((lost, super::attributes::has_access_list(place)))
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android", target_vendor = "apple"))))]
fn attributes(_: &Path, _: &File, _: bool) -> Result<(Vec<String>, bool), SaveError> {
    Ok((Vec::new(), false))
}

#[cfg(not(unix))]
pub fn keep(place: &Path, file: &File) -> Result<Vec<What>, SaveError> {
    let old: Metadata = tried(Step::Look, || fs::metadata(place)).map_err(failed)?;
    tried(Step::Keep, || file.set_permissions(old.permissions())).map_err(failed)?;
    Ok(Vec::new())
}
