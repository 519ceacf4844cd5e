//! When the tasks of a cell ran, and that as lanes which can be drawn.

use super::Stall;

/// A step that holds the loop's thread as long keeps others from their turn, in milliseconds.
pub const HOLDS: u64 = 50;

/// Lanes of a chart at most.
const LANES: usize = 12;

/// One task while a cell ran. The kernel's own, in which the cell runs, have no name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskRun {
    /// What its coroutine is called.
    pub name: String,
    /// The line of its cell, from 1, on which the coroutine is defined; `None` in a library.
    pub line: Option<usize>,
    /// Milliseconds since the cell began.
    pub start: u64,
    pub end: u64,
    /// When it ran on the loop's thread.
    pub runs: Vec<Stall>,
}

/// What a task does in one part of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doing {
    /// It is not there yet, or has ended.
    Nothing,
    Running,
    Waiting,
    /// It runs, and nothing else gets a turn for a time that people notice.
    Holding,
}

/// The tasks of a cell over parts of the time of equal length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub lanes: Vec<ChartLane>,
    /// Tasks for which there was no lane left.
    pub left_out: usize,
    /// How long all of it took, in milliseconds.
    pub whole: u64,
    /// How long one task or another held the loop, in milliseconds.
    pub held: u64,
}

/// One task of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartLane {
    /// Empty for the cell itself.
    pub name: String,
    pub line: Option<usize>,
    pub parts: Vec<Doing>,
}

/// The tasks as they were while the cell ran: the kernel's own become one, and what came before and
/// after is cut.
pub fn within(tasks: Vec<TaskRun>, elapsed: u64) -> Vec<TaskRun> {
    // The kernel's clock begins a little before the request: what ended in the cell is in it.
    let ends = tasks.iter().filter(|task| !task.name.is_empty()).map(|task| task.end);
    let elapsed = ends.max().unwrap_or(0).max(elapsed);
    let mut cell = TaskRun { end: elapsed, ..TaskRun::default() };
    let mut named = Vec::new();
    for mut task in tasks {
        task.runs.retain(|run| run.start <= elapsed);
        for run in &mut task.runs {
            run.length = run.length.min(elapsed.saturating_sub(run.start));
        }
        task.end = task.end.min(elapsed);
        if task.name.is_empty() {
            cell.runs.append(&mut task.runs);
        } else if task.start <= elapsed {
            named.push(task);
        }
    }
    cell.runs.sort_by_key(|run| run.start);
    // Until its first step the request was on its way.
    cell.start = cell.runs.first().map_or(0, |run| run.start);
    named.sort_by_key(|task| task.start);
    named.insert(0, cell);
    named
}

impl Chart {
    /// The scale that holds all the tasks of some runs, in milliseconds.
    pub fn scale<'t>(runs: impl IntoIterator<Item = &'t [TaskRun]>) -> u64 {
        runs.into_iter().flatten().map(|task| task.end).max().unwrap_or(0)
    }

    /// Whether there is something to see: other tasks, or a time that people notice.
    pub fn tells(&self) -> bool {
        self.lanes.len() > 1 || self.whole >= HOLDS
    }

    /// The chart of a cell's tasks, where `parts` parts are as long as `scale` milliseconds.
    pub fn new(tasks: &[TaskRun], elapsed: u64, scale: u64, parts: u64) -> Self {
        let lane = |task: &TaskRun| ChartLane {
            name: task.name.clone(),
            line: task.line,
            parts: (0..parts).map(|part| task.doing(part, scale.max(1), parts.max(1))).collect(),
        };
        Self {
            lanes: tasks.iter().take(LANES).map(lane).collect(),
            left_out: tasks.len().saturating_sub(LANES),
            whole: elapsed,
            held: held(tasks),
        }
    }
}

/// How long the loop was held. A loop that runs inside a step counts once.
fn held(tasks: &[TaskRun]) -> u64 {
    let long = tasks.iter().flat_map(|task| &task.runs).filter(|run| run.length >= HOLDS);
    let mut long: Vec<&Stall> = long.collect();
    long.sort_by_key(|run| run.start);
    let (mut until, mut sum) = (0, 0);
    for run in long {
        let end = run.start + run.length;
        sum += end.saturating_sub(run.start.max(until));
        until = until.max(end);
    }
    sum
}

