//! From an outcome to the exit code, one table for the whole program.

use std::{fmt, process::ExitCode};

use argocd_gate::escape::escaped_lines;

/// How the program ended, when not well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The component ended with a failure, or the tool called answered with an error.
    Component(String),
    /// An argument names something that does not exist.
    Usage(String),
    /// The policy denies what `check` asked about; the text was printed already.
    Denied,
    /// The component is refused at load.
    Refused(String),
    /// The component is refused at load for imports that our world does not have.
    Imports {
        /// SHA-256 of the component.
        sha256: String,
        /// Every foreign import.
        names: Vec<String>,
    },
    /// Configuration or secrets: every problem, one a line.
    Configuration(Vec<String>),
    /// The audit file cannot be written.
    Audit(String),
    /// A time limit of the host passed.
    TimeLimit(String),
    /// The component trapped.
    Trap(String),
}

impl Failure {
    /// The process' exit code.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.number())
    }

    /// The exit code as a number, for the audit.
    pub(crate) fn number(&self) -> u8 {
        match self {
            Failure::Component(_) => 1,
            Failure::Usage(_) => 2,
            Failure::Denied => 3,
            Failure::Refused(_) | Failure::Imports { .. } => 4,
            Failure::Configuration(_) => 5,
            Failure::Audit(_) => 6,
            Failure::TimeLimit(_) => 124,
            Failure::Trap(_) => 134,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Component(text) | Failure::Usage(text) | Failure::TimeLimit(text) => {
                f.write_str(text)
            }
            Failure::Denied => Ok(()),
            Failure::Refused(text) => write!(f, "component refused: {text}"),
            Failure::Imports { names, .. } => {
                write!(
                    f,
                    "component refused: it has imports that are not allowed: {}",
                    names.join(", ")
                )
            }
            Failure::Audit(text) => write!(f, "audit log: {text}"),
            Failure::Trap(text) => write!(f, "component trapped: {}", escaped_lines(text)),
            Failure::Configuration(problems) => {
                f.write_str("configuration errors:")?;
                problems
                    .iter()
                    .try_for_each(|problem| write!(f, "\n  - {problem}"))
            }
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Component(error.to_string())
    }
}
