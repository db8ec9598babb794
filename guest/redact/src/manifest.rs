//! Kubernetes objects, cleaned and masked while they are deserialised.

use std::{collections::BTreeMap, fmt};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{
    keys::is_secret_key,
    node::{HIDDEN, Node, Print},
    scrub::scrub,
};
use crate::limits;

/// Fields under a secret-looking key that only refer to a secret, as in
/// `secretKeyRef`, `imagePullSecrets` and secret volumes.
pub(crate) const REFERENCE_FIELDS: [&str; 16] = [
    "name",
    "key",
    "namespace",
    "optional",
    "secretName",
    "items",
    "defaultMode",
    "path",
    "mode",
    "kind",
    "group",
    "apiVersion",
    "uid",
    "expirationSeconds",
    "audience",
    "property",
];

/// A Kubernetes object from a JSON string or a JSON object. `managedFields` and the
/// last-applied annotation are dropped; data of core Secrets and values under secret-looking keys
/// (environment variables and ConfigMap data included) are masked; all text is cleaned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest(Node);

impl Manifest {
    /// The masked object; [`Node::Null`] when the server says `"null"`.
    pub fn node(&self) -> &Node {
        &self.0
    }

    /// The masked object, taken out.
    pub fn into_node(self) -> Node {
        self.0
    }

    /// Whether there is no object.
    pub fn is_absent(&self) -> bool {
        self.0 == Node::Null
    }

    /// Masks an object that was read by other means, such as YAML from a log.
    fn of(mut raw: Node) -> Self {
        inner_objects(&mut raw);
        let is_secret = raw.text(&["kind"]) == Some("Secret")
            && raw.text(&["apiVersion"]).is_none_or(|v| v == "v1");
        if let Node::Map(map) = &mut raw
            && is_secret
        {
            for key in ["data", "stringData"] {
                if let Some(data) = map.get_mut(key) {
                    hide(data);
                }
            }
        }
        mask(&mut raw);
        Self(raw)
    }
}

/// Masks each object of a `List` by the rules of its own kind.
fn inner_objects(object: &mut Node) {
    if let Node::Map(map) = object
        && let Some(Node::List(items)) = map.get_mut("items")
    {
        for item in items {
            let inner = std::mem::take(item);
            *item = if inner.at(&["kind"]).is_some() {
                Manifest::of(inner).0
            } else {
                inner
            };
        }
    }
}

/// Hides every text and number below `node`.
fn hide(node: &mut Node) {
    match node {
        Node::Text(text) if !text.is_empty() => {
            *node = Node::Masked(HIDDEN.to_owned(), Print::of(text))
        }
        Node::Masked(_, print) => *node = Node::Masked(HIDDEN.to_owned(), *print),
        Node::Number(number) => {
            *node = Node::Masked(HIDDEN.to_owned(), Print::of(&number.to_string()))
        }
        Node::List(items) => items.iter_mut().for_each(hide),
        Node::Map(map) => map.values_mut().for_each(hide),
        Node::Null | Node::Bool(_) | Node::Text(_) => {}
    }
}

/// The text to show: cleaned, redacted, and cut when very long.
fn safe_excerpt(text: &str) -> String {
    if text.len() <= limits::MANIFEST_TEXT_BYTES {
        return scrub(text);
    }
    let kept = &text[..text.floor_char_boundary(limits::MANIFEST_TEXT_BYTES)];
    let more = text.len() - kept.len();
    format!("{}… ({more} more bytes)", scrub(kept))
}

/// Masks by key and by shape.
fn mask(node: &mut Node) {
    match node {
        Node::Text(text) => {
            let safe = safe_excerpt(text);
            if safe != *text {
                *node = Node::Masked(safe, Print::of(text));
            }
        }
        Node::List(items) => mask_list(items),
        Node::Map(map) => mask_map(map),
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Masked(..) => {}
    }
}

/// Keys for machines only, and keys that repeat the object with its secrets; dropped at any depth,
/// as Pod templates and custom resources have metadata too.
const NOISE: [&str; 2] = [
    "managedFields",
    "kubectl.kubernetes.io/last-applied-configuration",
];

/// Keys of a value next to its name; plugin parameters use the type as key.
pub(crate) const VALUE_FIELDS: [&str; 5] = ["value", "values", "string", "array", "map"];

/// Keys of the name next to a value.
pub(crate) const NAME_FIELDS: [&str; 3] = ["name", "key", "path"];

