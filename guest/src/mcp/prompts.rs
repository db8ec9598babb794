//! Prompts, which clients show as slash commands. The server provides them; nothing here knows their
//! contents.

use serde_json::{Value, json};

use super::rpc::{Fault, Object};

/// Whether an argument is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Required.
    Required,
    /// Optional: without it the prompt is about everything.
    Optional,
}

/// One argument of a prompt.
pub struct Argument {
    /// The prompt's text has it in braces.
    pub name: &'static str,
    /// For people.
    pub description: &'static str,
    /// Whether it has to be given.
    pub need: Need,
}

/// One prompt: name, arguments, and text for the model.
pub struct Prompt {
    /// snake_case.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// For people.
    pub description: &'static str,
    /// Its arguments.
    pub arguments: &'static [Argument],
    /// The text for the model; `{…}` is an argument.
    pub text: &'static str,
}

/// The argument that completion knows.
pub const APPLICATION: &str = "application";

/// The result of `prompts/list`, without what the era adds.
pub fn list(prompts: &[Prompt]) -> Value {
    let argument = |argument: &Argument| {
        json!({
            "name": argument.name, "description": argument.description,
            "required": argument.need == Need::Required,
        })
    };
    let prompt = |prompt: &Prompt| {
        json!({
            "name": prompt.name, "title": prompt.title, "description": prompt.description,
            "arguments": prompt.arguments.iter().map(argument).collect::<Vec<_>>(),
        })
    };
    json!({"prompts": prompts.iter().map(prompt).collect::<Vec<_>>()})
}

/// The result of `prompts/get`, without what the era adds.
pub fn get(prompts: &[Prompt], params: &Object) -> Result<Value, Fault> {
    let name: String = params
        .read("name", "a string")?
        .ok_or_else(|| Fault::params("`name` is missing: the prompt to get"))?;
    let prompt = find(prompts, &name)?;
    let given: Object = params.read("arguments", "an object")?.unwrap_or_default();
    let mut text = prompt.text.to_owned();
    for argument in prompt.arguments {
        let value: Option<String> = given.read(argument.name, "a string")?;
        let value = value
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty());
        if argument.need == Need::Required && value.is_none() {
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
pub fn takes_application(prompts: &[Prompt], name: &str, argument: &str) -> Result<bool, Fault> {
    let prompt = find(prompts, name)?;
    Ok(argument == APPLICATION && prompt.arguments.iter().any(|known| known.name == argument))
}

fn find<'a>(prompts: &'a [Prompt], name: &str) -> Result<&'a Prompt, Fault> {
    let found = prompts.iter().find(|prompt| prompt.name == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = prompts.iter().map(|prompt| prompt.name).collect();
        Fault::params(format!(
            "unknown prompt: {}; known: {}",
            super::rpc::brief(name),
            known.join(", ")
        ))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{APPLICATION, Argument, Need, Prompt, get, list, takes_application};
    use crate::mcp::rpc::Object;

    const PROMPTS: &[Prompt] = &[
        Prompt {
            name: "look",
            title: "Look",
            description: "Look around",
            arguments: &[Argument {
                name: "scope",
                description: "Where to look",
                need: Need::Optional,
            }],
            text: "Look at {scope}.",
        },
        Prompt {
            name: "explain",
            title: "Explain",
            description: "Explain one application",
            arguments: &[Argument {
                name: APPLICATION,
                description: "Which",
                need: Need::Required,
            }],
            text: "Explain {application} in words.",
        },
    ];

    fn params(json: &str) -> Object<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn prompts_are_listed_with_what_they_take() {
        let listed = list(PROMPTS);
        let required = |at: usize| listed["prompts"][at]["arguments"][0]["required"].clone();
        assert_eq!((required(0), required(1)), (false.into(), true.into()));
    }

    #[test]
    fn arguments_are_filled_in_or_asked_for() {
        let get = |json: &str| get(PROMPTS, &params(json));
        let filled = get(r#"{"name":"explain","arguments":{"application":"team/web"}}"#).unwrap();
        let text = filled["messages"][0]["content"]["text"].as_str().unwrap();
        assert_eq!(text, "Explain team/web in words.");
        let open = get(r#"{"name":"look"}"#).unwrap();
        assert!(open.to_string().contains("Look at everything."));
        for bad in [
            "{}",
            r#"{"name":"x"}"#,
            r#"{"name":"explain"}"#,
            r#"{"name":"explain","arguments":{"application":" "}}"#,
            r#"{"name":"explain","arguments":7}"#,
        ] {
            assert!(get(bad).is_err(), "{bad}");
        }
        assert!(takes_application(PROMPTS, "explain", "application").unwrap());
        assert!(!takes_application(PROMPTS, "look", "scope").unwrap());
    }
}
