//! What was typed, and nothing more: no I/O, no environment. `plan` says what it means.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Let AI agents read one Argo CD and change nothing. Runs argocd.wasm in a sandbox from which only
/// listed GET requests to that server leave.
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

/// No line of an epilogue is longer, in columns: clap wraps a longer one without its indent.
#[cfg(test)]
const EPILOGUE_COLUMNS: usize = 80;

const EXAMPLES: &str = "\
Examples:
  # See it work: no cluster, no credentials
  argocd-host demo

  # Ask from the shell
  export ARGOCD_SERVER=argocd.example.com ARGOCD_AUTH_TOKEN=...
  argocd-host call list_applications
  argocd-host call diagnose_application name=web
  argocd-host tools

  # Use the argocd CLI's login, or a password manager
  argocd-host call list_applications --argocd-context
  argocd-host run --token-command 'op read op://team/argocd/token'

  # Serve an MCP client on stdin and stdout
  argocd-host run

  # See what the component can reach, and let a hostile one try to escape
  argocd-host explain
  argocd-host selftest

  # See what it asked for
  argocd-host audit summarize audit.jsonl

Environment:
  ARGOCD_SERVER        Host, host:port or URL of Argo CD, with its path prefix
                       (alias: ARGOCD_BASE_URL)
  ARGOCD_AUTH_TOKEN    API token (alias: ARGOCD_API_TOKEN)
  ARGOCD_USERNAME, ARGOCD_PASSWORD
                       User and password, used when there is no token
  ARGOCD_INSECURE      1: accept any TLS certificate
  ARGOCD_MCP_TOOLSETS  Tool sets to list: default, all, applications, resources,
                       changes, rollout, platform, applicationsets
  ARGOCD_MCP_TOOLS     Only these tools of the sets, separated by commas
  ARGOCD_MCP_OUTPUT    text (default), or structured: answers as JSON too

Exit codes:
  0    Success
  1    The component or the tool failed, or selftest found a hole
  2    Wrong usage
  3    check: the policy denies the request
  4    The component is refused
  5    A setting, secret or policy file is missing or wrong
  6    The audit log cannot be written; audit summarize: it is not whole
  124  A time limit passed
  134  The component trapped; run: for the fourth time in a minute";

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve MCP on stdin and stdout
    #[command(after_help = "\
Examples:
  # Serve the embedded component, with the settings of the environment
  argocd-host run

  # Serve the built-in demo Argo CD
  argocd-host run --demo

  # Record each request before it is sent
  argocd-host run --audit-log audit.jsonl

  # Run another component; it is refused if it imports more than it may
  argocd-host run ./argocd.wasm")]
    Run(Run),
    /// Call one tool and print its answer
    #[command(after_help = "\
Examples:
  argocd-host call list_applications project=payments
  argocd-host call get_application name=web
  argocd-host call get_application_logs name=web pod=web-7d9f tail_lines=50
  argocd-host call --demo get_application_managed_resources name=orders-api")]
    Call(Call),
    /// Write what the tools read of one application as a folder that replays alone
    #[command(after_help = "\
Examples:
  # Record an incident whose diagnosis was wrong, to report it
  argocd-host record web -o web-incident

  # Ask the recording; nothing is sent
  argocd-host call diagnose_application name=name-01 --replay web-incident

  # Keep the names, for a recording that stays in the house
  argocd-host record team-a/web -o web-incident --keep-names

Secrets are hidden in any case. Names, hosts, commits and people are replaced by
others, the same in all files. The replacements are printed, and are in no file.
Words that stay: those of Kubernetes and Argo CD, API groups, base names of
images, public hosts.")]
    Record(Record),
    /// List the tools and their parameters (needs no server)
    #[command(after_help = "\
Examples:
  # List all tools
  argocd-host tools

  # Describe the parameters of one tool
  argocd-host tools diagnose_application

  # Print what an MCP client is shown
  argocd-host tools --set default --json")]
    Tools(Tools),
    /// See it work on a built-in demo Argo CD (needs no cluster, no credentials)
    #[cfg(feature = "demo")]
    Demo,
    /// Let a hostile component try to escape from this binary
    #[cfg(feature = "demo")]
    #[command(after_help = "\
Examples:
  # Try on this machine, with this binary; takes a few seconds, needs no cluster
  argocd-host selftest

  # Print each attempt, with the guard that must refuse it
  argocd-host selftest --format json

