//! The frames that Argo CD, its repo-server, its engine and gRPC put around a reason.

use super::parts::{
    Component::{self, *},
    Stage::{self, *},
};

/// What the frames of a message say.
pub(super) struct Place<'a> {
    pub(super) stage: Option<Stage>,
    pub(super) component: Option<Component>,
    pub(super) subject: &'a str,
    pub(super) is_cached: bool,
    pub(super) reason: String,
}

/// One frame: what it starts with and ends with. What stands between is its subject.
struct Frame(&'static str, &'static str, Option<Stage>, Option<Component>);

/// Maximum bytes of a frame's subject: what is longer is no frame. Helm's command lines are long.
const SUBJECT_BYTES: usize = 4_096;

/// Maximum frames taken off; real chains have about ten.
const FRAMES_MAX: usize = 24;

/// What begins an error that the repo-server keeps.
const CACHED: &str = "Manifest generation error (cached): ";

/// Frames without an end are plain prefixes. Read in Argo CD 2.8 to 3.5 and in its engine.
const FRAMES: &[Frame] = &[
    Frame("ComparisonError: ", "", None, None),
    Frame("InvalidSpecError: ", "", Some(Spec), None),
    Frame("Failed to load target state: ", "", Some(Target), None),
    Frame("Failed to load live state: ", "", Some(Live), Some(Cluster)),
    Frame(
        "Failed to compare desired state to live state: ",
        "",
        Some(Compare),
        None,
    ),
    Frame(
        "Failed to normalize target state: ",
        "",
        Some(Compare),
        None,
    ),
    Frame("error setting app health: ", "", Some(Health), None),
    Frame("Failed last sync attempt to ", ": ", Some(Sync), None),
    Frame("Failed sync attempt to ", ": ", Some(Sync), None),
    Frame(
        "one or more objects failed to apply, reason: ",
        "",
        Some(Sync),
        None,
    ),
    Frame(
        "one or more synchronization tasks completed unsuccessfully, reason: ",
        "",
        Some(Sync),
        None,
    ),
    Frame(
        "one or more synchronization tasks are not valid: ",
        "",
        Some(Sync),
        None,
    ),
    Frame(
        "the namespace failed to apply, reason: ",
        "",
        Some(Sync),
        None,
    ),
    Frame("Failed to get destination cluster: ", "", Some(Sync), None),
    Frame(
        "application destination spec for ",
        " is invalid: ",
        Some(Spec),
        None,
    ),
    Frame("application spec for ", " is invalid: ", Some(Spec), None),
    Frame("unable to find destination server: ", "", Some(Spec), None),
    Frame(
        "failed to generate manifest for source ",
        ": ",
        Some(Target),
        None,
    ),
    Frame("failed to get repo objects: ", "", Some(Target), None),
    Frame(
        "failed to get cluster version for cluster \"",
        "\": ",
        None,
        Some(Cluster),
    ),
    Frame(
        "failed to get cluster info for \"",
        "\": ",
        None,
        Some(Cluster),
    ),
    Frame(
        "error synchronizing cache state : ",
        "",
        None,
        Some(Cluster),
    ),
    Frame("failed to sync cluster ", ": ", None, Some(Cluster)),
    Frame("failed to get server version: ", "", None, Some(Cluster)),
    Frame(
        "failed to load initial state of resource ",
        ": ",
        None,
        Some(Cluster),
    ),
    Frame("failed to list resources: ", "", None, Some(Cluster)),
    Frame(
        "conversion webhook for ",
        " failed: ",
        Some(Convert),
        Some(ConversionWebhook),
    ),
    Frame("failed to get api resources: ", "", None, Some(Cluster)),
    Frame("rpc error: code = ", " desc = ", None, None),
    Frame(
        "all SubConns are in TransientFailure, latest connection error: ",
        "",
        None,
        None,
    ),
    Frame("connection error: desc = \"", "", None, None),
    Frame("transport: Error while dialing: ", "", None, None),
    Frame("transport: Error while dialing ", "", None, None),
    Frame("transport: ", "", None, None),
    Frame(CACHED, "", None, None),
    Frame("plugin sidecar failed. ", "", None, Some(Plugin)),
    Frame(
        "CMP processing failed for application \"",
        "\": ",
        None,
        Some(Plugin),
    ),
    Frame(
        "error generating manifests in cmp: ",
        "",
        None,
        Some(Plugin),
    ),
    Frame("error generating manifests: ", "", None, None),
    Frame(
        "failed to initialize repository resources: ",
        "",
        None,
        Some(GitHost),
    ),
    Frame("failed to initialize git client: ", "", None, Some(GitHost)),
    Frame("failed to checkout revision ", ": ", None, Some(GitHost)),
    Frame("failed to fetch default: ", "", None, Some(GitHost)),
    Frame("failed to fetch chart: ", "", None, None),
    Frame("failed to fetch ", ": ", None, Some(GitHost)),
    Frame("failed to list refs: ", "", None, Some(GitHost)),
    Frame("unable to ls-remote ", ": ", None, Some(GitHost)),
    Frame("error testing repository connectivity: ", "", None, None),
    Frame("error creating SSH agent: ", "", None, Some(GitHost)),
    Frame("error fetching chart: ", "", None, None),
    Frame("error resolving repo revision: ", "", None, None),
    Frame("failed to get command args to log: ", "", None, None),
    Frame(
        "failed to execute helm template command: ",
        "",
        None,
        Some(Source),
    ),
    Frame("failed to get index: ", "", None, Some(ChartRepository)),
    Frame(
        "failed to get helm charts from index: ",
        "",
        None,
        Some(ChartRepository),
    ),
    Frame("unable to get tags: ", "", None, Some(Registry)),
    Frame("failed to get tags: ", "", None, Some(Registry)),
    Frame("error resolving tags: ", "", None, Some(Registry)),
    Frame("failed to resolve revision ", ": ", None, None),
    Frame("failed to calculate diff: ", "", Some(Compare), None),
    Frame(
        "error calculating server side diff: ",
        "",
        Some(Compare),
        None,
    ),
    Frame("serverSideDiff error: ", "", Some(Compare), None),
    Frame(
        "error running server side apply in dryrun mode for resource ",
        ": ",
        Some(Compare),
        None,
    ),
    Frame(
        "error calculating structured merge diff: ",
        "",
        Some(Compare),
        None,
    ),
    Frame(
        "failed to perform pre-diff normalization: ",
        "",
        Some(Compare),
        None,
    ),
    Frame("error building typed results: ", "", None, None),
    Frame("failed to hydrate apps: ", "", Some(Hydrate), None),
    Frame("error getting manifests: ", "", None, None),
    Frame(
        "failed to get manifests for app \"",
        "\": ",
        Some(Hydrate),
        None,
    ),
    Frame(
        "failed to commit hydrated manifests: ",
        "",
        Some(Hydrate),
        None,
    ),
    Frame("failed to handle commit request: ", "", Some(Hydrate), None),
    Frame(
        "failed to add commit note: ",
        "",
        Some(Hydrate),
        Some(GitHost),
    ),
    Frame("failed to push: ", "", None, Some(GitHost)),
    Frame("failed to clone repo: ", "", None, Some(GitHost)),
];