/// Whether the value next to this name, or at this path, is a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    is_secret_key(name.rsplit('/').next().unwrap_or(name))
}

/// Whether the element behind this one of a list is the value of a secret flag.
pub(crate) fn is_secret_flag(flag: &str) -> bool {
    flag.strip_prefix('-')
        .is_some_and(|name| !name.contains(['=', ' ']) && is_secret_key(name))
}

fn mask_map(map: &mut BTreeMap<String, Node>) {
    for noise in NOISE {
        map.remove(noise);
    }
    // `{name: DB_PASSWORD, value: …}` of environments, Helm parameters and headers; a JSON patch
    // names what it sets by its path.
    let names_secret = NAME_FIELDS
        .iter()
        .any(|field| matches!(map.get(*field), Some(Node::Text(name)) if is_secret_name(name)));
    if names_secret {
        for field in VALUE_FIELDS {
            if let Some(value) = map.get_mut(field) {
                hide(value);
            }
        }
    }
    let keys: Vec<String> = map
        .keys()
        .filter(|key| scrub(key) != **key)
        .cloned()
        .collect();
    for key in keys {
        if let Some(value) = map.remove(&key) {
            map.insert(scrub(&key), value);
        }
    }
    for (key, value) in map.iter_mut() {
        if is_secret_key(key) && !is_reference(value) {
            hide(value);
        } else {
            mask(value);
        }
    }
}

/// Whether `value` under a secret-looking key only refers to a secret.
fn is_reference(value: &Node) -> bool {
    match value {
        Node::Map(map) => {
            !map.is_empty()
                && map
                    .keys()
                    .all(|key| REFERENCE_FIELDS.contains(&key.as_str()))
        }
        Node::List(items) => {
            !items.is_empty()
                && items
                    .iter()
                    .all(|item| matches!(item, Node::Map(_)) && is_reference(item))
        }
        _ => false,
    }
}

/// `[--password, value]`: the flag's value is the next element.
fn mask_list(items: &mut [Node]) {
    let mut after_flag = false;
    for item in items {
        let is_flag = matches!(item, Node::Text(flag) if is_secret_flag(flag));
        if after_flag && !is_flag {
            hide(item);
        } else {
            mask(item);
        }
        after_flag = is_flag;
    }
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = deserializer.deserialize_any(Raw {
            depth: 0,
            parse: true,
        })?;
        Ok(Self::of(raw))
    }
}

/// Builds the unmasked tree, which never leaves this file.
#[derive(Clone, Copy)]
struct Raw {
    depth: usize,
    /// A string on the outside is JSON in a string.
    parse: bool,
}

impl<'de> serde::de::DeserializeSeed<'de> for Raw {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Raw {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Kubernetes object as JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, v: bool) -> Result<Node, E> {
        Ok(Node::Bool(v))
    }

    fn visit_i64<E: Error>(self, v: i64) -> Result<Node, E> {
        Ok(Node::Number(v.into()))
    }

    fn visit_u64<E: Error>(self, v: u64) -> Result<Node, E> {
        Ok(Node::Number(v.into()))
    }

