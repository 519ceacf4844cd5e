"""Holds what the generator expects against what a kernel answered."""


# Faults that a cell's error shows.
RAISING = ("raised", "refused", "deadlocked")


def told(answer, what):
    """Everything of one kind that a kernel said, in any cell or at the end."""
    parts = [*answer.get("cells", {}).values(), answer.get("late", {}), answer.get("rest", {})]
    return [word for part in parts for word in part.get(what, [])]


def errors(answer):
    """(cell, name) of every error."""
    return [(int(index), cell["error"]) for index, cell in answer.get("cells", {}).items() if "error" in cell]


def stops(answer):
    """Cells that hang or end the kernel."""
    return [int(index) for index, cell in answer.get("cells", {}).items() if "hangs" in cell or "died" in cell]


def still(answer):
    return [int(index) for index, cell in answer.get("cells", {}).items() if cell.get("still")]


def effects(answer):
    """What of it is a fault whoever wrote the cells."""
    found = set()
    found |= {f"error {name}" for _, name in errors(answer)}
    found |= {"never-awaited"} if told(answer, "lost") else set()
    found |= {"thread-error"} if told(answer, "threads") else set()
    found |= {f"logged {word}" for word in told(answer, "logged")}
    found |= {"pending"} if answer.get("pending") else set()
    found |= {"stops"} if stops(answer) else set()
    return found


def shows(fault, answer):
    """Whether a kernel showed the fault that the generator made."""
    cells = {cell for cell, _ in fault["places"]}
    kind = fault["effect"]
    if kind in RAISING:
        return any(cell in cells and name in fault["errors"] for cell, name in errors(answer))
    if kind == "stood-still":
        return any(cell in cells for cell in still(answer))
    if kind == "unretrieved":
        return "unretrieved" in told(answer, "logged")
    if kind == "logged":
        return "callback" in told(answer, "logged")
    return kind in effects(answer)


def doubtful(program, answer):
    """Whether the answer is worth a second question: it is not what was expected, or the loop stood
    still where nothing holds it, as it may on a busy machine."""
    expected = program.get("still") or program.get("fault", {}).get("effect") in ("stood-still", "deadlocked")
    return disagreement(program, answer) or (still(answer) and not expected)


def disagreement(program, answer):
    """Why expectation and kernel do not agree; `None` when they do."""
    fault = program.get("fault")
    if stops(answer):
        return f"a cell stops the kernel: {answer}"
    if fault is None:
        wrong = sorted(effects(answer)) + (["stood-still"] if still(answer) and not program.get("still") else [])
        return f"nothing should happen, and the kernel shows {wrong}: {answer}" if wrong else None
    if not shows(fault, answer):
        return f"{fault['effect']} should show, and the kernel shows {answer}"
    first = min([cell for cell, _ in errors(answer)], default=None)
    if fault["effect"] not in RAISING:
        return f"an error beside it: {answer}" if first is not None else None
    odd = [name for cell, name in errors(answer) if cell != first and name != "NameError"]
    return f"errors of other kinds: {odd}" if odd else None