/// How a failed command ends, before what it printed.
const EXITS: &str = "` failed exit status ";

/// Takes the frames off `message`.
pub(super) fn strip(message: &str, stage: Option<Stage>) -> Place<'_> {
    let mut place = Place {
        stage,
        component: None,
        subject: "",
        is_cached: false,
        reason: String::new(),
    };
    let mut rest = message.trim();
    for _ in 0..FRAMES_MAX {
        let Some(inner) = place.frame(rest).or_else(|| place.command(rest)) else {
            break;
        };
        rest = inner.trim_start();
    }
    place.reason = without_end(rest).to_owned();
    // A reason that is nothing but frames is kept whole.
    if place.reason.is_empty() {
        place.reason = message.trim().to_owned();
    }
    place
}

impl<'a> Place<'a> {
    /// Takes one frame off `text`.
    fn frame(&mut self, text: &'a str) -> Option<&'a str> {
        let starts = |frame: &&Frame| {
            let head = text.as_bytes().get(..frame.0.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(frame.0.as_bytes()))
        };
        let frame = FRAMES.iter().find(starts)?;
        let after = &text[frame.0.len()..];
        let inner = if frame.1.is_empty() {
            after
        } else {
            let (subject, inner) = after.split_once(frame.1)?;
            if subject.len() > SUBJECT_BYTES || subject.contains('\n') {
                return None;
            }
            if !frame.0.starts_with("rpc error") {
                self.subject = subject;
            }
            inner
        };
        self.is_cached |= frame.0 == CACHED;
        // The outer stage is what Argo CD was doing; only a conversion says more.
        if frame.2.is_some() && (self.stage.is_none() || matches!(frame.2, Some(Convert))) {
            self.stage = frame.2;
        }
        self.component = frame.3.or(self.component);
        Some(inner)
    }

    /// Takes off `` `git fetch …` failed exit status 128: ``; a command that printed nothing is kept.
    fn command(&mut self, text: &'a str) -> Option<&'a str> {
        let command = text.strip_prefix('`')?;
        let (command, printed) = command.split_once(EXITS)?;
        if command.len() > SUBJECT_BYTES {
            return None;
        }
        let (code, printed) = printed.split_once(": ")?;
        if !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.component = match command.split(' ').next().unwrap_or_default() {
            "git" => Some(GitHost),
            "helm" if command.contains(" template") => Some(Source),
            "kustomize" => Some(Source),
            _ => self.component,
        };
        self.subject = command;
        Some(printed)
    }
}

/// Without what stands behind a reason: the count of retries, and the quotation mark of a frame.
fn without_end(reason: &str) -> &str {
    let mut reason = reason.trim_end();
    if let Some((before, count)) = reason.rsplit_once(" (retried ")
        && (count.ends_with(" times).") || count.ends_with(" time)."))
    {
        reason = before;
    }
    match reason.strip_suffix('"') {
        Some(inner) if inner.matches('"').count() % 2 == 0 => inner,
        _ => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_go_and_the_reason_stays_whole() {
        let target = "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = ";
        for (message, stage, component, subject, reason) in [
            (
                format!("{target}failed to initialize repository resources: rpc error: code = Internal desc = Failed to fetch default: `git fetch origin --tags --force --prune` failed exit status 128: Host key verification failed."),
                Some(Target), Some(GitHost), "git fetch origin --tags --force --prune", "Host key verification failed.",
            ),
            (
                "Failed to load target state: failed to get cluster version for cluster \"https://a\": failed to get cluster info for \"https://a\": error synchronizing cache state : failed to get server version: Unauthorized".to_owned(),
                Some(Target), Some(Cluster), "https://a", "Unauthorized",
            ),
            (
                "Failed to load live state: failed to get cluster info for \"https://a\": error synchronizing cache state : failed to load initial state of resource Cart.shop.example.io: conversion webhook for shop.example.io/v1, Kind=Cart failed: Post \"https://x.y.svc:443/convert\": EOF".to_owned(),
                Some(Convert), Some(ConversionWebhook), "shop.example.io/v1, Kind=Cart", "Post \"https://x.y.svc:443/convert\": EOF",
            ),
            (
                format!("{target}Manifest generation error (cached): `helm dependency build` failed signal: killed"),
                Some(Target), None, "1 of 1", "`helm dependency build` failed signal: killed",
            ),
            (
                "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 10.0.0.1:8081: i/o timeout\"".to_owned(),
                Some(Target), None, "1 of 1", "dial tcp 10.0.0.1:8081: i/o timeout",
            ),
            (
                "Failed last sync attempt to [1111111]: one or more objects failed to apply, reason: x \"y\" already exists (retried 5 times).".to_owned(),
                Some(Sync), None, "[1111111]", "x \"y\" already exists",
            ),
            ("deploy: app path does not exist".to_owned(), None, None, "", "deploy: app path does not exist"),
            ("rpc error: code = Unknown desc = ".to_owned(), None, None, "", "rpc error: code = Unknown desc ="),
        ] {
            let place = strip(&message, None);
            assert_eq!((place.stage, place.component), (stage, component), "{message}");
            assert_eq!((place.subject, &*place.reason), (subject, reason), "{message}");
        }
    }

    #[test]
    fn a_frame_that_never_ends_is_none() {
        let endless = format!("conversion webhook for {}", "x".repeat(2 * SUBJECT_BYTES));
        assert_eq!(strip(&endless, None).reason, endless);
        let many = "rpc error: code = Unknown desc = ".repeat(2 * FRAMES_MAX);
        assert!(strip(&many, None).reason.len() > 100);
    }
}
