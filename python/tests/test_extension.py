"""What somebody sees in a notebook, as a kernel answers it."""

from __future__ import annotations

from conftest import Kernel

MAIN = "import asyncio\nasync def main():\n    return 42"


def test_a_refused_loop_has_one_block_under_its_traceback(kernel: Kernel) -> None:
    kernel.run(MAIN)
    answer = kernel.run("x = asyncio.run(main())\nx")
    assert answer.error == "RuntimeError"
    assert len(answer.texts) == 1
    assert "-x = asyncio.run(main())" in answer.texts[0]
    assert "+x = await main()" in answer.texts[0]
    assert answer.order.index("error") < answer.order.index("display_data")
    assert "<ins" in answer.htmls[0] and 'role="note"' in answer.htmls[0]


def test_three_actions_lead_to_the_right_result(kernel: Kernel) -> None:
    kernel.run(MAIN)
    kernel.run("asyncio.run(main())")
    inserted = kernel.run("%nbasync")
    assert inserted.next_input == ("await main()", False)
    assert kernel.run("await main()").result == "42"


def test_a_helper_that_ran_before_is_repaired_too(kernel: Kernel) -> None:
    kernel.run(MAIN)
    kernel.run("def load():\n    return asyncio.run(main())")
    assert kernel.run("load()").error == "RuntimeError"
    inserted = kernel.run("%nbasync").next_input
    assert inserted is not None
    assert kernel.run(inserted[0]).result == "42"


def test_a_mistake_in_an_async_function_of_another_cell_is_found_by_the_traceback(kernel: Kernel) -> None:
    kernel.run(MAIN)
    kernel.run("limit = 3\nasync def load():\n    return asyncio.run(main())")
    failed = kernel.run("rows = 1\nrows = await load()")
    assert failed.error == "RuntimeError"
    assert len(failed.texts) == 1 and "async def load" in failed.texts[0], failed.texts
    inserted = kernel.run("%nbasync").next_input
    assert inserted is not None
    assert kernel.run(inserted[0] + "\nrows").result == "42"
    # What fails in it for another reason stays quiet.
    kernel.run("async def broken():\n    return 1 / 0")
    assert kernel.run("await broken()").texts == []


def test_cells_that_ran_before_the_extension_came_are_known(bare: Kernel) -> None:
    bare.run(MAIN)
    bare.run("asyncio.run(main())")
    bare.run("%load_ext nbasync")
    assert bare.run("%nbasync").next_input == ("await main()", False)


def test_a_cell_is_asked_about_by_its_number(kernel: Kernel) -> None:
    kernel.run(MAIN)  # In[2]
    kernel.run("y = asyncio.run(main())")
    kernel.run("z = 1")
    assert kernel.run("%nbasync 3").next_input == ("y = await main()", False)
    assert "No cell" in kernel.run("%nbasync 99").texts[0]


def test_healthy_cells_and_other_errors_stay_quiet(kernel: Kernel) -> None:
    kernel.run(MAIN)
    for code in ["1 + 1", "await main()", "c = main()", "await c", "1 / 0", "nothing", "x ="]:
        assert kernel.run(code).texts == [], code


def test_a_lost_coroutine_is_told(kernel: Kernel) -> None:
    kernel.run(MAIN)
    shown = kernel.run("main()")
    assert len(shown.texts) == 1 and "+await main()" in shown.texts[0]
    dropped = kernel.run("main()\nx = 1")
    assert len(dropped.texts) == 1 and "+await main()" in dropped.texts[0]
    assert kernel.run("x = 2").texts == []


def test_the_program_is_not_asked_about_healthy_cells(bare: Kernel) -> None:
    bare.run("import os; os.environ['NBASYNC_PROGRAM'] = '/nowhere'; os.environ['PATH'] = ''")
    bare.run("%load_ext nbasync")
    bare.run(
        "import nbasync._program as p; asked = []\n"
        "def call(*args): asked.append(args); raise p.Unanswered('no')\np.call = call"
    )
    bare.run(MAIN)
    bare.run("await main()")
    assert bare.run("len(asked)").result == "0"
    # And where it cannot be asked, the cell is none the worse.
    assert bare.run("1 / 0").error == "ZeroDivisionError"
    assert bare.run("len(asked)").result == "1"
    assert "nbasync: no" in bare.run("%nbasync").streams


