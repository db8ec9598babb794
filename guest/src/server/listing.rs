//! The entries of `tools/list`, and the instructions.

use super::options::{Options, Output};
use crate::{
    mcp::{
        info,
        tools::{Described, Entry},
    },
    tools::{self, Offer, Tool},
};

/// The entries of the tools that the operator offers, with the schemas of their structured answers if
/// they give them.
pub(super) fn entries(options: &Options) -> Vec<Entry> {
    let entry = |tool: &Tool| {
        Entry::new(Described {
            name: tool.name,
            title: tool.title,
            description: tool.description,
            input_schema: tool.input_schema(),
            output_schema: match options.output {
                Output::Text => None,
                Output::Structured => Some(tool.output_schema()),
            },
        })
    };
    listed(&options.tools).map(entry).collect()
}

/// The instructions for a client that is shown `offer`.
pub(super) fn instructions(offer: &Offer) -> String {
    info::instructions(listed(offer).map(|tool| (tool.name, tool.hint)))
}

fn listed(offer: &Offer) -> impl Iterator<Item = &'static Tool> {
    tools::all().iter().filter(|tool| offer.lists(tool.name))
}

#[cfg(test)]
mod tests {
    use super::instructions;
    use crate::tools::{self, Offer};

    #[test]
    fn instructions_fit_what_clients_show() {
        let all = instructions(&Offer::all(tools::all()));
        let count = all.chars().count();
        assert!(count < 2_000, "{count} characters");
    }

    #[test]
    fn instructions_name_each_listed_tool_and_no_other() {
        let all = tools::all();
        for offer in [Offer::all(all), Offer::by_default(all)] {
            let text = instructions(&offer);
            for tool in all {
                let named = text
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .any(|word| word == tool.name);
                assert_eq!(named, offer.lists(tool.name), "{}", tool.name);
            }
        }
    }
}
