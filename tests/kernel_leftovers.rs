//! Starts and stops many kernels: no process and no file stays. A program of its own, because it
//! looks at all that this process has left.
#![cfg(all(feature = "kernel", target_os = "linux"))]

#[path = "kernel/support.rs"]
#[allow(dead_code)]
mod support;

use std::fs;

use nbasync::shell::kernel::{Event, Session, connection_folder};

use support::{LONG, done, job, launch, wait_for};

#[test]
fn twenty_kernels_leave_nothing_behind() {
    let Some(launch) = launch() else { return };
    for round in 0..20 {
        let session = Session::start(launch.clone(), LONG);
        match round % 4 {
            // Given up while it starts.
            0 => {}
            1 => wait_for(&session, |event| matches!(event, Event::Started(_)).then_some(())),
            2 => {
                session.run(job(&["1"]));
                wait_for(&session, done);
            }
            _ => {
                session.run(job(&["while True: pass"]));
                wait_for(&session, |event| matches!(event, Event::CellStarted(_)).then_some(()));
            }
        }
    }
    let own = std::process::id();
    let threads = fs::read_dir(format!("/proc/{own}/task")).unwrap();
    let children: String = threads
        .filter_map(|thread| fs::read_to_string(thread.unwrap().path().join("children")).ok())
        .collect();
    assert_eq!(children.trim(), "");
    let prefix = format!("nbasync-{own}-");
    let files = fs::read_dir(connection_folder()).unwrap();
    let left: Vec<_> = files
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.starts_with(&prefix))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}
