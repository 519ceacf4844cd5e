//! `kernels` on machines that have none, or broken ones.

use serde_json::json;

use crate::support::{folder, notebook, run};

#[test]
fn without_any_python_kernels_says_what_to_install() {
    let empty = folder(&[]);
    let ran = run(empty.path(), &["kernels"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("No Python kernel can be used here."), "{}", ran.stdout);
    assert!(ran.stdout.contains("pip install ipykernel"), "{}", ran.stdout);
    let chinese = run(empty.path(), &["kernels", "--lang", "zh"]);
    assert!(chinese.stdout.contains("这里没有可用的 Python 内核。"), "{}", chinese.stdout);
}

#[test]
fn an_environment_without_ipykernel_is_listed_with_the_command_that_helps() {
    let folder = folder(&[
        (".venv/pyvenv.cfg", "version = 3.12.1\n"),
        (".venv/bin/python", ""),
        ("work/a.ipynb", &notebook(&["1"])),
    ]);
    let ran = run(folder.path(), &["kernels", "work/a.ipynb"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("Python 3.12.1"), "{}", ran.stdout);
    assert!(ran.stdout.contains(".venv/bin/python -m pip install ipykernel"), "{}", ran.stdout);
}

#[test]
fn a_uv_project_without_a_kernel_is_told_uvs_own_way() {
    let folder = folder(&[("pyproject.toml", "[tool.uv]\n"), ("uv.lock", "")]);
    let ran = run(folder.path(), &["kernels"]);
    assert!(ran.stdout.contains("uv add --dev ipykernel"), "{}", ran.stdout);
}

#[test]
fn json_has_the_same_and_names_the_kernel_that_would_be_taken() {
    let folder = folder(&[
        (".venv/pyvenv.cfg", "version = 3.12.1\n"),
        (".venv/bin/python", ""),
        (".venv/lib/python3.12/site-packages/ipykernel-7.4.0.dist-info/METADATA", ""),
    ]);
    let ran = run(folder.path(), &["kernels", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let report = ran.json();
    let place = folder.path().join(".venv").display().to_string();
    let kernel = &report["kernels"][0];
    assert_eq!(report["chosen"], json!(place));
    assert_eq!(kernel["place"], json!(place));
    assert_eq!(kernel["origin"], json!("beside"));
    assert_eq!((&kernel["python"], &kernel["ipykernel"]), (&json!("3.12.1"), &json!("7.4.0")));
    assert_eq!(kernel["usable"], json!(true));
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let empty = folder(&[]);
    let ran = run(empty.path(), &["kernels", "nowhere.ipynb"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("nowhere.ipynb"), "{}", ran.stderr);
}
