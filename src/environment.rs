//! The place where a notebook's cells run, as far as it changes what is right there.

/// The program that runs the cells.
///
/// Source: in the IPython terminal no loop runs between prompts and `asyncio.run` works there;
/// every other place below keeps a loop running while a cell runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Host {
    #[default]
    Jupyter,
    VsCode,
    Colab,
}

/// A Python version such as 3.11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PythonVersion {
    pub major: u32,
    pub minor: u32,
}

/// What is known of the place where the cells run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Environment {
    pub host: Host,
    /// `None` when the notebook does not say, or says something that cannot be.
    pub python: Option<PythonVersion>,
    /// The cells stand in a `.py` file, which may also be run as a script.
    pub is_script: bool,
}

impl PythonVersion {
    /// Reads `3.11.7` or `3.11`. Versions below 3 count as unknown: notebooks carry stale
    /// `2.7.6` entries beside a `python3` kernelspec.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        (major >= 3).then_some(Self { major, minor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_python_2_version_is_no_version() {
        assert_eq!(PythonVersion::parse("2.7.6"), None);
        assert_eq!(PythonVersion::parse("3.11.7"), Some(PythonVersion { major: 3, minor: 11 }));
    }
}
