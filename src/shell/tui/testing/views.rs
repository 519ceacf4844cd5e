//! The views: a home screen, a cell with its guide in English, Chinese and both, and popups.

use std::sync::Arc;

use crate::document::{Block, Change, DiffLine, Mark, Prose, Run, Tone};
use crate::text::TextRange;
use crate::tutor::view::{
    Body, CodePane, Header, Home, HomeChoice, KeyHint, ListRow, OverviewRow, Page, Pane, Popup,
    Row, StepState, StepTab, ThemeChoice, Underline, View, Walkthrough,
};

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Chinese,
    Both,
}

pub const SOURCE: &str = "import asyncio\nresults = asyncio.run(main(urls))\nprint(len(results))";

/// A bilingual block in the language asked for.
fn row(language: Language, block: impl Fn(Prose) -> Block, english: &str, chinese: &str) -> Row {
    let (english, chinese) = (block(prose(english)), block(prose(chinese)));
    match language {
        Language::English => Row::One(english),
        Language::Chinese => Row::One(chinese),
        Language::Both => Row::Pair(english, chinese),
    }
}

/// Text in which backticks enclose code.
pub fn prose(text: &str) -> Prose {
    let tone = |at: usize| if at % 2 == 1 { Tone::Code } else { Tone::Plain };
    let run = |(at, text): (usize, &str)| Run { text: text.to_owned(), tone: tone(at) };
    Prose(text.split('`').enumerate().map(run).collect())
}

pub fn pick(language: Language, english: &str, chinese: &str) -> String {
    if language == Language::Chinese { chinese } else { english }.to_owned()
}

pub fn home(language: Language) -> View {
    let choice = |key: &str, english: &str, chinese: &str, detail: &str| HomeChoice {
        key: key.to_owned(),
        label: pick(language, english, chinese),
        detail: detail.to_owned(),
        selected: key == "l",
    };
    let home = Home {
        title: "nbasync".to_owned(),
        subtitle: pick(language, "async Python, at home in the notebook", "笔记本里的异步 Python"),
        invitation: pick(
            language,
            "Paste a cell or a traceback: the review starts at once.",
            "粘贴一个单元格或一段报错，马上开始检查。",
        ),
        choices: vec![
            choice("o", "open a notebook", "打开笔记本", "analysis.ipynb  etl.py  scrape.ipynb"),
            choice("l", "lessons", "课程", "4  Tasks and their ends"),
            choice("p", "which pattern?", "用哪种写法？", "5"),
            choice("/", "look something up", "查一查", ""),
            choice("s", "try the sample notebook", "试试示例笔记本", ""),
            choice("q", "quit", "退出", ""),
        ],
    };
    View {
        header: Header {
            program: "nbasync".to_owned(),
            language: pick(language, "EN", "中文"),
            ..Header::default()
        },
        body: Body::Home(home),
        ..walkthrough(language)
    }
}

pub fn walkthrough(language: Language) -> View {
    View {
        header: header(language),
        announcement: Some((
            pick(
                language,
                "Skill in use: python-notebooks-async",
                "正在使用技能：python-notebooks-async",
            ),
            pick(language, "notice: python-design-modularity", "提示：python-design-modularity"),
        )),
        body: Body::Walkthrough(Box::new(cell(language))),
        popup: None,
        status: None,
        footer: footer(language),
        theme: ThemeChoice::Auto,
        ticking: false,
        settling: false,
        roomy: false,
    }
}

fn header(language: Language) -> Header {
    Header {
        in_use: false,
        program: "nbasync".to_owned(),
        file: "analysis.ipynb".to_owned(),
        place: pick(language, "cell 7 of 23", "第 7 个单元格，共 23 个"),
        counts: Some([2, 5, 3]),
        language: match language {
            Language::English => "EN",
            Language::Chinese => "中文",
            Language::Both => "EN+中文",
        }
        .to_owned(),
        unsaved: false,
    }
}

fn footer(language: Language) -> Vec<KeyHint> {
    [
        ("→", "next", "下一步"),
        ("←", "back", "上一步"),
        ("n", "next problem", "下一个问题"),
        ("e", "edit", "编辑"),
        ("w", "apply", "应用"),
        ("/", "look up", "查找"),
        ("L", "中文", "EN"),
        ("?", "keys", "按键"),
    ]
    .map(|(key, english, chinese)| KeyHint {
        key: key.to_owned(),
        label: pick(language, english, chinese),
        always: key == "?",
    })
    .to_vec()
}

fn cell(language: Language) -> Walkthrough {
    let steps = [
        ("Situation", "情形"),
        ("Mistake", "错误"),
        ("Pattern", "写法"),
        ("Tradeoffs", "取舍"),
        ("Proof", "验证"),
        ("Apply", "应用"),
    ];
    let state = |number| match number {
        3 => StepState::Current,
        4 => StepState::Skipped,
        _ => StepState::Open,
    };
    Walkthrough {
        code: Some(code()),
        steps: (1..)
            .zip(steps)
            .map(|(number, (english, chinese))| StepTab {
                number,
                label: pick(language, english, chinese),
                state: state(number),
            })
            .collect(),
        guide: Arc::new(guide(language)),
        guide_scroll: 0,
        overview: overview(23),
        current: 6,
        focus: Pane::Guide,
        overview_title: pick(language, "Cells", "单元格"),
        frame: None,
    }
}

