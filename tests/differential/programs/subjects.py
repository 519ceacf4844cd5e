"""The functions that notebooks are about: coroutine functions and plain ones, all of a number."""

from .parts import Function
from .words import FETCH, PARAM, PLAIN


def answer(voice, param):
    """An expression of the parameter that gives a number."""
    return voice.choice([f"{param} * 2", f"{param} + 10", f"{param} ** 2", f"len('x' * {param})", f"sum(range({param}))"])


def coroutine(voice, body=None, name=None):
    """A coroutine function that waits a moment and gives a number."""
    param = voice.pick(PARAM)
    if body is None:
        gives = answer(voice, param)
        body = voice.choice([
            ["await asyncio.sleep(0.01)", f"return {gives}"],
            ["await asyncio.sleep(0)", f"return {gives}"],
            ["await asyncio.sleep(0.01)", f"reply = {gives}", "return reply"],
            [f"reply = await asyncio.sleep(0.01, {param})", f"return reply + {param}"],
        ])
    else:
        body = [line.replace("$", param) for line in body]
    return Function(name or voice.pick(FETCH), param, tuple(body), True)


def plain(voice, body=None, name=None):
    """A plain function that gives a number."""
    param = voice.pick(PARAM)
    body = [f"return {answer(voice, param)}"] if body is None else [line.replace("$", param) for line in body]
    return Function(name or voice.pick(PLAIN), param, tuple(body), False)
