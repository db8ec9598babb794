//! The three prompts, each with the tools to call.

use crate::mcp::prompts::{APPLICATION, Argument, Need, Prompt};

const ONE: Argument = Argument {
    name: APPLICATION,
    description: "Application, or namespace/application",
    need: Need::Required,
};

/// Every prompt.
pub(super) const PROMPTS: &[Prompt] = &[
    Prompt {
        name: "triage_incident",
        title: "Triage an incident",
        description: "What is broken in Argo CD, why, and what to do first",
        arguments: &[Argument {
            name: "scope",
            description: "Project, team or symptom to start from; default: everything",
            need: Need::Optional,
        }],
        text: "Triage the current incident in Argo CD. Scope: {scope}. Call list_applications, then diagnose_application for \
            the worst applications, a few at most. For each: the cause in one sentence, the evidence quoted, what still serves, \
            and the next step for a person. Say which failures share one cause. You cannot change anything.",
    },
    Prompt {
        name: "explain_out_of_sync",
        title: "Explain OutOfSync",
        description: "Which fields differ, who changed them, and what a sync would do",
        arguments: &[ONE],
        text: "Explain why the Argo CD application {application} is OutOfSync. Call diagnose_application and, for the fields, \
            diff_application. Say whether Git changed or the cluster was edited, what a sync would create, change and delete, and \
            what keeps automated sync from doing it. You cannot change anything.",
    },
    Prompt {
        name: "compare_deploys",
        title: "Compare the last deploys",
        description: "What changed between the last two deploys, by whom",
        arguments: &[ONE],
        text: "Say what changed between the last two deploys of the Argo CD application {application}: commits and authors, \
            images, parameters, fields. Call get_application_history if it is listed, else get_application with include history, \
            then diff_application with against \"previous\". Say whether the last deploy is healthy.",
    },
];

#[cfg(test)]
mod tests {
    use super::PROMPTS;
    use crate::tools;

    #[test]
    fn prompts_name_tools_that_exist_and_their_own_arguments() {
        let mut named = 0;
        for prompt in PROMPTS {
            let words = prompt
                .text
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            for word in words.filter(|word| word.contains('_')) {
                assert!(tools::find(word).is_some(), "{word}");
                named += 1;
            }
            for argument in prompt.arguments {
                assert!(prompt.text.contains(&format!("{{{}}}", argument.name)));
            }
        }
        assert!(named > 5, "{named}");
    }
}
