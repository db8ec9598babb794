//! What was typed, and nothing more: no I/O, no environment. `plan` says what it means.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Argo CD for AI agents: eyes, no hands. Runs argocd.wasm in a sandbox that can reach one Argo CD, by GET.
#[derive(Parser)]
#[command(name = "argocd-host", version = VERSION, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What `--version` says.
const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (component sha256:",
    env!("ARGOCD_COMPONENT_SHA256"),
    ")"
);

const EXAMPLES: &str = "\
Examples:
  argocd-host demo                                     see it work: no cluster, no credentials
  export ARGOCD_SERVER=argocd.example.com ARGOCD_AUTH_TOKEN=...
  argocd-host call list_applications                   ask from the shell
  argocd-host call diagnose_application name=web       why is it broken?
  argocd-host tools                                    what can be asked
  argocd-host run                                      serve an MCP client on stdin and stdout
  argocd-host run --token-command 'op read op://team/argocd/token' --server argocd.example.com
  argocd-host call list_applications --argocd-context  with the argocd CLI's login
  argocd-host check POST https://argocd.example.com/api/v1/applications/web/sync
  argocd-host explain                                  what the component can reach, and why
  argocd-host selftest                                 let a hostile component try to escape
  argocd-host audit summarize audit.jsonl              what it asked for, from the log of --audit-log

Environment:
  ARGOCD_SERVER       host, host:port or URL of Argo CD, path prefix included (alias ARGOCD_BASE_URL)
  ARGOCD_AUTH_TOKEN   API token (alias ARGOCD_API_TOKEN), or
  ARGOCD_USERNAME and ARGOCD_PASSWORD
  ARGOCD_INSECURE=1   accept any TLS certificate
  ARGOCD_MCP_TOOLSETS default, all, or families: applications, resources, changes, rollout, platform, applicationsets
  ARGOCD_MCP_TOOLS    of those only the tools named, separated by commas
  ARGOCD_MCP_OUTPUT   text (default) or structured: answers as JSON records besides

Exit codes: 0 ok, 1 component, tool or selftest failed, 2 usage, 3 policy denies (check), 4 component refused,
  5 configuration or secret, 6 audit log (not written, or not whole), 124 time limit, 134 component trapped (run: four times in a minute)";

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve MCP on stdin and stdout
    #[command(after_help = "\
Examples:
  argocd-host run                          the embedded component, settings from the environment
  argocd-host run ./argocd.wasm            another component, refused if it imports more than it may
  argocd-host run --demo                   against a built-in demo Argo CD
  argocd-host run --audit-log audit.jsonl  every request of the component, decided before it is sent")]
    Run(Run),
    /// Call one tool and print its answer
    #[command(after_help = "\
Examples:
  argocd-host call list_applications project=payments
  argocd-host call get_application name=web
  argocd-host call get_application_logs name=web pod=web-7d9f tail_lines=50
  argocd-host call --demo get_application_managed_resources name=orders-api")]
    Call(Call),
    /// List the tools and their parameters; needs no server
    #[command(after_help = "\
Examples:
  argocd-host tools
  argocd-host tools diagnose_application   its parameters in full
  argocd-host tools --set default --json   what an MCP client is shown")]
    Tools(Tools),
    /// Show the main job on a built-in demo Argo CD: no cluster, no credentials
    #[cfg(feature = "demo")]
    Demo,
    /// Let a hostile component try to escape from this binary. Exit 0: nothing got out, 1: something did
    #[cfg(feature = "demo")]
    #[command(after_help = "\
Examples:
  argocd-host selftest                 on this machine, with this binary; needs no cluster, a few seconds
  argocd-host selftest --format json   each attempt, with the guard that must refuse it

It ends with `N of N denied, N audit lines`. Otherwise it names what got through and the guard that did not hold.")]
    Selftest(Selftest),
    /// Would a request of the component be let through? Exit 0: yes, 3: no
    #[command(after_help = "\
