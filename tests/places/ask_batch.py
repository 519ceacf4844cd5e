"""Runs cells as a batch run does: `ask_batch.py nbclient` or `ask_batch.py papermill`.

Reads and writes what `ask_kernel.py` does; the answer to the cell at which the run itself ended in
an error has `run`, the class of that error.
"""

import json
import logging
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import nbformat


def with_nbclient(notebook, timeout):
    from nbclient import NotebookClient

    NotebookClient(notebook, timeout=timeout).execute()


def with_papermill(notebook, timeout):
    import papermill

    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "before.ipynb"), Path(folder, "after.ipynb")
        nbformat.write(notebook, before)
        try:
            papermill.execute_notebook(
                before, after, progress_bar=False, execution_timeout=timeout
            )
        finally:
            ran = nbformat.read(after, as_version=4)
            notebook.cells = [cell for cell in ran.cells if cell.cell_type == "code"]


def answer(cell):
    found = {"error": None, "result": None, "stdout": "", "stderr": ""}
    for output in cell.outputs:
        if output.output_type == "stream":
            found[output.name] += output.text
        elif output.output_type == "execute_result":
            found["result"] = output.data["text/plain"]
        elif output.output_type == "error":
            found["error"] = {"name": output.ename, "message": output.evalue}
    return found


def run(cells, timeout):
    cells = [nbformat.v4.new_code_cell(code) for code in cells]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    end = None
    try:
        {"nbclient": with_nbclient, "papermill": with_papermill}[sys.argv[1]](notebook, timeout)
    except Exception as error:
        end = type(error).__name__
    reached = [cell for cell in notebook.cells if cell.execution_count or cell.outputs]
    answers = [answer(cell) for cell in reached]
    if end and answers:
        answers[-1]["run"] = end
    return answers


logging.disable(logging.CRITICAL)
versions = {"python": platform.python_version()}
versions |= {name: version(name) for name in ("ipykernel", sys.argv[1])}
print(json.dumps(versions), flush=True)
for asked in json.load(sys.stdin)["runs"]:
    print(json.dumps(run(asked["cells"], asked["timeout"])), flush=True)
