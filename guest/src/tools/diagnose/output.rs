//! What the log of a failing container adds to its cause.

use super::{
    evidence::{Evidence, NAMES_MAX},
    finding::Finding,
    lines,
    readings::Told,
};
use crate::{
    answer::{said, word},
    model::{log::Stream, pod, tree::Node as TreeNode},
};

/// The finding with the lines that matter of a log, below what they prove.
pub(super) fn logged(mut finding: Finding, evidence: &Evidence, node: &TreeNode) -> Finding {
    let Some(log) = &evidence.log else {
        return finding;
    };
    let place = node.fact("Node").map(|name| &**name);
    let lines = log.lines.iter().map(|line| line.content.as_str());
    if let Some(told) = Told::of(&node.name, lines, place) {
        finding.lead(told.remedy());
        finding = finding.because(&told);
    }
    add(&mut finding, log, evidence);
    finding
}

fn add(finding: &mut Finding, log: &Stream, evidence: &Evidence) {
    let what = if log.lines.is_empty() {
        "no log"
    } else {
        "the log could not be read completely"
    };
    for error in log.errors.iter().take(2) {
        finding.add(format!("{what}{}", said(error)));
    }
    if log.lines.is_empty() && log.errors.is_empty() {
        finding.add("the log is empty");
    }
    let code =
        pod::bad(evidence.pod()).and_then(|container| container.ended.or(container.last)?.code);
    if code == Some(2) && lines::has_go_panic(log) {
        finding
            .add("Exit code 2 is that of a Go program after a panic or fatal error, not a signal.");
    }
    let lines = lines::log(log);
    let about_variables = lines
        .iter()
        .any(|line| line.to_ascii_lowercase().contains("environment"));
    for line in lines {
        finding.add(line);
    }
    if about_variables && let Some(container) = pod::bad(evidence.pod()) {
        let variables = pod::spec(evidence.pod(), &container.name)
            .map(pod::variables)
            .unwrap_or_default();
        if !variables.is_empty() {
            let more = variables.len().saturating_sub(NAMES_MAX);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let names: Vec<String> = variables
                .iter()
                .take(NAMES_MAX)
                .map(|name| word(name))
                .collect();
            finding.add(format!(
                "env of container {}: {}{more}",
                word(&container.name),
                names.join(", ")
            ));
        }
    }
}
