//! Resources: an application's card as something to attach, and completion of its name.

use serde_json::{Value, json};

use super::{
    prompts::{self, Prompt},
    rpc::{self, Fault, Object},
};

/// The URI template in `resources/templates/list`.
const TEMPLATE: &str = "argocd://applications/{namespace}/{name}";
/// The prefix of every URI.
const START: &str = "argocd://applications/";
/// Resource not found, in revisions with a handshake.
const NOT_FOUND: i32 = -32002;
/// Maximum values of one completion (the protocol's bound).
pub const VALUES_MAX: usize = 100;

/// The result of `resources/list`: nothing is listed, as there may be thousands; the template says how to name one.
pub fn list() -> Value {
    json!({"resources": []})
}

/// The result of `resources/templates/list`.
pub fn templates() -> Value {
    json!({"resourceTemplates": [{
        "uriTemplate": TEMPLATE, "name": "application", "title": "Argo CD application",
        "description": "One application: sources, sync, health, last operation, unhealthy resources",
        "mimeType": "text/plain",
    }]})
}

/// What `resources/read` asks for: the URI, and the application as tools name it.
pub fn read(params: &Object) -> Result<(String, String), Fault> {
    let uri: String = params
        .read("uri", "a string")?
        .ok_or_else(|| Fault::params("`uri` is missing: the resource to read"))?;
    let name = uri
        .strip_prefix(START)
        .filter(|rest| rest.split('/').count() == 2 && rest.split('/').all(|part| !part.is_empty()))
        .map(str::to_owned)
        .ok_or_else(|| {
            Fault::params(format!(
                "unknown resource: {}; use {TEMPLATE}",
                rpc::brief(&uri)
            ))
        })?;
    Ok((uri, name))
}

/// The result of `resources/read`.
pub fn contents(uri: &str, text: &str) -> Value {
    json!({"contents": [{"uri": uri, "mimeType": "text/plain", "text": text}]})
}

/// Why `resources/read` has no result: the code depends on the era.
pub fn not_read(modern: bool, why: &str) -> Fault {
    Fault::new(if modern { rpc::PARAMS } else { NOT_FOUND }, why.to_owned())
}

/// The parameters of `completion/complete`.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Names of applications that contain the text, in this namespace if one is given.
    Names(String, Option<String>),
    /// Namespaces of applications that contain the text.
    Namespaces(String),
    /// `namespace/name` of applications that contain the text.
    Applications(String),
    /// Nothing is known about this argument.
    Nothing,
}

/// Reads the parameters of `completion/complete`, which may be about one of `prompts`.
pub fn complete(params: &Object, prompts: &[Prompt]) -> Result<Wanted, Fault> {
    let missing = |what: &str| Fault::params(format!("`{what}` is missing"));
    let of: Object = params
        .read("ref", "an object")?
        .ok_or_else(|| missing("ref"))?;
    let argument: Object = params
        .read("argument", "an object")?
        .ok_or_else(|| missing("argument"))?;
    let name: String = argument
        .read("name", "a string")?
        .ok_or_else(|| missing("argument.name"))?;
    let value: String = argument.read("value", "a string")?.unwrap_or_default();
    let context: Object = params.read("context", "an object")?.unwrap_or_default();
    let context: Object = context.read("arguments", "an object")?.unwrap_or_default();
    let namespace: Option<String> = context.read("namespace", "a string")?;
    let kind: Option<String> = of.read("type", "a string")?;
    match kind.as_deref() {
        Some("ref/prompt") => {
            let prompt: String = of
                .read("name", "a string")?
                .ok_or_else(|| missing("ref.name"))?;
            Ok(if prompts::takes_application(prompts, &prompt, &name)? {
                Wanted::Applications(value)
            } else {
                Wanted::Nothing
            })
        }
        Some("ref/resource") => {
            let uri: String = of
                .read("uri", "a string")?
                .ok_or_else(|| missing("ref.uri"))?;
            match (uri.as_str(), name.as_str()) {
                (TEMPLATE, "name") => Ok(Wanted::Names(value, namespace)),
                (TEMPLATE, "namespace") => Ok(Wanted::Namespaces(value)),
                (TEMPLATE, _) => Ok(Wanted::Nothing),
                _ => Err(Fault::params(format!(
                    "unknown resource template: {}",
                    rpc::brief(&uri)
                ))),
            }
        }
        _ => Err(Fault::params(
            "`ref.type` must be ref/prompt or ref/resource",
        )),
    }
}

/// The result of `completion/complete`: the first values of `total`.
pub fn completed(values: &[String], total: usize) -> Value {
    json!({"completion": {"values": values, "total": total, "hasMore": total > values.len()}})
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Wanted, complete, read};
    use crate::mcp::{
        prompts::{APPLICATION, Argument, Need, Prompt},
        rpc::Object,
    };

    fn params(json: &str) -> Object<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn uris_name_one_application() {
        let (uri, name) = read(&params(r#"{"uri":"argocd://applications/team/web"}"#)).unwrap();
        assert_eq!(
            (uri.as_str(), name.as_str()),
            ("argocd://applications/team/web", "team/web")
        );
        for bad in [
            "argocd://applications/web",
            "argocd://applications//web",
            "argocd://x/a/b",
            "file:///etc/passwd",
            "argocd://applications/a/b/c",
        ] {
            assert!(
                read(&params(&format!("{{\"uri\":{bad:?}}}"))).is_err(),
                "{bad}"
            );
        }
        assert!(read(&params("{}")).is_err());
    }

    const PROMPTS: &[Prompt] = &[Prompt {
        name: "compare_deploys",
        title: "",
        description: "",
        arguments: &[Argument {
            name: APPLICATION,
            description: "",
            need: Need::Required,
        }],
        text: "",
    }];

    #[test]
    fn completions_say_what_they_are_of() {
        let ask = |of: &str, name: &str| {
            let asked = format!(
                r#"{{"ref":{of},"argument":{{"name":"{name}","value":"w"}},"context":{{"arguments":{{"namespace":"team"}}}}}}"#
            );
            complete(&params(&asked), PROMPTS)
        };
        let template =
            r#"{"type":"ref/resource","uri":"argocd://applications/{namespace}/{name}"}"#;
        let prompt = r#"{"type":"ref/prompt","name":"compare_deploys"}"#;
        assert_eq!(
            ask(template, "name").unwrap(),
            Wanted::Names("w".into(), Some("team".into()))
        );
        assert_eq!(
            ask(template, "namespace").unwrap(),
            Wanted::Namespaces("w".into())
        );
        assert_eq!(ask(template, "other").unwrap(), Wanted::Nothing);
        assert_eq!(
            ask(prompt, "application").unwrap(),
            Wanted::Applications("w".into())
        );
        assert_eq!(ask(prompt, "other").unwrap(), Wanted::Nothing);
        assert!(ask(r#"{"type":"ref/x"}"#, "name").is_err());
        assert!(ask(r#"{"type":"ref/resource","uri":"x"}"#, "name").is_err());
        assert!(complete(&params("{}"), PROMPTS).is_err());
    }
}
