//! What acts on a terminal or hides in a text, and a notebook full of it.
#![allow(dead_code, reason = "not every test needs everything")]

use serde_json::{Value, json};

/// Sequences that a terminal or a service obeys.
pub const SEQUENCES: &str = "\u{1b}[31m\u{1b}[5;97;105m\u{1b}]0;x\u{7}\u{1b}]52;c;eA==\u{1b}\\\u{1b}P1$r\u{1b}\\\u{9b}2J\
                         \u{9d}0;x\u{9c}\u{90}q\u{9c}";

/// Characters that act on a terminal, or hide or turn text; no line end.
pub fn acting() -> Vec<char> {
    let controls = ('\u{1}'..='\u{9f}').filter(|char| char.is_control() && !"\n\r".contains(*char));
    let hidden = "\u{ad}\u{61c}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\
                  \u{202b}\u{202c}\u{202d}\u{202e}\u{2060}\u{2061}\u{2066}\u{2067}\u{2068}\u{2069}\
                  \u{feff}\u{fff9}\u{fffa}\u{fffb}\u{e0001}\u{e0041}\u{e007f}\u{e0100}";
    controls.chain(hidden.chars()).collect()
}

/// All of them, each behind a letter.
pub fn everything() -> String {
    let each: String = acting().into_iter().flat_map(|char| [char, 'a']).collect();
    format!("a{SEQUENCES}{each}")
}

/// What of a text must not come out. `bytes` has to be UTF-8 as well.
pub fn raw(bytes: &[u8]) -> Vec<char> {
    raw_in(std::str::from_utf8(bytes).expect("UTF-8"))
}

/// The same of a text.
pub fn raw_in(text: &str) -> Vec<char> {
    let acting = acting();
    let mut found: Vec<char> =
        text.chars().filter(|char| *char == '\r' || acting.contains(char)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Cells with everything in them.
pub fn sources() -> Vec<String> {
    let all = everything();
    let quoted = all.replace('\\', "");
    let main = format!(
        "import asyncio\nasync def main():\n    s = '{quoted}'\n    return s\n\
         x = asyncio.run(main())  # {quoted}"
    );
    vec![
        main,
        "class A:\n    async def f(self): ...\nA().f()".to_owned(),
        format!("%%{all}\nfoo"),
        format!("import requests{all}\n\u{c}await x("),
        "import time\nasync def g():\n    time.sleep(1)\nawait g()".to_owned(),
    ]
}

/// A notebook with everything in its sources, outputs, ids and kernel.
pub fn book() -> String {
    let all = everything();
    let outputs = json!([
        {"output_type": "stream", "name": all, "text": all},
        {"output_type": "error", "ename": all, "evalue": all, "traceback": [all]},
    ]);
    let cell = |(at, source): (usize, &String)| {
        json!({"cell_type": "code", "id": format!("{at}{all}"), "metadata": {},
               "outputs": outputs, "execution_count": null, "source": source})
    };
    let cells: Vec<Value> = sources().iter().enumerate().map(cell).collect();
    let kernel = json!({"name": all, "display_name": all, "language": "python"});
    let language = json!({"name": "python", "version": format!("3.11{SEQUENCES}")});
    let metadata = json!({"kernelspec": kernel, "language_info": language});
    json!({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).to_string()
}

/// Texts that people or agents are shown, with the names of the members that lead to them. What is a
/// program's alone, under one of `exact`, is left out.
pub fn shown<'v>(value: &'v Value, exact: &[&str], at: &str, out: &mut Vec<(String, &'v str)>) {
    match value {
        Value::String(text) => out.push((at.to_owned(), text)),
        Value::Array(items) => items.iter().for_each(|item| shown(item, exact, at, out)),
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| !exact.contains(&name.as_str()))
            {
                shown(value, exact, &format!("{at}.{name}"), out);
            }
        }
        _ => {}
    }
}
