use super::*;

fn kinds(source: &str) -> Vec<String> {
    let tree = parse(source).tree;
    tree.all().map(|id| format!("{:?} {}", tree.role(id), tree.source_of(id))).collect()
}

#[test]
fn a_call_lies_flat_with_roles() {
    assert_eq!(
        kinds("f(x, k=1)"),
        ["Top f(x, k=1)", "Value f(x, k=1)", "Func f", "Arg x", "Keyword k=1", "Value 1"]
    );
}

#[test]
fn text_that_makes_the_parser_panic_is_an_error_not_a_panic() {
    for source in ["[)\n/", "x = [a)\n, b\n", "f\"{", "%%time\n[)\n/", "\0", "\u{feff}x = 1"] {
        let _ = parse(source);
    }
}

#[test]
fn what_follows_an_error_is_still_read() {
    let syntax = parse("x = (\nawait f()\n\ny = g()");
    assert!(!syntax.errors.is_empty());
    assert!(syntax.tree.all().any(|id| matches!(syntax.tree.kind(id), Kind::Call)));
}

#[test]
fn the_body_of_a_shell_magic_is_not_python() {
    assert_eq!(kinds("%%bash\npython x.py"), Vec::<String>::new());
}

#[test]
fn the_body_of_a_timing_magic_is_python_at_its_own_place() {
    assert_eq!(kinds("%%time\nf()"), ["Top f()", "Value f()", "Func f"]);
}

#[test]
fn a_timing_line_holds_python() {
    let tree = parse("x = 1\n%time y = f()").tree;
    let call = tree.all().find(|id| matches!(tree.kind(*id), Kind::Call)).expect("a call");
    assert_eq!(tree.source_of(call), "f()");
    assert!(tree.ancestors(call).any(|id| matches!(tree.kind(id), Kind::Escape { .. })));
}

#[test]
fn a_deep_tree_neither_overflows_nor_hides_its_neighbours() {
    let source = format!("x = a{}\ny = f()", ".a".repeat(60_000));
    let tree = parse(&source).tree;
    assert!(tree.all().any(|id| tree.source_of(id) == "f()"));
}

#[test]
fn a_semicolon_at_the_end_is_seen() {
    assert!(parse("f();  # quiet\n").ends_in_semicolon);
    assert!(!parse("f(); g()").ends_in_semicolon);
}

#[test]
fn shell_lines_and_help_are_no_errors() {
    assert!(is_valid("!pip install x\nfiles = !ls\nprint?\n%matplotlib inline\npip install y"));
}
