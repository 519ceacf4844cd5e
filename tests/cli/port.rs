//! What `port` writes, what it says, and what it does not overwrite.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Run, folder, notebook, run};

const SCRIPT: &str = "\"\"\"Counts.\"\"\"\nimport argparse\nimport asyncio\n\n\nasync def main(n):\n    await asyncio.sleep(0)\n    print(n)\n\n\nif __name__ == \"__main__\":\n    parser = argparse.ArgumentParser()\n    parser.add_argument(\"--n\", type=int, default=3)\n    args = parser.parse_args()\n    asyncio.run(main(args.n))\n";

fn port(folder: &Path, args: &[&str]) -> Run {
    run(folder, &[&["port"], args].concat())
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

fn cells(text: &str) -> Vec<(String, String)> {
    let json: Value = serde_json::from_str(text).unwrap();
    let text = |value: &Value| -> String {
        value.as_array().unwrap().iter().filter_map(Value::as_str).collect()
    };
    let cell =
        |cell: &Value| (cell["cell_type"].as_str().unwrap().to_owned(), text(&cell["source"]));
    json["cells"].as_array().unwrap().iter().map(cell).collect()
}

#[test]
fn a_script_becomes_a_notebook_beside_it_and_what_changes_is_said() {
    let folder = folder(&[("job.py", SCRIPT)]);
    let run = port(folder.path(), &["job.py"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "job.ipynb: 6 cells\n"));
    insta::assert_snapshot!(run.stderr, @r"
    What changes in meaning:
      - Exported as a `.py` script, the cell is a `SyntaxError`. (`nbasync explain script-no-longer-runs`)
    What to look at:
      - the arguments became a cell of parameters with their defaults
    ");
    let text = read(folder.path(), "job.ipynb");
    let cells = cells(&text);
    let code: Vec<&str> =
        cells.iter().filter(|(kind, _)| kind == "code").map(|(_, source)| &**source).collect();
    assert_eq!(
        code,
        [
            "import argparse\nimport asyncio",
            "n = 3",
            "async def main(n):\n    await asyncio.sleep(0)\n    print(n)",
            "args = argparse.Namespace(n=n)\nawait main(args.n)"
        ]
    );
    assert!(text.contains("\"parameters\""));
    assert_eq!(read(folder.path(), "job.py"), SCRIPT);
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_asked_for() {
    let folder = folder(&[("job.py", SCRIPT), ("job.ipynb", "mine")]);
    let refused = port(folder.path(), &["job.py"]);
    let said = "job.ipynb: there is such a file already; --force replaces it\n";
    assert_eq!((refused.code, refused.stdout.as_str(), refused.stderr.as_str()), (2, "", said));
    assert_eq!(read(folder.path(), "job.ipynb"), "mine");
    assert_eq!(port(folder.path(), &["job.py", "--force"]).code, 0);
    assert_eq!(cells(&read(folder.path(), "job.ipynb")).len(), 6);
    let same = port(folder.path(), &["job.py", "-o", "job.py", "--force"]);
    assert_eq!((same.code, read(folder.path(), "job.py").as_str()), (2, SCRIPT));
}

#[test]
fn a_notebook_on_stdout_stands_alone_there() {
    let folder = folder(&[("job.py", SCRIPT)]);
    let run = port(folder.path(), &["job.py", "-o", "-"]);
    assert_eq!((run.code, cells(&run.stdout).len()), (0, 6));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_notebook_becomes_a_script_and_its_magics_are_named() {
    let cells = ["%pip install httpx\nimport asyncio", "x = await asyncio.sleep(0, 1)\nx"];
    let folder = folder(&[("a.ipynb", &notebook(&cells))]);
    let run = port(folder.path(), &["--to-script", "a.ipynb", "--dual"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "a.py: written\n"));
    insta::assert_snapshot!(run.stderr, @r"
    What to look at:
      - cell 1: `%pip install httpx` became a comment: install it before you run the script
      - a script shows no values; what stands last in cell 2 is worked out and not printed
    ");
    insta::assert_snapshot!(read(folder.path(), "a.py"), @r#"
    # Made from a.ipynb by nbasync port --to-script.

    # %pip install httpx  (install this before you run the script)
    import asyncio


    async def main():
        x = await asyncio.sleep(0, 1)
        x


    def start():
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop is None:
            return asyncio.run(main())
        return loop.create_task(main())


    if __name__ == "__main__":
        outcome = start()
    "#);
}

#[test]
fn scripts_with_cells_are_written_and_sentences_are_chinese() {
    let folder = folder(&[("job.py", SCRIPT)]);
    let run = port(folder.path(), &["job.py", "-o", "cells.py", "--lang", "zh"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "cells.py：6 个单元格\n"));
    assert!(read(folder.path(), "cells.py").contains("# %% tags=[\"parameters\"]\nn = 3\n"));
    assert!(run.stderr.contains("命令行参数变成了一个参数单元格"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_ported_is_said_and_nothing_is_written() {
    let refused = |name: &str, text: &str, args: &[&str], expected: &str| {
        let folder = folder(&[(name, text)]);
        let run = port(folder.path(), &[&[name], args].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        assert_eq!(run.stderr, format!("{name}: {expected}\n"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    };
    refused("a.py", "x = 1\nprint 'two'\n", &[], "this is no Python (line 2)");
    let cells = "this script has # %% cells already: it is a notebook";
    refused("a.py", "# %%\nx = 1\n# %%\ny = 2\n", &[], cells);
    let already = "this is a notebook already; --to-script makes a script of it";
    refused("a.ipynb", &notebook(&["x = 1"]), &[], already);
    refused("a.py", "x = 1\n", &["-o", "a.txt"], "the name has to end in .ipynb or .py");
    let plain = "this is a script without cells, not a notebook";
    refused("a.py", "x = 1\n", &["--to-script"], plain);
}
