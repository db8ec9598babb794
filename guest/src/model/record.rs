//! Reading JSON objects into structs of which every field may be absent, `null` or unknown.
//!
//! [`record!`] declares the structs. The code that walks the JSON exists once and works on trait
//! objects: derived `Deserialize` implementations of the same structs took a quarter of a megabyte
//! of component. Text goes through [`Text`] and objects through [`Manifest`], as everywhere.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{
    argocd::Reading,
    redact::{Manifest, Text},
};

/// An object: knows the fields that it wants.
pub(crate) trait Record {
    /// Where the value of `key` goes; `None` to leave it out.
    fn field(&mut self, key: &str) -> Option<&mut dyn Field>;

    /// The keys that have a field; none when it takes any.
    #[cfg(not(target_os = "wasi"))]
    fn keys(&self) -> &'static [&'static str] {
        &[]
    }
}

/// A place for a JSON value. Each method takes one kind of value; by default it is refused.
pub(crate) trait Field {
    /// A text; `false` when none belongs here.
    fn text(&mut self, _: &str) -> bool {
        false
    }

    /// `true` or `false`.
    fn flag(&mut self, _: bool) -> bool {
        false
    }

    /// A whole number.
    fn number(&mut self, _: i64) -> bool {
        false
    }

    /// An object.
    fn object(&mut self) -> Option<&mut dyn Record> {
        None
    }

    /// The next item of a list.
    fn item(&mut self) -> Option<&mut dyn Field> {
        None
    }

    /// A Kubernetes object, in a string or not.
    fn manifest(&mut self) -> Option<&mut Manifest> {
        None
    }

    /// Set when there is a value, whatever it is.
    fn presence(&mut self) -> Option<&mut bool> {
        None
    }
}

/// Values under keys that a struct does not name. They are compared and never shown: nothing gives them out.
#[derive(Default, PartialEq)]
pub(crate) struct Unnamed(BTreeMap<String, Manifest>);

impl Unnamed {
    /// Where the value of `key` goes.
    pub(crate) fn at(&mut self, key: &str) -> &mut dyn Field {
        self.0.entry(key.to_owned()).or_default()
    }
}

/// Declares a struct that is read from a JSON object: each field with its key. With `..rest` at the
/// end it keeps what it does not name in `rest`, so that two structs are equal when the objects are.
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$doc:meta])* $fvis:vis $field:ident: $type:ty = $key:literal,)*
        $(..$rest:ident)?
    }) => {
        $(#[$meta])*
        #[derive(Default)]
        $vis struct $name {
            $($(#[$doc])* $fvis $field: $type,)*
            $($rest: $crate::model::record::Unnamed,)?
        }

        impl $crate::model::record::Record for $name {
            fn field(&mut self, key: &str) -> Option<&mut dyn $crate::model::record::Field> {
                match key {
                    $($key => Some(&mut self.$field),)*
                    $(_ => Some(self.$rest.at(key)),)?
                    #[allow(unreachable_patterns, reason = "reached when nothing keeps the rest")]
                    _ => None,
                }
            }

            #[cfg(not(target_os = "wasi"))]
            fn keys(&self) -> &'static [&'static str] {
                &[$($key,)*]
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut record = Self::default();
                $crate::model::record::fill(&mut record, deserializer)?;
                Ok(record)
            }
        }
    };
}
pub(crate) use record;

/// Reads a JSON object into `record`.
pub(crate) fn fill<'de, D: Deserializer<'de>>(
    record: &mut dyn Record,
    deserializer: D,
) -> Result<(), D::Error> {
    deserializer.deserialize_any(Whole(record))
}

impl<T: Record + Default + serde::de::DeserializeOwned> Reading for T {
    #[cfg(not(target_os = "wasi"))]
    fn members() -> Vec<String> {
        let mut members = Vec::new();
        members_of(&mut T::default(), "", &mut members);
        members
    }
}

/// Adds the path of each member that is read at `at` or below; lists are transparent.
#[cfg(not(target_os = "wasi"))]
fn members_of(field: &mut dyn Field, at: &str, members: &mut Vec<String>) {
    if let Some(record) = field.object() {
        let keys = record.keys();
        if keys.is_empty() {
            members.push(at.to_owned());
        }
        for key in keys {
            let path = format!("{at}{}{key}", if at.is_empty() { "" } else { "." });
            if let Some(field) = record.field(key) {
                members_of(field, &path, members);
            }
        }
        return;
    }
    match field.item() {
        Some(item) => members_of(item, at, members),
        None => members.push(at.to_owned()),
    }
}

impl<T: Record> Field for T {
    fn object(&mut self) -> Option<&mut dyn Record> {
        Some(self)
    }
}

impl<T: Record + Default> Field for Option<T> {
    fn object(&mut self) -> Option<&mut dyn Record> {
        Some(self.insert(T::default()))
    }
}

impl<T: Field + Default> Field for Vec<T> {
    fn item(&mut self) -> Option<&mut dyn Field> {
        self.push(T::default());
        self.last_mut().map(|item| item as &mut dyn Field)
    }
}

impl<T: Field + Default> Field for Option<Vec<T>> {
    fn item(&mut self) -> Option<&mut dyn Field> {
        self.get_or_insert_default().item()
    }
}

impl Field for Text {
    fn text(&mut self, text: &str) -> bool {
        *self = Self::new(text);
        true
    }

    // One odd field must not make a whole answer unreadable.
    fn flag(&mut self, flag: bool) -> bool {
        self.text(if flag { "true" } else { "false" })
    }

    fn number(&mut self, number: i64) -> bool {
        self.text(&number.to_string())
    }
}

impl Field for Option<bool> {
    fn flag(&mut self, flag: bool) -> bool {
        *self = Some(flag);
        true
    }
}

impl Field for Option<i64> {
    fn number(&mut self, number: i64) -> bool {
        *self = Some(number);
        true
    }
}

impl Field for Manifest {
    fn manifest(&mut self) -> Option<&mut Manifest> {
        Some(self)
    }
}

/// A value of which only its presence is read.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Present(pub(crate) bool);

impl Field for Present {
    fn presence(&mut self) -> Option<&mut bool> {
        Some(&mut self.0)
    }
}

/// The outermost object, which must be there.
struct Whole<'a>(&'a mut dyn Record);

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<(), A::Error> {
        each_field(self.0, entries)
    }
}

