//! What keeps a function from becoming `async`, or a call from being awaited, and what to write
//! instead.

use crate::diagnostic::{Diagnostic, Message};
use crate::execution::{Run, Site};

/// Something that keeps a function from becoming `async`, or a call from being awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obstacle {
    pub kind: ObstacleKind,
    pub site: Site,
}

/// What kind of obstacle it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObstacleKind {
    /// A `lambda` cannot await.
    Lambda,
    /// The function is passed or stored as a value: a sort key, a callback.
    Callback,
    /// `__init__` and other special methods are called by Python itself.
    SpecialMethod,
    /// A generator function.
    Generator,
    Property,
    /// A decorator that is not known here wraps the function.
    Decorator,
    ClassBody,
    /// `%%time` and its like compile their code alone.
    Magic,
    /// A default or a decorator's argument is evaluated where nothing can await.
    Definition,
    /// A worker thread runs the function.
    Thread,
    /// The call around it wants a function there, which it calls itself.
    FunctionWanted,
}

impl ObstacleKind {
    /// The key of the sentence that explains it.
    pub fn key(self) -> &'static str {
        match self {
            ObstacleKind::Lambda => "obstacle-lambda",
            ObstacleKind::Callback => "obstacle-callback",
            ObstacleKind::SpecialMethod => "obstacle-special-method",
            ObstacleKind::Generator => "obstacle-generator",
            ObstacleKind::Property => "obstacle-property",
            ObstacleKind::Decorator => "obstacle-decorator",
            ObstacleKind::ClassBody => "obstacle-class-body",
            ObstacleKind::Magic => "obstacle-magic",
            ObstacleKind::Definition => "obstacle-definition",
            ObstacleKind::Thread => "obstacle-thread",
            ObstacleKind::FunctionWanted => "obstacle-function-wanted",
        }
    }
}

/// Adds a note for each obstacle and gives the patterns that get round them.
pub(super) fn note_obstacles(
    run: &Run,
    found: &mut Diagnostic,
    obstacles: &[Obstacle],
) -> Vec<&'static str> {
    let mut patterns = Vec::new();
    for obstacle in obstacles {
        let note = Message::new("async-all-the-way", obstacle.kind.key())
            .at_cell(run.position(obstacle.site.cell));
        found.note(note, Some(run.at(obstacle.site)));
        let pattern = match obstacle.kind {
            ObstacleKind::Magic => "plain-timing",
            ObstacleKind::Callback => "keep-the-handle",
            ObstacleKind::ClassBody | ObstacleKind::Definition => "top-level-await",
            ObstacleKind::SpecialMethod => "async-factory",
            ObstacleKind::Thread | ObstacleKind::FunctionWanted => "to-thread",
            _ => "async-all-the-way",
        };
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    patterns
}
