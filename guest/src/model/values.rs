//! The top-level keys of Helm values. The values themselves are not kept, so they cannot be shown.

use crate::{
    model::record::{Field, Record},
    redact::Text,
};

/// Most keys that are kept by name; the others are counted.
const NAMES_MAX: usize = 12;

/// The top-level keys of Helm values, as YAML text or as an object; the values are not kept.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) count: usize,
    pub(crate) names: Vec<Text>,
}

impl Keys {
    fn add(&mut self, name: &str) {
        self.count += 1;
        if self.names.len() < NAMES_MAX {
            self.names.push(Text::new(name));
        }
    }
}

/// Takes each key and leaves its value out.
impl Record for Keys {
    fn field(&mut self, name: &str) -> Option<&mut dyn Field> {
        self.add(name);
        None
    }
}

/// How `values` and `valuesObject` come: not at all, or as one of both kinds.
#[derive(Default)]
pub(crate) struct Values(pub(crate) Option<Keys>);

impl Field for Values {
    fn text(&mut self, yaml: &str) -> bool {
        let keys = self.0.insert(Keys::default());
        for line in yaml.lines() {
            let starts_key =
                line.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '"');
            if let (true, Some((name, _))) = (starts_key, line.split_once(':')) {
                keys.add(name.trim_matches('"'));
            }
        }
        true
    }

    fn object(&mut self) -> Option<&mut dyn Record> {
        Some(self.0.insert(Keys::default()))
    }
}