Examples:
  argocd-host check GET https://argocd.example.com/api/v1/applications
  argocd-host check GET '/api/v1/applications/web?refresh=hard'
  argocd-host check GET /api/v1/clusters --tool list_applications")]
    Check(Check),
    /// Print component digest, imports, routes, limits and where each setting came from
    Explain(Explain),
    /// Work with policy files
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Work with what --audit-log wrote
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Write the embedded component to a file
    Component {
        /// The file to write; `-` is stdout
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Print a completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// What to do about policy files.
#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Print the JSON schema of a policy file
    #[command(after_help = "\
A policy file only narrows:
  version = 1
  servers = [\"https://argocd.example.com\"]
  tools = [\"list_applications\", \"diagnose_application\"]
  deny_side_effects = true
  require_audit_log = true
  [limits]
  requests_per_minute = 120")]
    Schema,
    /// Check a policy file; exit 0 or 5, with every problem
    Validate {
        /// The file
        file: PathBuf,
    },
}

/// What to do about audit logs.
#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Say what an audit log holds and whether it is whole; exit 0, or 6 when it is not
    #[command(after_help = "\
Examples:
  argocd-host audit summarize audit.jsonl
  zcat audit.jsonl.gz | argocd-host audit summarize -
  argocd-host audit summarize audit.jsonl --format json | jq .denials

A log is whole when each line can be read, no number is missing or comes twice, and each
allowed request has its outcome. Several runs may stand in one file, one after the other.
Exit codes: 0 whole, 5 the file cannot be read, 6 not whole: the summary says where")]
    Summarize {
        /// The log; `-` is stdin
        file: PathBuf,
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Print the JSON schema of the lines
    #[command(after_help = "\
Example:
  argocd-host audit schema > audit.schema.json")]
    Schema,
}

/// Output of `explain`, `selftest` and `audit summarize`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For a person
    #[default]
    Text,
    /// For a program
    Json,
}

/// Arguments of `run`.
#[derive(Args)]
pub(crate) struct Run {
    /// The component to run instead of the embedded one
    #[arg(value_name = "COMPONENT")]
    pub(crate) component: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pin: Pin,
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// Print resource figures as one JSON line on stderr at the end
    #[arg(long)]
    pub(crate) stats: bool,
}

/// Which component is the right one.
#[derive(Args)]
pub(crate) struct Pin {
    /// Refuse any other component than the one with this SHA-256, before it is compiled
    #[arg(long, value_name = "HEX", value_parser = hex_sha256)]
    component_sha256: Option<String>,
}

impl Pin {
    /// The digest in hex, when one was given.
    pub(crate) fn get(&self) -> Option<&str> {
        self.component_sha256.as_deref()
    }
}

/// Arguments of `call`.
#[derive(Args)]
pub(crate) struct Call {
    /// The tool
    pub(crate) tool: String,
    /// Its arguments
    #[arg(value_name = "KEY=VALUE", value_parser = key_value)]
    pub(crate) arguments: Vec<(String, String)>,
    /// Print the whole result as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// The component to run instead of the embedded one
    #[arg(long, value_name = "FILE")]
    pub(crate) component: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pin: Pin,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// Arguments of `tools`.
#[derive(Args)]
pub(crate) struct Tools {
    /// Only this tool, its parameters in full
    pub(crate) tool: Option<String>,
    /// The tool sets to list, as in ARGOCD_MCP_TOOLSETS; all when left out
    #[arg(long, value_name = "SETS")]
    pub(crate) set: Option<String>,
    /// Print the entries as JSON, as MCP clients get them
    #[arg(long)]
    pub(crate) json: bool,
    /// The component to ask instead of the embedded one
    #[arg(long, value_name = "FILE")]
    pub(crate) component: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pin: Pin,
}

/// Arguments of `selftest`.
#[cfg(feature = "demo")]
#[derive(Args)]
pub(crate) struct Selftest {
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Arguments of `check`.
#[derive(Args)]
pub(crate) struct Check {
    /// The request's method
    pub(crate) method: String,
    /// The request's URL, or its path and query on the configured server
    pub(crate) url: String,
    /// Judge as if only this tool were being called
    #[arg(long)]
    pub(crate) tool: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// Arguments of `explain`.
#[derive(Args)]
pub(crate) struct Explain {
    /// The component to look at instead of the embedded one
    #[arg(value_name = "COMPONENT")]
    pub(crate) component: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pin: Pin,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// Which Argo CD, and how to reach it. The token comes from the environment, a file, a program or
/// the CLI's context: a flag would show it to every process on the machine.
#[derive(Args, Default)]
#[command(next_help_heading = "Connection (flags win over the environment)")]
pub(crate) struct Connection {
    /// Host, host:port or URL of Argo CD [env: ARGOCD_SERVER]
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Accept any TLS certificate [env: ARGOCD_INSECURE]
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Allow http:// to a server that is not on this machine
    #[arg(long)]
    pub(crate) plaintext: bool,
    /// Trust these certificate authorities (PEM) instead of the system's [env: ARGOCD_CA_FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Trust the system's authorities too, besides those of --ca-file or of the context
    #[arg(long)]
    pub(crate) ca_add: bool,
    /// The host's own certificate (PEM), for a server that asks for one
    #[arg(long, value_name = "FILE")]
    pub(crate) client_crt: Option<PathBuf>,
    /// Its private key (PEM); refused when others can read it
    #[arg(long, value_name = "FILE")]
    pub(crate) client_crt_key: Option<PathBuf>,
    /// Read the token from a file; refused when others can read it, read again when it changes
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Take the token from what a program prints: words, no shell; run once, at the start
    #[arg(long, value_name = "ARGV")]
    pub(crate) token_command: Option<String>,
    /// Use a context of the argocd CLI, the current one without a name
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true)]
    pub(crate) argocd_context: Option<Option<String>>,
    /// Add a header for an access proxy, sealed like the token; other users can see arguments, so
    /// prefer --header-file
    #[arg(long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,
    /// Add the headers of a file, one a line; refused when others can read it
    #[arg(long, value_name = "FILE")]
    pub(crate) header_file: Option<PathBuf>,
    /// Reach the server at addresses of these networks only; also opens tunnels, and link-local and
    /// metadata addresses for a server that is written as an address
    #[arg(long, value_name = "CIDR")]
    pub(crate) allow_cidr: Vec<ipnet::IpNet>,
    /// Go through the proxy of HTTPS_PROXY, unless NO_PROXY names the server
    #[arg(long)]
    pub(crate) proxy_from_env: bool,
    /// Narrow what is allowed by this policy file (TOML), below the ceiling of
    /// /etc/argocd-host/policy.toml [env: ARGOCD_HOST_POLICY]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Write every decision and outcome there; without the line there is no request
    #[arg(long, value_name = "FILE|fd:N")]
    pub(crate) audit_log: Option<String>,
    /// Use a built-in demo Argo CD instead of a server
    #[cfg(feature = "demo")]
    #[arg(long, conflicts_with_all = ["server", "insecure", "plaintext", "ca_file", "allow_cidr", "token_file", "token_command", "argocd_context", "client_crt", "header", "header_file"])]
    pub(crate) demo: bool,
}

fn hex_sha256(text: &str) -> Result<String, String> {
    match text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(text.to_owned()),
        false => Err("a SHA-256 has 64 hexadecimal digits".to_owned()),
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as key=value, for example name=web".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn arguments_are_pairs() {
        assert_eq!(
            key_value("selector=a=b"),
            Ok(("selector".into(), "a=b".into()))
        );
        assert!(key_value("name").is_err() && key_value("=x").is_err());
    }
}
