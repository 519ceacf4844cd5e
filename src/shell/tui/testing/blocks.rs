//! A page made up of every kind of block and every mark.

use std::sync::Arc;

use super::views::{Language, pick, prose};
use crate::document::{Block, Change, DiffLine, Mark, Picked, Side};
use crate::knowledge::timeline::{State, Timeline};
use crate::tutor::view::{Page, Row};

/// The page.
pub fn page(language: Language) -> Page {
    let said = |english: &str, chinese: &str| prose(&pick(language, english, chinese));
    let item =
        |mark, english: &str, chinese: &str| Block::Item { mark, body: said(english, chinese) };
    let line = |change, text: &str| DiffLine { change, text: text.to_owned(), changed: Vec::new() };
    let timeline = "cell    run 1, wait 6\nfetch   none 1, run 1, wait 3, run 1, none 1\nparse   none 2, block 2, none 2, run 1";
    let timeline = Arc::new(Timeline::parse(timeline).expect("a timeline"));
    let legend = [
        (State::Run, said("runs", "运行")),
        (State::Wait, said("waits", "等待")),
        (State::Block, said("holds the loop", "占住循环")),
    ];
    let legend = legend.map(|(state, word)| (state, word.text())).to_vec();
    let marks = [
        Mark::Fits,
        Mark::FitsNot,
        Mark::Open,
        Mark::Error,
        Mark::Warning,
        Mark::Hint,
        Mark::Right,
        Mark::Begun,
    ];
    let choices = [
        (Mark::Choice('a', Picked::No)),
        Mark::Choice('b', Picked::Wrong),
        Mark::Choice('c', Picked::Right),
    ];
    let mut all = vec![
        Block::Conclusion(said(
            "The loop runs already: `await main()`.",
            "循环已经在运行：`await main()`。",
        )),
        Block::Heading(said("What happens", "会怎样")),
        Block::Paragraph(said(
            "A cell runs in a task of the kernel's loop, and `asyncio.run` refuses to start a second one on the same thread.",
            "单元格在内核循环的一个任务里运行，`asyncio.run` 拒绝在同一个线程上再启动第二个循环，所以在这里直接等待即可。",
        )),
        item(
            Mark::Bullet,
            "an item that is long enough to go on in the next line of a narrow pane, where it hangs",
            "一个足够长的条目，在窄的窗格里会折到下一行，并且悬挂在文字下面，而不是回到行首",
        ),
        item(Mark::Under, "under it: `fetch`", "在它下面：`fetch`"),
        item(Mark::Number(1), "the first", "第一"),
        item(Mark::Number(12), "the twelfth", "第十二"),
        item(Mark::Others, "not here: porting; two loops", "这里没有：移植；两个循环"),
    ];
    all.extend(marks.map(|mark| item(mark, "a mark", "一个标记")));
    all.extend(choices.map(|mark| item(mark, "an answer", "一个答案")));
    all.extend([
        Block::Code { language: "python".to_owned(), text: "async def main():  # 主函数\n    return await asyncio.gather(*[fetch(url) for url in urls])".to_owned() },
        Block::Diff(vec![line(Change::Same, "urls = []"), line(Change::Removed, "asyncio.run(main())"), line(Change::Added, "await main()"), line(Change::Gap, "")]),
        Block::Table(vec![
            vec![said("choose", "选择"), said("when", "何时")],
            vec![said("`gather`", "`gather`"), said("the order is that of the calls, and all are wanted", "顺序与调用一致，而且全部都要成功")],
            vec![said("`TaskGroup`", "`TaskGroup`"), said("one failure ends the others", "一个失败，其余随之结束")],
        ]),
        Block::Beside {
            left: vec![Side::Line(said("before", "之前")), Side::Strip { levels: vec![0, 7, 7, 3, 0], said: said("it stood still", "循环停住了") }],
            right: vec![Side::Line(said("after", "之后")), Side::Strip { levels: vec![0, 1, 0, 1, 0], said: said("it kept turning", "循环一直在转") }],
        },
        Block::Bar { share: 640, said: said("0.64 s: line 2", "0.64 秒：第 2 行") },
        Block::Timeline { timeline, legend },
    ]);
    Page { rows: all.into_iter().map(Row::One).collect() }
}
