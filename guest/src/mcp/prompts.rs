//! Prompts: three ways to start, which clients show as slash commands.

use serde_json::{Value, json};

use super::rpc::{Fault, Object};

/// One argument of a prompt.
struct Argument {
    name: &'static str,
    description: &'static str,
    required: bool,
}

/// One prompt: what it is called, what it takes, what it asks of the model.
struct Prompt {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    arguments: &'static [Argument],
    /// `{…}` stands for an argument.
    text: &'static str,
}

/// The argument that completion knows.
pub const APPLICATION: &str = "application";

const ONE: Argument = Argument {
    name: APPLICATION,
    description: "Application, or namespace/application",
    required: true,
};

const PROMPTS: &[Prompt] = &[
    Prompt {
        name: "triage_incident",
        title: "Triage an incident",
        description: "What is broken in Argo CD, why, and what to do first",
        arguments: &[Argument {
            name: "scope",
            description: "Project, team or symptom to start from; everything when left out",
            required: false,
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
            diff_application. Say whether Git moved or the cluster was edited, what a sync would create, change and delete, and \
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

/// The result of `prompts/list`, without what the era adds.
pub fn list() -> Value {
    let argument = |argument: &Argument| json!({"name": argument.name, "description": argument.description, "required": argument.required});
    let prompt = |prompt: &Prompt| {
        json!({
            "name": prompt.name, "title": prompt.title, "description": prompt.description,
            "arguments": prompt.arguments.iter().map(argument).collect::<Vec<_>>(),
        })
    };
    json!({"prompts": PROMPTS.iter().map(prompt).collect::<Vec<_>>()})
}

/// The result of `prompts/get`, without what the era adds.
pub fn get(params: &Object) -> Result<Value, Fault> {
    let name: String = params
        .read("name", "a string")?
        .ok_or_else(|| Fault::params("`name` is missing: the prompt to get"))?;
    let prompt = find(&name)?;
    let given: Object = params.read("arguments", "an object")?.unwrap_or_default();
    let mut text = prompt.text.to_owned();
    for argument in prompt.arguments {
        let value: Option<String> = given.read(argument.name, "a string")?;
        let value = value
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty());
        if argument.required && value.is_none() {
            return Err(Fault::params(format!(
                "the argument `{}` is missing",
                argument.name
            )));
        }
        let value = value.unwrap_or_else(|| "everything".to_owned());
        text = text.replace(&format!("{{{}}}", argument.name), &value);
    }
    Ok(json!({
        "description": prompt.description,
        "messages": [{"role": "user", "content": {"type": "text", "text": text}}],
    }))
}

/// Whether `argument` of the prompt `name` is the name of an application.
pub fn takes_application(name: &str, argument: &str) -> Result<bool, Fault> {
    let prompt = find(name)?;
    Ok(argument == APPLICATION && prompt.arguments.iter().any(|known| known.name == argument))
}

fn find(name: &str) -> Result<&'static Prompt, Fault> {
    PROMPTS
        .iter()
        .find(|prompt| prompt.name == name)
        .ok_or_else(|| {
            let known: Vec<&str> = PROMPTS.iter().map(|prompt| prompt.name).collect();
            Fault::params(format!(
                "unknown prompt: {}; there are {}",
                super::rpc::brief(name),
                known.join(", ")
            ))
        })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{PROMPTS, get, list, takes_application};
    use crate::mcp::rpc::Object;

    fn params(json: &str) -> Object<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn prompts_name_tools_that_exist_and_their_own_arguments() {
        for prompt in PROMPTS {
            for word in prompt
                .text
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            {
                let is_tool = [
                    "get_",
                    "list_",
                    "diff_",
                    "diagnose_",
                    "compare_applications",
                ]
                .iter()
                .any(|start| word.starts_with(start));
                assert!(
                    !is_tool || crate::tools::all().iter().any(|tool| tool.name == word),
                    "{word}"
                );
            }
            for argument in prompt.arguments {
                assert!(prompt.text.contains(&format!("{{{}}}", argument.name)));
            }
        }
        assert_eq!(list()["prompts"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn arguments_are_filled_in_or_asked_for() {
        let filled = get(&params(
            r#"{"name":"explain_out_of_sync","arguments":{"application":"team/web"}}"#,
        ))
        .unwrap();
        let text = filled["messages"][0]["content"]["text"].as_str().unwrap();
        assert!(
            text.contains("application team/web is") && !text.contains('{'),
            "{text}"
        );
        let open = get(&params(r#"{"name":"triage_incident"}"#)).unwrap();
        assert!(open.to_string().contains("Scope: everything."));
        for bad in [
            "{}",
            r#"{"name":"x"}"#,
            r#"{"name":"compare_deploys"}"#,
            r#"{"name":"compare_deploys","arguments":{"application":" "}}"#,
            r#"{"name":"compare_deploys","arguments":7}"#,
        ] {
            assert!(get(&params(bad)).is_err(), "{bad}");
        }
        assert!(takes_application("compare_deploys", "application").unwrap());
        assert!(!takes_application("triage_incident", "scope").unwrap());
    }
}
