//! `explain`, `completions`, `man`: what the program is and may do, printed.

use std::fmt::Write;

use clap::CommandFactory;

use crate::{
    call::print,
    cli::{Cli, Explain},
    component::{self, Source},
    exit::Failure,
    limits,
    plan::{self, Purpose},
    policy::ROUTES,
    runtime::imports,
};

/// Prints digest, imports, routes, limits and settings. Settings that are missing are said, not fatal.
pub(crate) fn explain(args: &Explain) -> Result<(), Failure> {
    let loaded = component::load(args.component.as_deref())?;
    let mut out = String::new();
    let source = match &loaded.source {
        Source::Embedded => "embedded in this binary".to_owned(),
        Source::File(path) => path.display().to_string(),
    };
    // Writing to a String cannot fail; the results are dropped.
    let _ = writeln!(out, "component  {source}\n  sha256 {}", loaded.sha256);
    let _ = writeln!(
        out,
        "\nimports    linked; a component with any other is refused"
    );
    for name in imports::expected() {
        let _ = writeln!(out, "  {name}");
    }
    let _ = writeln!(
        out,
        "\nroutes     GET only, below the server's path prefix; anything else is denied"
    );
    for route in ROUTES {
        let keys: Vec<String> = route.keys.iter().map(|key| key.0.to_owned()).collect();
        let _ = writeln!(
            out,
            "  {}\n    query: {}\n    for:   {}",
            route.template,
            dash(&keys),
            route.owners.join(", ")
        );
    }
    let _ = writeln!(out, "\nlimits");
    for (what, value) in limits::table() {
        let _ = writeln!(out, "  {what:<36} {value}");
    }
    let _ = writeln!(out, "\nsettings   flags win over the environment");
    match settings(args) {
        Ok(settings) => {
            for setting in settings {
                let _ = writeln!(
                    out,
                    "  {:<12} {}  ({})",
                    setting.name, setting.value, setting.source
                );
            }
        }
        Err(Failure::Configuration(problems)) => {
            for problem in problems {
                let _ = writeln!(out, "  missing: {problem}");
            }
        }
        Err(other) => return Err(other),
    }
    print(&out)
}

fn settings(args: &Explain) -> Result<Vec<plan::Setting>, Failure> {
    #[cfg(feature = "demo")]
    if args.connection.demo {
        return Ok(crate::demo::start()?.plan(&args.connection)?.settings);
    }
    Ok(plan::plan(&args.connection, &plan::process_environment, Purpose::Look)?.settings)
}

fn dash(keys: &[String]) -> String {
    if keys.is_empty() {
        "-".into()
    } else {
        keys.join(", ")
    }
}

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