pub fn code() -> CodePane {
    CodePane {
        title: "7".to_owned(),
        source: SOURCE.to_owned(),
        language: "python".to_owned(),
        underlines: vec![underline(25, 48, Tone::Mistake, "asyncio-run-in-cell")],
        reveal: 25,
        scroll: None,
        editing: None,
    }
}

pub fn underline(start: usize, end: usize, tone: Tone, label: &str) -> Underline {
    let mark = match tone {
        Tone::Mistake => Some(Mark::Error),
        Tone::Caution => Some(Mark::Warning),
        _ => None,
    };
    Underline { range: TextRange::new(start, end), tone, mark, label: label.to_owned() }
}

/// An overview of `count` cells.
pub fn overview(count: usize) -> Arc<[OverviewRow]> {
    let lines = [
        "# Prices of the last week",
        "import httpx",
        "async def main(urls):",
        "client = httpx.AsyncClient()",
        "loop.run_until_complete(main(urls))",
        "tasks = [fetch(client, url) for url in urls]",
        "results = asyncio.run(main(urls))",
        "打印结果",
    ];
    (1..=count)
        .zip(lines.iter().cycle())
        .map(|(number, line)| OverviewRow {
            number,
            line: (*line).into(),
            mark: match number % 7 {
                0 => Some(Mark::Error),
                5 => Some(Mark::Warning),
                6 => Some(Mark::Hint),
                _ => None,
            },
            kind: line.starts_with('#').then(|| "md".to_owned()),
            edited: number == 3,
        })
        .collect()
}

fn guide(language: Language) -> Page {
    let diff = |change, text: &str, start, end| DiffLine {
        change,
        text: text.to_owned(),
        changed: vec![TextRange::new(start, end)],
    };
    let mut rows = vec![
        row(
            language,
            Block::Conclusion,
            "Await `main()` right in the cell.",
            "在单元格里直接等待 `main()`。",
        ),
        row(
            language,
            Block::Paragraph,
            "The kernel's loop is already running and this cell is running on it, so the cell itself \
             may await.",
            "内核的事件循环已经在运行，这个单元格就跑在上面，所以单元格自己就可以等待。",
        ),
        Row::One(Block::Diff(vec![
            diff(Change::Removed, "results = asyncio.run(main(urls))", 10, 22),
            diff(Change::Added, "results = await main(urls)", 10, 16),
        ])),
        row(
            language,
            Block::Paragraph,
            "`main()` returns a list and leaves no tasks behind: the value and the order stay the \
             same.",
            "`main()` 返回一个列表，不留下任何任务：值和顺序都不变。",
        ),
        row(language, Block::Heading, "Alternatives", "其他做法"),
    ];
    let item = |mark| move |body| Block::Item { mark, body };
    rows.push(row(
        language,
        item(Mark::Fits),
        "`asyncio.gather` when several results are wanted in the order of their inputs",
        "`asyncio.gather`：需要多个结果，并且顺序与输入一致",
    ));
    rows.push(row(
        language,
        item(Mark::FitsNot),
        "a module with its own `main()` when the code leaves the notebook",
        "代码要离开笔记本时，放进自带 `main()` 的模块",
    ));
    rows.push(Row::One(table(language)));
    rows.push(Row::One(Block::Code {
        language: "shell".to_owned(),
        text: "pip install \"httpx>=0.27\"  # the async client\n".to_owned(),
    }));
    Page { rows }
}

fn table(language: Language) -> Block {
    let cells = |one: &str, two: &str| vec![prose(one), prose(two)];
    Block::Table(match language {
        Language::Chinese => vec![
            cells("写法", "什么时候用"),
            cells("`await`", "单元格可以等它做完"),
            cells("`create_task`", "别的单元格要在它运行时继续工作，而且有人负责收尾"),
        ],
        _ => vec![
            cells("pattern", "choose it when"),
            cells("`await`", "the cell may wait for it"),
            cells("`create_task`", "other cells work while it runs, and somebody sees to its end"),
        ],
    })
}

pub fn list(language: Language) -> View {
    let row =
        |label: &str, detail: &str| ListRow { label: label.to_owned(), detail: detail.to_owned() };
    let popup = Popup::List {
        title: pick(language, "Look up", "查找"),
        query: Some(("gath".to_owned(), 4)),
        rows: vec![
            row("asyncio.gather", "pattern"),
            row("gather-without-return-exceptions", "mistake"),
            row("TaskGroup", "pattern"),
        ],
        selected: 1,
        preview: Some(Arc::new(guide(language))),
        scroll: None,
        empty: String::new(),
    };
    View { popup: Some(popup), ..walkthrough(language) }
}

pub fn reader(language: Language) -> View {
    let page = Arc::new(guide(language));
    let title = pick(language, "Keys", "按键");
    let popup = Popup::Reader { title, query: None, page, scroll: 0 };
    View { popup: Some(popup), ..walkthrough(language) }
}

pub fn confirm(language: Language) -> View {
    let block = prose("Cell 7 has changes that no file holds.");
    let popup = Popup::Confirm {
        title: pick(language, "Quit?", "退出？"),
        page: Arc::new(Page { rows: vec![Row::One(Block::Paragraph(block))] }),
        scroll: 0,
    };
    View { popup: Some(popup), ..walkthrough(language) }
}

/// The walkthrough with its cell changed.
pub fn with_cell(mut view: View, change: impl FnOnce(&mut Walkthrough)) -> View {
    if let Body::Walkthrough(shown) = &mut view.body {
        change(shown);
    }
    view
}
