//! What a condition gives in a kernel, where it asks for the kernel itself: for its loop, for
//! IPython, for the name of the module.

use super::tasks::is_running_loop;
use super::{Facts, FnId, How, Site, Value};
use crate::environment::Host;
use crate::python::{Kind, Role};

/// Whether a kernel binds a name there is asked of conditions that show it themselves.
const NEAR: usize = 2;

/// What gives the shell that runs the cells.
const SHELL: [&str; 4] = [
    "builtins.get_ipython()",
    "IPython.get_ipython()",
    "IPython.core.getipython.get_ipython()",
    "IPython.core.interactiveshell.InteractiveShell.instance()",
];

/// The shell's class in ipykernel.
///
/// Source: a kernel, `str(type(get_ipython()))`.
const SHELL_CLASS: &str = "<class 'ipykernel.zmqshell.ZMQInteractiveShell'>";

impl Facts<'_> {
    /// Whether the condition at `site` is true in a kernel, followed through at most `steps` names
    /// and functions; `None` where that hangs on something else than the kernel.
    pub(super) fn truth_within(&self, site: Site, steps: usize) -> Option<bool> {
        let steps = steps.checked_sub(1)?;
        match self.kind(site) {
            Kind::True => Some(true),
            Kind::False | Kind::None => Some(false),
            Kind::Number => Some(!matches!(self.source_of(site), "0" | "0.0")),
            Kind::Not => self.truth_within(self.child(site, Role::Operand)?, steps).map(|it| !it),
            Kind::BoolOp => {
                let is_and = self.between_operands(site)? == "and";
                let mut all = self.children_in(site, Role::Operand);
                let parts: Vec<_> = all.by_ref().map(|it| self.truth_within(it, steps)).collect();
                match () {
                    () if parts.contains(&Some(!is_and)) => Some(!is_and),
                    () if parts.contains(&None) => None,
                    () => Some(is_and),
                }
            }
            Kind::Compare => self.compared(site, steps),
            Kind::Named => self.truth_within(self.child(site, Role::Value)?, steps),
            Kind::Name { .. } => self.name_truth(site, steps),
            Kind::Call => self.call_truth(site, steps),
            Kind::Attribute { .. } => (self.value(site).path() == Some("sys.ps1")).then_some(true),
            _ => None,
        }
    }

    /// The word or sign between the first two operands.
    fn between_operands(&self, operation: Site) -> Option<String> {
        let mut operands = self.children_in(operation, Role::Operand);
        let (left, right) = (operands.next()?, operands.next()?);
        let source = self.tree(operation.cell).source();
        let gap = source.get(self.range(left).end..self.range(right).start)?;
        let words = gap.split(|c: char| c.is_whitespace() || "()\\".contains(c));
        Some(words.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" "))
    }

    fn compared(&self, comparison: Site, steps: usize) -> Option<bool> {
        let operands: Vec<Site> = self.children_in(comparison, Role::Operand).collect();
        let [left, right] = operands.as_slice() else { return None };
        let sign = self.between_operands(comparison)?;
        let negative = matches!(sign.as_str(), "!=" | "is not" | "not in");
        let says = match sign.as_str() {
            "in" | "not in" => self.holds(*right, &self.text_of(*left)?)?,
            "==" | "!=" | "is" | "is not" => self.same(*left, *right, steps)?,
            _ => return None,
        };
        Some(says != negative)
    }

    fn same(&self, left: Site, right: Site, steps: usize) -> Option<bool> {
        for (one, other) in [(left, right), (right, left)] {
            match self.kind(one) {
                Kind::None if self.is_there(other) => return Some(false),
                Kind::True => return self.truth_within(other, steps),
                Kind::False => return self.truth_within(other, steps).map(|it| !it),
                _ => {}
            }
        }
        Some(self.text_of(left)? == self.text_of(right)?)
    }

    /// Whether the collection or text at `site` holds `text`.
    fn holds(&self, site: Site, text: &str) -> Option<bool> {
        let ipython = self.has_ipython();
        let value = self.value(site);
        let path = value.path().unwrap_or_default();
        match path.strip_suffix(".keys()").unwrap_or(path) {
            "sys.modules" => match text {
                "ipykernel" | "IPython" => ipython.then_some(true),
                "google.colab" if self.environment.host == Host::Colab => Some(true),
                "asyncio" => Some(true),
                _ => None,
            },
            "builtins.globals()" | "builtins.locals()" | "builtins.dir()" | "builtins.vars()" => {
                match text {
                    "__file__" => Some(false),
                    "__name__" => Some(true),
                    "get_ipython" => ipython.then_some(true),
                    _ => None,
                }
            }
            path if self.is_shell(path.strip_suffix(".config").unwrap_or_default()) => {
                (text == "IPKernelApp" && self.is_plain_kernel()).then_some(true)
            }
            _ => Some(self.text_of(site)?.contains(text)),
        }
    }

    /// A text that is written down, or that a kernel is known to give.
    fn text_of(&self, site: Site) -> Option<String> {
        match self.kind(site) {
            Kind::Str => {
                let text = self.source_of(site);
                let quote = text.chars().next().filter(|it| matches!(it, '"' | '\''))?;
                Some(text.trim_matches(quote).to_owned())
            }
            Kind::Name { .. } if self.bindings(site).is_empty() => {
                (self.source_of(site) == "__name__").then(|| "__main__".to_owned())
            }
            Kind::Name { .. } => {
                let bindings = self.bindings(site);
                let [(cell, binding)] = bindings.as_slice() else { return None };
                let How::Value(node) = binding.how else { return None };
                let value = Site { cell: *cell, node };
                (!matches!(self.kind(value), Kind::Name { .. } | Kind::Str))
                    .then(|| self.text_of(value))
                    .flatten()
            }
            Kind::Call => {
                let value = self.value(site);
                let shows = matches!(value.path(), Some("builtins.str()" | "builtins.repr()"));
                let shown = self.child(site, Role::Arg).filter(|_| shows)?;
                (self.is_plain_kernel() && self.is_class_of_shell(shown))
                    .then(|| SHELL_CLASS.to_owned())
            }
            Kind::Attribute { name } => {
                let class = self.child(site, Role::Value)?;
                let known = self.is_plain_kernel() && self.is_class_of_shell(class);
                match self.tree(site.cell).text(*name) {
                    "__name__" | "__qualname__" if known => Some("ZMQInteractiveShell".to_owned()),
                    "__module__" if known => Some("ipykernel.zmqshell".to_owned()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `get_ipython().__class__`, `type(get_ipython())`.
    fn is_class_of_shell(&self, site: Site) -> bool {
        let value = self.value(site);
        match value.path() {
            Some("builtins.type()") => self
                .child(site, Role::Arg)
                .is_some_and(|it| self.value(it).path().is_some_and(|it| self.is_shell(it))),
            Some(path) => path.strip_suffix(".__class__").is_some_and(|it| self.is_shell(it)),
            None => false,
        }
    }

    /// Whether the value is an object in a kernel, and never `None`.
    fn is_there(&self, site: Site) -> bool {
        let value = self.value(site);
        value.path().is_some_and(|path| {
            self.is_shell(path) || is_running_loop(path) || path == "asyncio._get_running_loop()"
        })
    }

    fn is_shell(&self, path: &str) -> bool {
        self.has_ipython() && SHELL.contains(&path)
    }

    fn has_ipython(&self) -> bool {
        !matches!(self.environment.host, Host::Marimo | Host::Pyodide)
    }

    /// Whether the shell is ipykernel's own.
    fn is_plain_kernel(&self) -> bool {
        matches!(self.environment.host, Host::Jupyter | Host::VsCode | Host::Windows)
    }

    fn name_truth(&self, name: Site, steps: usize) -> Option<bool> {
        let bindings = self.bindings(name);
        if bindings.is_empty() {
            let known = matches!(self.source_of(name), "get_ipython" | "__IPYTHON__");
            return (known && self.has_ipython()).then_some(true);
        }
        let mut answer = None;
        for (cell, binding) in bindings {
            let at = Site { cell, node: binding.node };
            // The branch that a kernel does not take.
            if steps > 1 && self.is_guarded_within(at, NEAR) {
                continue;
            }
            let How::Value(node) = binding.how else { return None };
            let value = Site { cell, node };
            let one =
                if self.is_there(value) { Some(true) } else { self.truth_within(value, steps) };
            if answer.is_some_and(|known| Some(known) != one) {
                return None;
            }
            answer = Some(one?);
        }
        answer
    }

    fn call_truth(&self, call: Site, steps: usize) -> Option<bool> {
        if self.is_there(call) {
            return Some(true);
        }
        let func = self.child(call, Role::Func)?;
        let argument = self.child(call, Role::Arg);
        match self.value(func) {
            Value::Function(id) => self.function_truth(id, steps),
            Value::Path(path) => match path.as_str() {
                "builtins.bool" => self.truth_within(argument?, steps),
                "builtins.hasattr" => self.has_attribute(call),
                "sys.modules.get" => {
                    let name = self.text_of(argument?)?;
                    (matches!(name.as_str(), "IPython" | "ipykernel") && self.has_ipython())
                        .then_some(true)
                }
                path => {
                    let (object, method) = path.rsplit_once('.')?;
                    match method {
                        "is_running" if super::is_loop(object) => Some(is_running_loop(object)),
                        "is_closed" if is_running_loop(object) => Some(false),
                        _ => None,
                    }
                }
            },
            Value::Unknown => match self.kind(func) {
                // `frame.f_globals.get("__file__")`: a cell is no file.
                Kind::Attribute { name }
                    if self.tree(func.cell).text(*name) == "get"
                        && argument.and_then(|it| self.text_of(it)).as_deref()
                            == Some("__file__") =>
                {
                    Some(false)
                }
                // A loop that is handed in: on the kernel's thread it is the kernel's.
                Kind::Attribute { name } if argument.is_none() => {
                    match self.tree(func.cell).text(*name) {
                        "is_running" => Some(true),
                        "is_closed" => Some(false),
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `hasattr(sys, "ps1")`, `hasattr(builtins, "__IPYTHON__")`.
    fn has_attribute(&self, call: Site) -> Option<bool> {
        let object = self.value(self.argument(call, 0, "obj")?);
        let name = self.text_of(self.argument(call, 1, "name")?)?;
        match (object.path()?, name.as_str()) {
            ("sys", "ps1") => self.has_ipython().then_some(true),
            ("builtins" | "builtins.__builtins__", "__IPYTHON__" | "get_ipython") => {
                self.has_ipython().then_some(true)
            }
            _ => None,
        }
    }

    /// What one of the notebook's own functions gives, by what its body asks.
    fn function_truth(&self, id: FnId, steps: usize) -> Option<bool> {
        let function = self.function(id).filter(|function| function.is_plain())?;
        if matches!(self.kind(function.site), Kind::Lambda) {
            return self.truth_within(self.child(function.site, Role::Body)?, steps);
        }
        let body: Vec<Site> = self.children_in(function.site, Role::Body).collect();
        let mut answers = Vec::new();
        if !self.flow(&body, steps, &mut answers)? {
            answers.push(Some(false));
        }
        let first = answers.first().copied()??;
        answers.iter().all(|answer| *answer == Some(first)).then_some(first)
    }

    /// Adds what the statements give, on every way that they may take, and says whether they
    /// surely return. `None` where that cannot be told.
    fn flow(
        &self,
        statements: &[Site],
        steps: usize,
        answers: &mut Vec<Option<bool>>,
    ) -> Option<bool> {
        for statement in statements {
            let part = |role| self.children_in(*statement, role).collect::<Vec<_>>();
            let returns = match self.kind(*statement) {
                Kind::Return => {
                    answers.push(match self.child(*statement, Role::Value) {
                        Some(value) => self.truth_within(value, steps),
                        None => Some(false),
                    });
                    true
                }
                Kind::If => {
                    let test = self.child(*statement, Role::Test)?;
                    match self.truth_within(test, steps) {
                        Some(true) => self.flow(&part(Role::Body), steps, answers)?,
                        Some(false) => self.flow(&part(Role::Else), steps, answers)?,
                        None => {
                            let then = self.flow(&part(Role::Body), steps, answers)?;
                            self.flow(&part(Role::Else), steps, answers)? && then
                        }
                    }
                }
                Kind::Try if !self.reaches_a_handler(*statement, steps) => {
                    self.flow(&part(Role::Body), steps, answers)?
                        || self.flow(&part(Role::Else), steps, answers)?
                }
                Kind::Assign
                | Kind::AnnAssign
                | Kind::Expression
                | Kind::Import { .. }
                | Kind::ImportFrom { .. }
                | Kind::Simple => false,
                _ => return None,
            };
            if returns {
                return Some(true);
            }
        }
        Some(false)
    }
}
