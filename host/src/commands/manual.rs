//! `completions` and `man`: what the command line says of itself.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_mangen::Man;

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
    // Without the digest, which no footer has room for.
    let command = Cli::command().version(env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    commands(&command, &mut page)?;
    epilogue(&command, &mut page)?;
    print(&String::from_utf8_lossy(&page))
}

/// The commands on this page: they have no pages of their own.
fn commands(command: &clap::Command, page: &mut impl Write) -> io::Result<()> {
    writeln!(page, ".SH COMMANDS")?;
    for command in command.get_subcommands() {
        let about = command.get_about().map(ToString::to_string);
        let name = command.get_name();
        writeln!(page, ".TP\n\\fB{name}\\fR\n{}", about.unwrap_or_default())?;
    }
    writeln!(
        page,
        ".PP\nRun \\fBargocd\\-host COMMAND \\-\\-help\\fR for the arguments and examples of a command."
    )
}

/// What stands below the help, with its lines as they are.
fn epilogue(command: &clap::Command, page: &mut impl Write) -> io::Result<()> {
    let text = command.get_after_help().map(ToString::to_string);
    writeln!(page, ".SH NOTES\n.nf")?;
    for line in text.unwrap_or_default().lines() {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        // A line that begins with a dot or an apostrophe would be a request.
        writeln!(page, "\\&{line}")?;
    }
    writeln!(page, ".fi")
}
