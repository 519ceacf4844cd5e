//! What code is told that asks where it runs: for IPython, for the shell's class, for its file.

use super::event::{EventKind, Thread};
use super::machine::Machine;
use super::value::{Args, Loop, Object, Plain, Site, Value};
use crate::environment::Host;
use crate::knowledge::callables::{QualifiedName, Segment};

/// The name of the shell's class in ipykernel, and its text.
///
/// Source: a kernel, `str(type(get_ipython()))`.
const SHELL: &str = "ZMQInteractiveShell";
const SHELL_CLASS: &str = "<class 'ipykernel.zmqshell.ZMQInteractiveShell'>";

impl Machine<'_> {
    /// Whether the cells run in IPython.
    fn has_ipython(&self) -> bool {
        !matches!(self.input.environment.host, Host::Marimo | Host::Pyodide)
    }

    /// Whether the shell is ipykernel's own.
    fn is_plain_kernel(&self) -> bool {
        let host = self.input.environment.host;
        host.is_batch() || matches!(host, Host::Jupyter | Host::VsCode | Host::Windows)
    }

    /// A call that the loop of a Windows kernel can do in some versions of ipykernel alone.
    ///
    /// Source: `kernelapp.py` of ipykernel, which up to 7.3 chooses the selector loop.
    pub(super) fn note_needed_loop(&mut self, path: QualifiedName, site: Site) {
        let is_kernels =
            self.context.thread == Thread::Kernel && self.context.running == Loop::Kernel;
        if self.input.environment.host != Host::Windows || !is_kernels {
            return;
        }
        let spelled = self.names.spell(path);
        if let Some((needs, _)) = self.input.tables.needed_loop(&spelled)
            && self.input.environment.may_lack(needs)
        {
            self.emit(site, EventKind::LoopLacks { by: path, needs });
        }
    }

    /// Whether a path stands for the shell that runs the cells.
    fn is_shell(&self, path: QualifiedName) -> bool {
        self.has_ipython() && self.words.shells.contains(&path)
    }

    /// Whether a path stands for the shell's class.
    fn is_class_of_shell(&self, path: QualifiedName) -> bool {
        self.is_plain_kernel()
            && matches!(self.names.last_step(path), Some((shell, Segment::Attribute(name)))
                if self.is_shell(shell) && self.names.text(name) == "__class__")
    }

    /// Whether a value is an object here, and neither `None` nor false.
    pub(super) fn is_there(&self, value: Value) -> bool {
        match (value, self.object(value)) {
            (Value::Path(path), _) => {
                self.is_shell(path) || self.has_ipython() && path == self.words.in_ipython
            }
            (_, Some(Object::Foreign(foreign))) => foreign.path == self.words.event_loop,
            _ => false,
        }
    }

    /// What an attribute of the shell's class gives: its names.
    pub(super) fn name_of_shell(&mut self, path: QualifiedName) -> Option<Value> {
        let (class, Segment::Attribute(name)) = self.names.last_step(path)? else { return None };
        if !self.is_class_of_shell(class) {
            return None;
        }
        let text = match self.names.text(name) {
            "__name__" | "__qualname__" => SHELL,
            "__module__" => "ipykernel.zmqshell",
            _ => return None,
        };
        Some(Value::Str(self.names.symbol(text)))
    }

    /// What a call gives that asks for the place: `str` of the shell's class, `bool` of a thing.
    pub(super) fn told_of_place(&mut self, path: QualifiedName, args: &Args) -> Option<Value> {
        let [only] = args.positional.as_slice() else { return None };
        let (module, Segment::Attribute(name)) = self.names.last_step(path)? else { return None };
        if module != self.words.builtins {
            return None;
        }
        match (self.names.text(name), *only) {
            ("bool", value) => self.truth(value).map(Value::Bool),
            ("str" | "repr", Value::Path(class)) if self.is_class_of_shell(class) => {
                Some(Value::Str(self.names.symbol(SHELL_CLASS)))
            }
            ("type", Value::Path(shell)) if self.is_shell(shell) => {
                let class = self.names.symbol("__class__");
                Some(Value::Path(self.names.step(shell, Segment::Attribute(class))))
            }
            _ => None,
        }
    }

    /// `hasattr(sys, "ps1")`, `hasattr(builtins, "__IPYTHON__")`.
    pub(super) fn has_here(&self, object: Value, name: &str) -> Option<bool> {
        let Value::Path(path) = object else { return None };
        let of_builtins = matches!(name, "__IPYTHON__" | "get_ipython");
        let is_asked = match self.names.spell(path).as_str() {
            "sys" => name == "ps1",
            "builtins" | "builtins.__builtins__" => of_builtins,
            _ => false,
        };
        (is_asked && self.has_ipython()).then_some(true)
    }

    /// Whether the names of a cell hold one that nobody bound there: a cell is no file.
    pub(super) fn names_hold(&self, name: &str) -> Option<bool> {
        match name {
            "__file__" => Some(false),
            "__name__" => Some(true),
            "get_ipython" => self.has_ipython().then_some(true),
            _ => None,
        }
    }

    /// `"google.colab" in sys.modules`, `"IPKernelApp" in get_ipython().config`.
    pub(super) fn path_holds(&self, path: QualifiedName, text: &str) -> Option<bool> {
        if let Some((shell, Segment::Attribute(name))) = self.names.last_step(path)
            && self.is_shell(shell)
            && self.names.text(name) == "config"
        {
            return (text == "IPKernelApp" && self.is_plain_kernel()).then_some(true);
        }
        let host = self.input.environment.host;
        let spelled = self.names.spell(path);
        match (spelled.strip_suffix(".keys()").unwrap_or(&spelled), text) {
            ("builtins.locals()" | "builtins.dir()" | "builtins.vars()", _) => {
                self.names_hold(text)
            }
            // JupyterLite's kernel brings both to Pyodide, which by itself has neither.
            ("sys.modules", "ipykernel" | "IPython") if host == Host::Pyodide => None,
            ("sys.modules", "ipykernel") => {
                Some(host != Host::IpythonTerminal && host != Host::Marimo)
            }
            ("sys.modules", "IPython") => Some(host != Host::Marimo),
            ("sys.modules", "google.colab") => Some(host == Host::Colab),
            ("sys.modules", "pyodide") => Some(host == Host::Pyodide),
            ("sys.modules", "marimo") => Some(host == Host::Marimo),
            ("sys.modules", "asyncio") => Some(true),
            _ => None,
        }
    }

    /// Whether a module is there wherever the cells run.
    pub(super) fn is_surely_there(&self, module: &str) -> bool {
        let top = module.split('.').next().unwrap_or(module);
        matches!(top, "asyncio" | "sys" | "os") || top == "IPython" && self.has_ipython()
    }

    /// `loop.is_running()`.
    pub fn is_running(&self, receiver: Option<Value>) -> Value {
        let asked = receiver.map_or(Loop::Unknown, |it| self.loop_of(it));
        match (asked, self.context.running) {
            (Loop::Kernel, Loop::Kernel) => Value::Bool(true),
            (Loop::Kernel, _) if self.is_on_kernel() => {
                Value::Bool(self.input.environment.host.keeps_a_loop_running())
            }
            (Loop::Own(_), _) if self.is_on_kernel() => Value::Bool(false),
            _ => Value::Plain(Plain::Bool),
        }
    }
}