def test_cells_are_repaired_before_they_run_where_that_is_wished(kernel: Kernel) -> None:
    kernel.run(MAIN)
    assert "%nbasync off" in kernel.run("%nbasync on").texts[0]
    answer = kernel.run("asyncio.run(main())")
    assert (answer.error, answer.result) == (None, "42")
    assert answer.next_input == ("await main()", True)
    assert len(answer.texts) == 1
    assert "already running" in kernel.run("%nbasync why").texts[0]
    kernel.run("%nbasync off")
    assert kernel.run("asyncio.run(main())").error == "RuntimeError"


def test_a_cell_that_is_headed_is_written_anew(kernel: Kernel) -> None:
    kernel.run(MAIN)
    answer = kernel.run("%%nbasync\nasyncio.run(main())")
    assert answer.error is None
    assert answer.next_input is not None
    text, replaces = answer.next_input
    assert (text.strip(), replaces) == ("await main()", True)


def test_why_and_pages_and_commands(kernel: Kernel) -> None:
    kernel.run(MAIN)
    kernel.run("asyncio.run(main())")
    why = kernel.run("%nbasync why")
    assert "one thread runs one asyncio loop at a time" in why.texts[0]
    page = kernel.run("%nbasync page asyncio-run-in-cell")
    assert "<h4" in page.htmls[0] and "asyncio.run" in page.texts[0]
    assert "no-such-page" in kernel.run("%nbasync page no-such-page").streams
    assert "timeline" in kernel.run("%nbasync wat").texts[0]


def test_the_timeline_names_the_line_that_held_the_loop(kernel: Kernel) -> None:
    kernel.run("import asyncio, time\ntime.sleep(0.4)\nawait asyncio.sleep(0.4)")
    text = kernel.run("%nbasync timeline").texts[0]
    assert "line 2" in text and "time.sleep(0.4)" in text and "loop was free" in text, text


def test_the_timeline_looks_into_tasks_and_names_the_cell_of_a_function(kernel: Kernel) -> None:
    kernel.run("import asyncio, time\ndef held():\n    time.sleep(0.5)")
    kernel.run("async def task():\n    held()\n\nawait asyncio.gather(task())")
    text = kernel.run("%nbasync timeline").texts[0]
    assert "line 2: the loop was held by code: held()" in text, text


def test_it_goes_away_clean(bare: Kernel) -> None:
    look = (
        "ip = get_ipython(); (len(ip.events.callbacks['pre_run_cell']), "
        "len(ip.events.callbacks['post_run_cell']), len(ip.input_transformers_cleanup), "
        "'nbasync' in ip.magics_manager.magics['line'], "
        "'nbasync' in ip.magics_manager.magics['cell'], ip.custom_exceptions)"
    )
    before = bare.run(look).result
    bare.run("%load_ext nbasync")
    bare.run("%nbasync on")
    assert bare.run(look).result != before
    bare.run("%unload_ext nbasync")
    assert bare.run(look).result == before
    bare.run(MAIN)
    assert bare.run("asyncio.run(main())").texts == []


def test_modules_beside_the_notebook_are_known(kernel: Kernel) -> None:
    kernel.run("open('prices.py', 'w').write('async def fetch():\\n    return 7\\n')")
    kernel.run("import prices")
    answer = kernel.run("prices.fetch()\nx = 1")
    assert len(answer.texts) == 1 and "+await prices.fetch()" in answer.texts[0]


def test_it_speaks_chinese(kernel: Kernel) -> None:
    kernel.run("%env NBASYNC_LANG=zh")
    kernel.run(MAIN)
    answer = kernel.run("asyncio.run(main())")
    assert "单元格" in answer.texts[0]
