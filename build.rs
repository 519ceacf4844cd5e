//! Tells cargo that the embedded folders are sources, so that a new page is a new build.
fn main() {
    println!("cargo:rerun-if-changed=content");
    println!("cargo:rerun-if-changed=skills");
}
