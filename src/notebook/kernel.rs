//! The kernel that a notebook names, and the language that follows from it.

/// What a notebook says about its kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kernel {
    /// The language as the file writes it; `python` when nothing tells another.
    pub language: String,
    /// The language's version, such as `3.11.4`, as the kernel that last ran it said.
    pub version: Option<String>,
    /// The kernelspec's name, such as `python3`.
    pub name: Option<String>,
    /// The kernelspec's name for people.
    pub display_name: Option<String>,
}

impl Default for Kernel {
    fn default() -> Self {
        let (version, name, display_name) = (None, None, None);
        Self { language: "python".to_owned(), version, name, display_name }
    }
}

impl Kernel {
    /// Whether the kernel runs Python.
    pub fn is_python(&self) -> bool {
        is_python(&self.language)
    }
}

/// Whether `language` is one of Python's names, in any case: `python`, `ipython`, `python3` ...
pub fn is_python(language: &str) -> bool {
    let lower = language.to_ascii_lowercase();
    let name = lower
        .strip_prefix('i')
        .unwrap_or(&lower)
        .trim_end_matches(|char: char| char.is_ascii_digit() || char == '.');
    name == "python"
}

/// The metadata that tells a kernel, as the file has it.
#[derive(Debug, Clone, Default)]
pub(super) struct KernelMetadata {
    pub(super) spec: KernelSpec,
    pub(super) info: LanguageInfo,
}

#[derive(Debug, Clone, Default)]
pub(super) struct KernelSpec {
    pub(super) name: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) language: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct LanguageInfo {
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
}

impl KernelMetadata {
    /// The kernel. `cell_language` is what the first code cell says, for nbformat 2 and 3, which
    /// have no kernelspec.
    pub(super) fn kernel(self, cell_language: Option<String>) -> Kernel {
        let Self { spec, info } = self;
        // VS Code writes `plaintext` as long as no kernel is chosen.
        let told = |language: &String| !language.is_empty() && language != "plaintext";
        let language = [spec.language, info.name].into_iter().flatten().find(told);
        let by_name = || spec.name.as_deref().and_then(language_of).map(str::to_owned);
        let language = language.or_else(by_name).or(cell_language);
        Kernel {
            language: language.unwrap_or_else(|| "python".to_owned()),
            version: info.version,
            name: spec.name,
            display_name: spec.display_name,
        }
    }
}

/// The language of a kernel that is known by its kernelspec's name. Names of environments, which
/// anybody may choose, tell nothing.
fn language_of(kernel: &str) -> Option<&'static str> {
    const PREFIXES: [(&str, &str); 18] = [
        (".net-csharp", "C#"),
        (".net-fsharp", "F#"),
        (".net-powershell", "PowerShell"),
        ("bash", "bash"),
        ("calysto_bash", "bash"),
        ("deno", "typescript"),
        ("evcxr", "rust"),
        ("gophernotes", "go"),
        ("ijavascript", "javascript"),
        ("javascript", "javascript"),
        ("julia", "julia"),
        ("kotlin", "kotlin"),
        ("octave", "octave"),
        ("ruby", "ruby"),
        ("rust", "rust"),
        ("scala", "scala"),
        ("tslab", "typescript"),
        ("xcpp", "C++"),
    ];
    if kernel == "ir" {
        return Some("R");
    }
    PREFIXES.iter().find(|(prefix, _)| kernel.starts_with(prefix)).map(|(_, language)| *language)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(spec: Option<&str>, info: Option<&str>, name: Option<&str>) -> String {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let spec = KernelSpec { language: own(spec), name: own(name), display_name: None };
        let info = LanguageInfo { name: own(info), version: None };
        KernelMetadata { spec, info }.kernel(None).language
    }

    #[test]
    fn the_kernelspec_speaks_before_the_language_info_and_the_name() {
        assert_eq!(language(Some("C#"), Some("polyglot-notebook"), Some(".net-csharp")), "C#");
        assert_eq!(language(None, Some("R"), Some("python3")), "R");
        assert_eq!(language(None, None, Some("julia-1.9")), "julia");
        assert_eq!(language(None, None, Some("ir")), "R");
        assert_eq!(language(None, Some("plaintext"), None), "python");
        assert_eq!(language(None, None, Some("my-env")), "python");
    }

    #[test]
    fn python_has_several_names() {
        for name in ["python", "Python", "python3", "ipython", "IPython3", "python3.11"] {
            assert!(is_python(name), "{name}");
        }
        for name in ["R", "C#", "", "pythonic", "julia"] {
            assert!(!is_python(name), "{name}");
        }
    }
}