impl TaskRun {
    fn doing(&self, part: u64, scale: u64, parts: u64) -> Doing {
        let (from, to) = (part * scale / parts, ((part + 1) * scale).div_ceil(parts));
        if to <= self.start || from >= self.end.max(self.start + 1) {
            return Doing::Nothing;
        }
        let touches = |run: &&Stall| run.start < to && run.start + run.length.max(1) > from;
        match self.runs.iter().filter(touches).map(|run| run.length).max() {
            Some(HOLDS..) => Doing::Holding,
            Some(_) => Doing::Running,
            None => Doing::Waiting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(name: &str, start: u64, end: u64, runs: &[(u64, u64)]) -> TaskRun {
        let runs = runs.iter().map(|(start, length)| Stall { start: *start, length: *length });
        TaskRun { name: name.to_owned(), line: Some(2), start, end, runs: runs.collect() }
    }

    fn drawn(tasks: &[TaskRun], elapsed: u64, scale: u64) -> Vec<String> {
        let sign = |doing: &Doing| match doing {
            Doing::Nothing => ' ',
            Doing::Running => 'r',
            Doing::Waiting => '.',
            Doing::Holding => 'H',
        };
        let chart = Chart::new(tasks, elapsed, scale, 10);
        chart.lanes.iter().map(|lane| lane.parts.iter().map(sign).collect()).collect()
    }

    #[test]
    fn tasks_that_wait_side_by_side_are_seen_to() {
        let tasks = [task("a", 0, 100, &[(0, 0), (99, 0)]), task("b", 0, 100, &[(0, 1), (99, 1)])];
        assert_eq!(drawn(&tasks, 100, 100), ["r........r", "r........r"]);
    }

    #[test]
    fn one_that_holds_the_loop_keeps_the_next_waiting() {
        let tasks = [task("a", 0, 150, &[(0, 150)]), task("b", 0, 300, &[(150, 150)])];
        assert_eq!(drawn(&tasks, 300, 300), ["HHHHH     ", ".....HHHHH"]);
        assert_eq!(Chart::new(&tasks, 300, 300, 10).held, 300);
    }

    #[test]
    fn a_loop_that_runs_inside_a_step_is_counted_once() {
        let tasks = [task("outer", 0, 220, &[(5, 215)]), task("inner", 8, 210, &[(8, 200)])];
        assert_eq!(Chart::new(&tasks, 220, 220, 10).held, 215);
    }

    #[test]
    fn a_shorter_cell_takes_less_of_the_same_scale() {
        let tasks = [task("a", 0, 30, &[(0, 0), (29, 0)])];
        assert_eq!(drawn(&tasks, 30, 100), ["r.r       "]);
    }

    #[test]
    fn the_kernels_own_become_the_cell_and_what_is_outside_is_cut() {
        let own = |runs: &[(u64, u64)]| TaskRun { name: String::new(), ..task("", 0, 999, runs) };
        let tasks = vec![own(&[(40, 10)]), own(&[(0, 5), (90, 60), (120, 5)])];
        let cut = within(tasks, 100);
        assert_eq!(cut.len(), 1);
        assert_eq!(cut[0].start, 0);
        let expected = [(0, 5), (40, 10), (90, 10)];
        assert_eq!(cut[0].runs, task("", 0, 0, &expected).runs);
    }

    #[test]
    fn a_task_that_ends_a_little_later_by_the_kernels_clock_ends_in_the_cell() {
        let tasks = within(vec![task("a", 20, 120, &[(20, 0), (119, 1)])], 110);
        assert_eq!(tasks[1].runs.len(), 2);
        assert_eq!(Chart::scale([tasks.as_slice()]), 120);
    }

    #[test]
    fn more_tasks_than_there_are_lanes_are_counted() {
        let many: Vec<TaskRun> = (0..30).map(|_| task("a", 0, 1, &[])).collect();
        let chart = Chart::new(&many, 1, 1, 10);
        assert_eq!((chart.lanes.len(), chart.left_out), (LANES, 30 - LANES));
    }
}
