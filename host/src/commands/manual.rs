//! `completions` and `man`: what the command line says of itself.

use clap::CommandFactory;

use crate::{cli::Cli, exit::Failure, output::print};

/// Prints a completion script.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "argocd-host", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// Prints the manual page.
pub(crate) fn man() -> Result<(), Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    print(&String::from_utf8_lossy(&page))
}