    fn visit_f64<E: Error>(self, v: f64) -> Result<Node, E> {
        Ok(serde_json::Number::from_f64(v).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E: Error>(self, v: &str) -> Result<Node, E> {
        if !self.parse {
            return Ok(Node::Text(v.to_owned()));
        }
        if v.trim().is_empty() {
            return Ok(Node::Null);
        }
        let mut json = serde_json::Deserializer::from_str(v);
        let inner = Self {
            depth: 0,
            parse: false,
        };
        let node = json
            .deserialize_any(inner)
            .and_then(|node| json.end().map(|()| node));
        // A torn manifest is one unreadable object, not an unreadable answer.
        Ok(node.unwrap_or_else(|_| Node::Text("(not valid JSON)".to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let inner = Self {
            depth: self.depth + 1,
            parse: false,
        };
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inner)? {
            items.push(if self.depth < limits::MANIFEST_DEPTH {
                item
            } else {
                Node::Text(HIDDEN.to_owned())
            });
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let inner = Self {
            depth: self.depth + 1,
            parse: false,
        };
        let mut map = BTreeMap::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(inner)?;
            map.insert(
                key,
                if self.depth < limits::MANIFEST_DEPTH {
                    value
                } else {
                    Node::Text(HIDDEN.to_owned())
                },
            );
        }
        Ok(Node::Map(map))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Manifest, Node};

    fn read(json: &str) -> Manifest {
        serde_json::from_str(json).unwrap()
    }

    fn shown(json: &str) -> String {
        format!("{:?}", read(json).node())
    }

    #[test]
    fn strings_and_objects_read_alike() {
        assert_eq!(
            read(r#""{\"kind\":\"A\",\"n\":1}""#),
            read(r#"{"n":1,"kind":"A"}"#)
        );
        assert!(read(r#""null""#).is_absent());
        assert!(read("null").is_absent());
        assert!(read(r#""""#).is_absent());
        assert_eq!(
            read(r#""{torn""#).node(),
            &Node::Text("(not valid JSON)".into())
        );
    }

    #[test]
    fn secrets_differ_without_being_shown() {
        let a = read(
            r#"{"apiVersion":"v1","kind":"Secret","data":{"user":"CANARY"},"stringData":{"x":"CANARY"}}"#,
        );
        let b = read(
            r#"{"apiVersion":"v1","kind":"Secret","data":{"user":"other"},"stringData":{"x":"CANARY"}}"#,
        );
        assert!(!format!("{a:?}").contains("CANARY"));
        assert_ne!(
            a.node().at(&["data", "user"]),
            b.node().at(&["data", "user"])
        );
        assert_eq!(a.node().at(&["stringData"]), b.node().at(&["stringData"]));
    }

    #[test]
    fn values_under_secret_keys_are_masked() {
        for json in [
            r#"{"spec":{"env":[{"name":"DB_PASSWORD","value":"CANARY"}]}}"#,
            r#"{"kind":"ConfigMap","data":{"api-key":"CANARY","n":"1"}}"#,
            r#"{"kind":"ConfigMap","data":{"app.ini":"user=a\npassword=CANARY\n"}}"#,
            r#"{"spec":{"credentials":{"user":"CANARY"}}}"#,
            r#"{"spec":{"tokens":["CANARY"]}}"#,
            r#"{"spec":{"args":["--password","CANARY"]}}"#,
            r#"{"spec":{"args":["--token=CANARY"]}}"#,
            r#"{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"CANARY"}}}"#,
            r#"{"metadata":{"managedFields":["CANARY"]}}"#,
            r#"{"kind":"List","items":[{"apiVersion":"v1","kind":"Secret","data":{"a":"CANARY"}}]}"#,
            r#"{"spec":{"url":"https://u:CANARY@h"}}"#,
            r#"{"https://u:CANARY@h":1}"#,
            r#"{"plugin":{"parameters":[{"name":"api-token","string":"CANARY","array":["CANARY"],"map":{"a":"CANARY"}}]}}"#,
            r#"{"patches":[{"patch":"- op: add\n  path: /data/password\n  value: CANARY"}]}"#,
            r#"{"patches":[{"op":"add","path":"/data/password","value":"CANARY"}]}"#,
            r#"{"metadata":{"annotations":{"a":"{\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"CANARY\"}]}"}}}"#,
            r#"{"kind":"ConfigMap","data":{".env":"MODE=x\nexport API_TOKEN=CANARY\nDB_PASS=a CANARY\n"}}"#,
            r#"{"kind":"ConfigMap","data":{"values.yaml":"env:\n- name: SMTP_PASSWORD\n  value: CANARY\n"}}"#,
            r#"{"spec":{"dsn":"x","url":"root:CANARY1@tcp(db:3306)/shop"}}"#,
        ] {
            assert!(!shown(json).contains("CANARY"), "{json}: {}", shown(json));
        }
    }

    #[test]
    fn references_to_secrets_stay() {
        for json in [
            r#"{"valueFrom":{"secretKeyRef":{"name":"KEEP","key":"password"}}}"#,
            r#"{"volumes":[{"name":"v","secret":{"secretName":"KEEP","defaultMode":420}}]}"#,
            r#"{"imagePullSecrets":[{"name":"KEEP"}]}"#,
            r#"{"secrets":[{"name":"KEEP"}]}"#,
            r#"{"env":[{"name":"PAYMENT_TIMEOUT_MS","value":"KEEP"}]}"#,
            r#"{"automountServiceAccountToken":false,"name":"KEEP"}"#,
        ] {
            assert!(shown(json).contains("KEEP"), "{json}: {}", shown(json));
            assert!(!shown(json).contains("Masked"), "{json}: {}", shown(json));
        }
    }

    #[test]
    fn masked_text_still_compares() {
        let a = read(r#"{"data":{"c":"password=one"}}"#);
        let b = read(r#"{"data":{"c":"password=two"}}"#);
        assert_ne!(a, b);
    }
}