The last line is `N of N denied, N audit lines`.
If something gets through, it is named with the guard that did not hold.
Exit codes: 0 nothing got out, 1 something did")]
    Selftest(Selftest),
    /// Say whether the policy would allow a request (sends nothing, needs no credentials)
    #[command(after_help = "\
Examples:
  export ARGOCD_SERVER=argocd.example.com
  argocd-host check GET /api/v1/applications
  argocd-host check GET '/api/v1/applications/web?refresh=hard'
  argocd-host check GET /api/v1/clusters --tool list_applications
  argocd-host check POST https://argocd.example.com/api/v1/applications/web/sync

Exit codes: 0 allowed, 3 denied")]
    Check(Check),
    /// Print the component's digest, imports, routes, limits and settings
    #[command(after_help = "\
Examples:
  argocd-host explain
  argocd-host explain --policy policy.toml --server argocd.example.com
  argocd-host explain --demo --format json

Each setting is printed with its source. Secrets are not printed.
Exit codes: 0, or 5 when a setting is wrong: each problem is named, and what can
be shown is shown")]
    Explain(Explain),
    /// Work with policy files
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Work with audit logs
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Write the embedded component to a file
    Component {
        /// File to write; `-` is stdout
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Print a completion script
    Completions {
        /// Shell to complete for
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
    /// Check a policy file and name every problem
    #[command(after_help = "Exit codes: 0 valid, 5 not valid, or it cannot be read")]
    Validate {
        /// Policy file
        file: PathBuf,
    },
}

/// What to do about audit logs.
#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Say what an audit log holds, and whether lines are missing
    #[command(after_help = "\
Examples:
  argocd-host audit summarize audit.jsonl
  zcat audit.jsonl.gz | argocd-host audit summarize -
  argocd-host audit summarize audit.jsonl --format json | jq .denials

A log is whole when each line can be read, no number is missing or repeated,
each allowed request has its outcome, and each run has its last line.
A run that is still running has none yet. A run that was killed has none either,
and so has one whose end was cut off: they cannot be told apart.
A run whose lines were all removed cannot be noticed.

Exit codes: 0 whole, 5 the log cannot be read, 6 not whole, or empty")]
    Summarize {
        /// Audit log; `-` is stdin
        file: PathBuf,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Print the JSON schema of the lines of an audit log
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
    /// Component to run instead of the embedded one
    #[arg(value_name = "COMPONENT")]
    pub(crate) component: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pin: Pin,
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// Answer from a folder of recorded answers, which `record` writes, and send nothing
    #[arg(long, value_name = "DIR", help_heading = "Options", conflicts_with_all = REACHING)]
    #[cfg_attr(feature = "demo", arg(conflicts_with = "demo"))]
    pub(crate) replay: Option<PathBuf>,
    /// Print resource figures at the end, as one JSON line on stderr
    #[arg(long, help_heading = "Options")]
    pub(crate) stats: bool,
}

/// Which component is the right one.
#[derive(Args)]
pub(crate) struct Pin {
    /// Refuse a component with another SHA-256, before it is compiled
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
    /// Tool to call
    pub(crate) tool: String,
    /// Arguments of the tool
    #[arg(value_name = "KEY=VALUE", value_parser = key_value)]
    pub(crate) arguments: Vec<(String, String)>,
    /// Answer from a folder of recorded answers, which `record` writes, and send nothing
    #[arg(long, value_name = "DIR", conflicts_with_all = REACHING)]
    #[cfg_attr(feature = "demo", arg(conflicts_with = "demo"))]
    pub(crate) replay: Option<PathBuf>,
    /// Print the whole result as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Component to run instead of the embedded one
    #[arg(long, value_name = "FILE")]
    pub(crate) component: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pin: Pin,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// Arguments of `record`.
#[derive(Args)]
pub(crate) struct Record {
    /// Application, or namespace/application
    pub(crate) application: String,
    /// Folder to make; it must be new or empty
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Keep names, hosts, commits and people as they are
    #[arg(long)]
    pub(crate) keep_names: bool,
    /// Component to run instead of the embedded one
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
    /// Describe only this tool, with its parameters in full
    pub(crate) tool: Option<String>,
    /// Tool sets to list, separated by commas, as in ARGOCD_MCP_TOOLSETS [default: all]
    #[arg(long, value_name = "SETS")]
    pub(crate) set: Option<String>,
    /// Print the entries as JSON, as MCP clients get them
    #[arg(long)]
    pub(crate) json: bool,
    /// Component to ask instead of the embedded one
    #[arg(long, value_name = "FILE")]
    pub(crate) component: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pin: Pin,
}

/// Arguments of `selftest`.
#[cfg(feature = "demo")]
#[derive(Args)]
pub(crate) struct Selftest {
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Arguments of `check`.
#[derive(Args)]
pub(crate) struct Check {
    /// Method of the request
    pub(crate) method: String,
    /// URL of the request, or its path and query on the configured server
    pub(crate) url: String,
    /// Judge as if only this tool were being called [default: any tool]
    #[arg(long)]
    pub(crate) tool: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// Arguments of `explain`.
#[derive(Args)]
pub(crate) struct Explain {
    /// Component to look at instead of the embedded one
    #[arg(value_name = "COMPONENT")]
    pub(crate) component: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pin: Pin,
    /// Output format
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
    /// Allow http:// to a server on another machine
    #[arg(long)]
    pub(crate) plaintext: bool,
    /// Trust these certificate authorities (PEM) instead of the system's [env: ARGOCD_CA_FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Trust the system's authorities too, in addition to those of --ca-file or of the context
    #[arg(long)]
    pub(crate) ca_add: bool,
    /// Client certificate (PEM), for a server that asks for one
    #[arg(long, value_name = "FILE")]
    pub(crate) client_crt: Option<PathBuf>,
    /// Private key of the client certificate (PEM); refused if other users can read it
    #[arg(long, value_name = "FILE")]
    pub(crate) client_crt_key: Option<PathBuf>,
    /// Read the token from a file; refused if other users can read it, read again when it changes
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Read the token from the output of a program, run once at the start, without a shell
    #[arg(long, value_name = "ARGV")]
    pub(crate) token_command: Option<String>,
    /// Use a context of the argocd CLI; without a name, the current one
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true)]
    pub(crate) argocd_context: Option<Option<String>>,
    /// Add a header for an access proxy; it is sealed like the token. Other users can see arguments:
    /// prefer --header-file
    #[arg(long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,
    /// Add the headers in a file, one a line; refused if other users can read it
    #[arg(long, value_name = "FILE")]
    pub(crate) header_file: Option<PathBuf>,
    /// Reach the server only at addresses in this network (repeatable). Also opens tunnels, and
    /// link-local and metadata addresses, for a server given as an address
    #[arg(long, value_name = "CIDR")]
    pub(crate) allow_cidr: Vec<ipnet::IpNet>,
    /// Use the proxy in HTTPS_PROXY, unless NO_PROXY names the server
    #[arg(long)]
    pub(crate) proxy_from_env: bool,
    /// Narrow what is allowed by a policy file (TOML), below the ceiling of
    /// /etc/argocd-host/policy.toml [env: ARGOCD_HOST_POLICY]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Append every decision and outcome to a file; a request without its line is not sent
    #[arg(long, value_name = "FILE|fd:N")]
    pub(crate) audit_log: Option<String>,
    /// Use the built-in demo Argo CD instead of a server
    #[cfg(feature = "demo")]
    #[arg(long, conflicts_with_all = REACHING)]
    pub(crate) demo: bool,
}

/// Flags that say how to reach a server, which neither the demo nor a recording has.
const REACHING: [&str; 14] = [
    "server",
    "insecure",
    "plaintext",
    "ca_file",
    "allow_cidr",
    "token_file",
    "token_command",
    "argocd_context",
    "client_crt",
    "client_crt_key",
    "ca_add",
    "proxy_from_env",
    "header",
    "header_file",
];

fn hex_sha256(text: &str) -> Result<String, String> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_owned())
    } else {
        Err("a SHA-256 has 64 hexadecimal digits".to_owned())
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
    fn no_line_of_an_epilogue_is_wrapped() {
        fn epilogues(command: &clap::Command) -> Vec<String> {
            let own = command.get_after_help().map(ToString::to_string);
            let below = command.get_subcommands().flat_map(epilogues);
            own.into_iter().chain(below).collect()
        }
        use clap::CommandFactory;
        let all = epilogues(&Cli::command());
        assert!(all.len() >= 8, "{}", all.len());
        for line in all.iter().flat_map(|text| text.lines()) {
            assert!(line.chars().count() <= EPILOGUE_COLUMNS, "{line}");
        }
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