fn each_field<'de, A: MapAccess<'de>>(
    record: &mut dyn Record,
    mut entries: A,
) -> Result<(), A::Error> {
    while let Some(field) = entries.next_key_seed(Lookup(&mut *record))? {
        match field {
            Some(field) => entries.next_value_seed(Value(field))?,
            None => {
                entries.next_value::<IgnoredAny>()?;
            }
        }
    }
    Ok(())
}

/// Finds the field of a key without keeping the key.
struct Lookup<'a>(&'a mut dyn Record);

impl<'a, 'de> DeserializeSeed<'de> for Lookup<'a> {
    type Value = Option<&'a mut dyn Field>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Lookup<'a> {
    type Value = Option<&'a mut dyn Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.field(key))
    }
}

/// Reads a value into its field; `null` leaves the field as it is.
struct Value<'a>(&'a mut dyn Field);

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if let Some(present) = self.0.presence() {
            *present = Option::<IgnoredAny>::deserialize(deserializer)?.is_some();
            return Ok(());
        }
        match self.0.manifest() {
            Some(manifest) => {
                *manifest = Manifest::deserialize(deserializer)?;
                Ok(())
            }
            None => deserializer.deserialize_any(self),
        }
    }
}

/// The next item of a list, made only when there is one.
struct Item<'a>(&'a mut dyn Field);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.item() {
            Some(item) => Value(item).deserialize(deserializer),
            None => Err(D::Error::custom("an unexpected list")),
        }
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of the expected type")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        taken(self.0.text(text))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        taken(self.0.flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        taken(self.0.number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        taken(self.0.number(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a count with a fraction is a count"
        )]
        taken(self.0.number(number as i64))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Item(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<(), A::Error> {
        match self.0.object() {
            Some(record) => each_field(record, entries),
            None => taken(false),
        }
    }
}

fn taken<E: Error>(taken: bool) -> Result<(), E> {
    if taken {
        Ok(())
    } else {
        Err(E::custom("a value of an unexpected type"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::argocd::Reading;
    use crate::model::record::Present;
    use crate::redact::{Manifest, Text};

    record! {
        /// For the tests.
        struct Inner {
            name: Text = "name",
        }
    }

    record! {
        /// For the tests.
        struct Outer {
            word: Text = "word",
            on: Option<bool> = "on",
            count: Option<i64> = "count",
            inner: Inner = "inner",
            maybe: Option<Inner> = "maybe",
            list: Vec<Inner> = "list",
            words: Vec<Text> = "words",
            state: Manifest = "state",
            there: Present = "there",
        }
    }

    #[test]
    fn everything_may_be_absent_null_or_unknown() {
        let full: Outer = serde_json::from_str(
            r#"{"word":"a\u001b[1mb","on":true,"count":7,"inner":{"name":"n","x":[1,{"y":2}]},"maybe":{},"list":[{"name":"1"},null,{}],
                "words":["x",5,null],"state":"{\"kind\":\"K\"}","there":{"z":1},"unknown":{"a":[1]}}"#,
        )
        .unwrap();
        assert_eq!(
            (&*full.word, full.on, full.count, &*full.inner.name),
            ("ab", Some(true), Some(7), "n")
        );
        assert!(full.maybe.is_some() && full.there.0);
        assert_eq!(
            full.list
                .iter()
                .map(|inner| &*inner.name)
                .collect::<Vec<_>>(),
            ["1", "", ""]
        );
        assert_eq!(
            full.words.iter().map(|word| &**word).collect::<Vec<_>>(),
            ["x", "5", ""]
        );
        assert_eq!(full.state.node().text(&["kind"]), Some("K"));
        for json in [
            "{}",
            r#"{"word":null,"on":null,"count":null,"inner":null,"maybe":null,"list":null,"state":null,"there":null}"#,
        ] {
            let empty: Outer = serde_json::from_str(json).unwrap();
            assert!(
                empty.word.is_empty()
                    && empty.on.is_none()
                    && empty.maybe.is_none()
                    && empty.list.is_empty()
                    && !empty.there.0
            );
        }
    }

    #[test]
    fn a_record_says_which_members_it_reads() {
        let expected = [
            "word",
            "on",
            "count",
            "inner.name",
            "maybe.name",
            "list.name",
            "words",
            "state",
            "there",
        ];
        assert_eq!(Outer::members(), expected);
    }

    #[test]
    fn another_kind_of_value_is_an_error() {
        for json in [
            "[]",
            "5",
            "\"x\"",
            "null",
            r#"{"inner":[]}"#,
            r#"{"inner":"x"}"#,
            r#"{"list":{}}"#,
            r#"{"word":{}}"#,
            r#"{"on":"yes"}"#,
            r#"{"word":"#,
        ] {
            let read = serde_json::from_str::<Outer>(json);
            assert_eq!(read.is_err(), json != r#"{"inner":[]}"#, "{json}");
        }
    }
}
