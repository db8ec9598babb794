//! `policy`: the schema of a policy file, and what is wrong with one.

use std::path::Path;

use argocd_gate::policy_file;

use crate::{cli::PolicyCommand, exit::Failure, output::print};

/// Prints the schema, or checks a file.
pub(crate) fn policy(command: &PolicyCommand) -> Result<(), Failure> {
    match command {
        PolicyCommand::Schema => print(policy_file::SCHEMA),
        PolicyCommand::Validate { file } => validate(file),
    }
}

/// Checks a policy file; every problem at once.
fn validate(path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    match policy_file::read(path) {
        Ok(Some(_)) => print(&format!("{shown}: valid\n")),
        Ok(None) => Err(Failure::Configuration(vec![format!(
            "{shown} does not exist"
        )])),
        Err(problems) => Err(Failure::Configuration(
            problems
                .into_iter()
                .map(|problem| format!("{shown}: {problem}"))
                .collect(),
        )),
    }
}
