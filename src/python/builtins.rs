//! The names that every Python module has without importing anything.

/// What `dir(builtins)` lists, in order; those that only a REPL has are left out.
///
/// Source: <https://docs.python.org/3/library/functions.html> and
/// <https://docs.python.org/3/library/exceptions.html>, Python 3.8 to 3.14.
const BUILTINS: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DeprecationWarning",
    "EOFError",
    "Ellipsis",
    "EncodingWarning",
    "EnvironmentError",
    "Exception",
    "ExceptionGroup",
    "False",
    "FileExistsError",
    "FileNotFoundError",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "None",
    "NotADirectoryError",
    "NotImplemented",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "PermissionError",
    "ProcessLookupError",
    "PythonFinalizationError",
    "RecursionError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeError",
    "RuntimeWarning",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TimeoutError",
    "True",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "WindowsError",
    "ZeroDivisionError",
    "__build_class__",
    "__debug__",
    "__import__",
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
];

/// What the import system gives every module.
///
/// Source: <https://docs.python.org/3/reference/datamodel.html#module-objects>.
const OF_MODULES: [&str; 7] =
    ["__doc__", "__file__", "__loader__", "__name__", "__package__", "__spec__", "__builtins__"];

/// Names that IPython's kernel puts into the notebook's namespace.
///
/// Source: `InteractiveShell.init_user_ns` and IPython's documentation of its output cache.
const OF_KERNELS: [&str; 13] = [
    "display",
    "get_ipython",
    "In",
    "Out",
    "_",
    "__",
    "___",
    "_i",
    "_ii",
    "_iii",
    "_ih",
    "_oh",
    "_dh",
];

/// Whether `name` is built in, or given to every module.
pub fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name) || OF_MODULES.contains(&name)
}

/// Whether only a kernel knows `name`.
pub fn is_of_kernels(name: &str) -> bool {
    let numbered = name.strip_prefix("_i").or(name.strip_prefix('_'));
    let counts = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    OF_KERNELS.contains(&name) || numbered.is_some_and(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_gives_more_than_python() {
        assert!(is_builtin("aiter") && is_builtin("__name__") && !is_builtin("display"));
        assert!(is_of_kernels("display") && is_of_kernels("_12") && is_of_kernels("_i3"));
        assert!(!is_of_kernels("_private") && !is_of_kernels("print"));
    }
}
