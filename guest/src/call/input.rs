//! Inputs: schema and strict parser from one definition, the struct that [`input!`] declares.

use serde_json::{Map, Value, json};

use crate::{
    argocd::{
        AppRef, AppSetName, ContainerName, Group, InvalidName, Kind, LogText, Namespace,
        ObjectName, PodName, ProjectName, Revision, Selector,
    },
    call::suggest,
    redact::capped,
};

/// A struct that [`input!`] declared.
pub(crate) trait Input: Sized {
    /// Its parameters, in the order of the schema.
    fn params() -> Vec<Param>;
    /// Reads the fields from the arguments; collects problems in `reader`.
    fn take(reader: &mut Reader<'_>) -> Option<Self>;
}

/// Declares the input of a tool. Each field is a parameter: its doc comment is the description, its
/// type says what is accepted. `of app` adds the parameters that name an application, read into `app`.
macro_rules! input {
    ($(#[$meta:meta])* struct $name:ident of app { $($rest:tt)* }) => {
        $crate::call::input::input! {
            $(#[$meta])* struct $name {
                /// Application or namespace/application.
                name: $crate::call::input::AppArgument,
                /// Its namespace.
                app_namespace: $crate::call::input::ReadWithName,
                /// Its project.
                project: $crate::call::input::ReadWithName,
                $($rest)*
            }
        }
    };
    ($(#[$meta:meta])* struct $name:ident { $(#[doc = $doc:literal] $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        pub(crate) struct $name { $(#[doc = $doc] #[allow(dead_code)] pub(crate) $field: $type,)* }

        impl $crate::call::input::Input for $name {
            fn params() -> Vec<$crate::call::input::Param> {
                vec![$($crate::call::input::Param::of::<$type>(stringify!($field), $doc)),*]
            }

            fn take(reader: &mut $crate::call::input::Reader<'_>) -> Option<Self> {
                $(let $field = reader.take(stringify!($field));)*
                Some(Self { $($field: $field?),* })
            }
        }
    };
}
pub(crate) use input;

/// One parameter as the schema shows it.
pub(crate) struct Param {
    name: &'static str,
    description: &'static str,
    /// Built for `tools/list` only: a call needs just the names.
    schema: fn() -> Value,
    required: bool,
}

impl Param {
    /// A parameter of type `A`.
    pub(crate) fn of<A: Argument>(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description: description.trim(),
            schema: A::schema,
            required: A::REQUIRED,
        }
    }
}

/// The type of a parameter.
pub(crate) trait Argument: Sized {
    /// Whether it must be given.
    const REQUIRED: bool = true;
    /// The JSON schema, without a description.
    fn schema() -> Value;
    /// Reads a value that is not `null`; the error completes `NAME …`.
    fn read(value: &Value, all: &Map<String, Value>) -> Result<Self, String>;
    /// The value of an absent parameter.
    fn absent() -> Option<Self> {
        None
    }
}

impl<A: Argument> Argument for Option<A> {
    const REQUIRED: bool = false;

    fn schema() -> Value {
        A::schema()
    }

    fn read(value: &Value, all: &Map<String, Value>) -> Result<Self, String> {
        // An empty text is how some clients leave a field out.
        if value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return Ok(None);
        }
        A::read(value, all).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl Argument for String {
    fn schema() -> Value {
        json!({"type": "string"})
    }

    fn read(value: &Value, _: &Map<String, Value>) -> Result<Self, String> {
        match value {
            Value::String(text) => Ok(text.trim().to_owned()),
            // A revision or name of digits is sent as a number by some models.
            Value::Number(number) => Ok(number.to_string()),
            _ => Err("must be a string".to_owned()),
        }
    }
}

/// A count from 1 to `MAX`; `DEFAULT` when not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count<const DEFAULT: u32, const MAX: u32>(pub(crate) u32);

impl<const DEFAULT: u32, const MAX: u32> Argument for Count<DEFAULT, MAX> {
    const REQUIRED: bool = false;

    fn schema() -> Value {
        // No bounds: the schema costs tokens in each session, and a wrong number gets an error with them.
        json!({"type": "integer", "default": DEFAULT})
    }

    fn read(value: &Value, _: &Map<String, Value>) -> Result<Self, String> {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        match number {
            Some(number) if number.fract() == 0.0 && (1.0..=f64::from(MAX)).contains(&number) => {
                Ok(Self(number as u32))
            }
            _ => Err(format!("must be a whole number from 1 to {MAX}")),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self(DEFAULT))
    }
}

/// Parameters that are names: a string in the schema, parsed before any request is made.
macro_rules! names {
    ($($name:ty),*) => {$(
        impl Argument for $name {
            fn schema() -> Value {
                String::schema()
            }

            fn read(value: &Value, all: &Map<String, Value>) -> Result<Self, String> {
                Self::parse(&String::read(value, all)?).map_err(|error: InvalidName| format!("is invalid: {error}"))
            }
        }
    )*};
}
names!(
    AppSetName,
    ProjectName,
    Namespace,
    PodName,
    ContainerName,
    Revision,
    Selector,
    Kind,
    Group,
    ObjectName,
    LogText
);

/// The parameter `name` of a tool about one application, read together with `app_namespace` and `project`.
pub(crate) struct AppArgument(pub(crate) AppRef);

impl Argument for AppArgument {
    fn schema() -> Value {
        String::schema()
    }

    fn read(value: &Value, all: &Map<String, Value>) -> Result<Self, String> {
        let name = String::read(value, all)?;
        let beside = |key: &str| all.get(key).and_then(Value::as_str);
        let app = AppRef::parse(&name, beside("app_namespace"), beside("project"));
        app.map(Self)
            .map_err(|error| format!("is invalid: {error}"))
    }
}

/// A parameter that [`AppArgument`] reads; only its type is checked here.
pub(crate) struct ReadWithName;

impl Argument for ReadWithName {
    const REQUIRED: bool = false;

    fn schema() -> Value {
        String::schema()
    }

    fn read(value: &Value, _: &Map<String, Value>) -> Result<Self, String> {
        value
            .is_string()
            .then_some(Self)
            .ok_or_else(|| "must be a string".to_owned())
    }

    fn absent() -> Option<Self> {
        Some(Self)
    }
}

/// Reads arguments one by one and collects problems.
pub(crate) struct Reader<'a> {
    arguments: &'a Map<String, Value>,
    problems: Vec<String>,
}

impl Reader<'_> {
    /// The argument `name`; `null` counts as not given.
    pub(crate) fn take<A: Argument>(&mut self, name: &str) -> Option<A> {
        let read = match self.arguments.get(name) {
            None | Some(Value::Null) => A::absent().ok_or_else(|| "is missing".to_owned()),
            Some(value) => A::read(value, self.arguments),
        };
        read.map_err(|problem| self.problems.push(format!("{name} {problem}.")))
            .ok()
    }
}

/// The JSON schema of `I`: an object without other properties.
pub(crate) fn schema<I: Input>() -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for param in I::params() {
        let mut schema = (param.schema)();
        schema["description"] = param.description.into();
        properties.insert(param.name.to_owned(), schema);
        if param.required {
            required.push(Value::from(param.name));
        }
    }
    let mut schema =
        json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

/// Parses the input of `tool`, or reports all problems with the known parameters.
pub(crate) fn read<I: Input>(tool: &str, arguments: &Map<String, Value>) -> Result<I, String> {
    let params = I::params();
    let known: Vec<&str> = params.iter().map(|param| param.name).collect();
    let mut reader = Reader {
        arguments,
        problems: Vec::new(),
    };
    let unknown = arguments
        .keys()
        .filter(|key| !known.contains(&key.as_str()));
    for key in unknown {
        let hint = suggest::nearest(key, &known)
            .map_or(String::new(), |near| format!(" Did you mean {near:?}?"));
        reader
            .problems
            .push(format!("Unknown argument {:?}.{hint}", capped(key, 80)));
    }
    match I::take(&mut reader) {
        Some(input) if reader.problems.is_empty() => Ok(input),
        _ => Err(format!(
            "{}\nNext: call {tool} again; {}",
            reader.problems.join("\n"),
            if known.is_empty() {
                "it takes no arguments.".to_owned()
            } else {
                format!("it takes {}.", known.join(", "))
            }
        )),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use crate::argocd::ProjectName;
    use crate::call::input::{Count, read, schema};

    input! {
        /// For the tests.
        struct Sample of app {
            /// A project.
            other: Option<ProjectName>,
            /// How many.
            limit: Count<20, 100>,
        }
    }

    fn sample(arguments: Value) -> Result<Sample, String> {
        read("sample", arguments.as_object().unwrap())
    }

    #[test]
    fn the_schema_says_what_the_parser_takes() {
        let schema = schema::<Sample>();
        assert_eq!(schema["required"], json!(["name"]));
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(schema["properties"]["limit"]["description"], "How many.");
        assert_eq!(schema["properties"]["limit"]["default"], 20);
        let keys: Vec<_> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        for key in keys {
            assert!(["name", "app_namespace", "project", "other", "limit"].contains(&key.as_str()));
        }
    }

    #[test]
    fn lenient_where_the_meaning_is_plain() {
        let input =
            sample(json!({"name": " web ", "limit": "5", "other": null, "app_namespace": "team"}))
                .unwrap();
        assert_eq!(
            (
                input.name.0.to_string().as_str(),
                input.limit.0,
                input.other
            ),
            ("team/web", 5, None)
        );
        assert_eq!(sample(json!({"name": "team/web"})).unwrap().limit.0, 20);
        assert_eq!(
            sample(json!({"name": "web", "limit": 7.0, "other": ""}))
                .unwrap()
                .limit
                .0,
            7
        );
    }

    #[test]
    fn all_problems_at_once() {
        let problems = sample(json!({"nme": "web", "limit": 0, "other": "No Project"}))
            .err()
            .unwrap();
        for part in [
            "\"nme\". Did you mean \"name\"?",
            "name is missing",
            "limit must be a whole number from 1 to 100",
            "other is invalid",
            "it takes name, app_namespace",
        ] {
            assert!(problems.contains(part), "{part}: {problems}");
        }
        for bad in [
            json!({"name": 1.5e300}),
            json!({"name": "a", "limit": "x"}),
            json!({"name": "a", "limit": 101}),
            json!({"name": ["a"]}),
            json!({"name": "a", "project": 5}),
        ] {
            assert!(sample(bad.clone()).is_err(), "{bad}");
        }
    }
}
