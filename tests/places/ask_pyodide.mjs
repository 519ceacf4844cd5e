// Runs cells in Pyodide: `ask_pyodide.mjs FOLDER`, where FOLDER holds the package `pyodide`. With
// `--plain` as in a browser without JSPI, which is how Pyodide tells them apart.
//
// Reads and writes what `ask_kernel.py` does. A cell runs as Pyodide's own `runPythonAsync` runs it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

if (process.argv.includes("--plain")) {
  delete WebAssembly.Suspending;
}
const { loadPyodide, version } = createRequire(resolve(process.argv.at(-1), "here"))("pyodide");

// An error that nobody awaits, such as that of a callback, is no end of the run.
process.on("uncaughtException", () => {});
process.on("unhandledRejection", () => {});

function say(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function run(pyodide, cells) {
  const answers = [];
  for (const code of cells) {
    const found = { error: null, result: null, stdout: "", stderr: "" };
    answers.push(found);
    pyodide.setStdout({ batched: (line) => (found.stdout += `${line}\n`) });
    pyodide.setStderr({ batched: (line) => (found.stderr += `${line}\n`) });
    try {
      await pyodide.runPythonAsync(code);
    } catch (error) {
      const text = pyodide.runPython("import sys; str(sys.last_exc)");
      found.error = { name: error.type ?? "?", message: text };
    }
  }
  return answers;
}

const asked = JSON.parse(readFileSync(0, "utf8")).runs;
for (const [at, { cells }] of asked.entries()) {
  const pyodide = await loadPyodide();
  if (at === 0) {
    say({ python: pyodide.runPython("import platform; platform.python_version()"), pyodide: version });
  }
  say(await run(pyodide, cells));
}
