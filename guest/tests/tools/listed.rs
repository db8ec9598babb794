//! What is written elsewhere about the tools, against [`tools::all`], both ways: whoever adds a tool
//! learns here what else it needs.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use argocd_guest::tools::{self, Family, Subject};
use serde_json::Value;

use crate::calls::rows;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn names() -> Vec<&'static str> {
    tools::all().iter().map(|tool| tool.name).collect()
}

/// Compares a document with what it should say, or rewrites it for `just bless`.
fn holds(path: &str, wanted: &str) {
    let file = root().join(path);
    if fs::read_to_string(&file).unwrap() == wanted {
        return;
    }
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        fs::write(&file, wanted).unwrap();
        return;
    }
    panic!("{path} does not list the tools as they are: run `just bless` and review it");
}

#[test]
fn the_readme_has_each_tool_with_its_hint() {
    const BEGIN: &str = "<!-- tools: begin -->\n";
    const END: &str = "<!-- tools: end -->";
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let mut table = "| Tool | What it does |\n|---|---|\n".to_owned();
    for tool in tools::all() {
        table.push_str(&format!("| `{}` | {} |\n", tool.name, tool.hint));
    }
    holds("README.md", &format!("{before}{BEGIN}{table}{END}{after}"));
}

#[test]
fn the_page_about_tools_has_each_family() {
    const PAGE: &str = "docs/tools.md";
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let mut families = 0;
    let lines = page.lines().map(|line| {
        let row = |family: Family| format!("| `{}` | ", family.name());
        let family = Family::ALL
            .into_iter()
            .find(|family| line.starts_with(&row(*family)));
        let Some(family) = family else {
            return line.to_owned();
        };
        families += 1;
        let of = tools::all().iter().filter(|tool| tool.family == family);
        let of: Vec<String> = of.map(|tool| format!("`{}`", tool.name)).collect();
        format!("{}{} |", row(family), of.join(", "))
    });
    let wanted = lines.collect::<Vec<_>>().join("\n") + "\n";
    assert_eq!(
        families,
        Family::ALL.len(),
        "{PAGE} needs a row for each family of tools"
    );
    holds(PAGE, &wanted);
}

#[test]
fn each_tool_is_called_by_every_client() {
    let called: Vec<String> = rows().into_iter().map(|row| row.tool).collect();
    assert_eq!(
        called,
        names(),
        "tests/clients/calls.json has one row for each tool, in the order of guest/src/tools/mod.rs: \
         arguments that work on the recorded data, a fact of the answer, the most GETs that it costs"
    );
}

#[test]
fn each_tool_owns_a_route_of_the_host() {
    const ROUTES: &str = "host/gate/src/policy/route.rs";
    let source = fs::read_to_string(root().join(ROUTES)).unwrap();
    let owners: BTreeSet<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("const ")?.split_once(": &str = \""))
        .filter_map(|(_, value)| value.strip_suffix("\";"))
        // Two methods of the protocol own routes, too.
        .filter(|owner| !owner.contains('/'))
        .collect();
    assert_eq!(
        owners,
        names().into_iter().collect(),
        "{ROUTES} has a constant for each tool: an owner of the routes that the tool asks"
    );
}

/// `name: "…"` of each entry that a source holds.
fn entries(source: &str) -> usize {
    source.matches(": Tool = Tool {").count()
}

#[test]
fn whatever_lies_in_the_folder_of_tools_is_one() {
    let folder = root().join("guest/src/tools");
    let mut found = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("mod.rs") {
            continue;
        }
        let here = sources(&path)
            .iter()
            .map(|source| entries(source))
            .sum::<usize>();
        assert!(
            here > 0,
            "{} is no tool: what tools share belongs to guest/src/call or guest/src/model",
            path.display()
        );
        found += here;
    }
    assert_eq!(
        found,
        tools::all().len(),
        "guest/src/tools/mod.rs lists every entry"
    );
}

/// The sources of a file, or of a folder and those below it, its tests left out.
fn sources(path: &Path) -> Vec<String> {
    if path.is_file() {
        let source = fs::read_to_string(path).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        return vec![code.to_owned()];
    }
    let inside = fs::read_dir(path).unwrap();
    let paths = inside.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.file_stem().is_none_or(|stem| stem != "tests"))
        .flat_map(|path| sources(&path))
        .collect()
}

#[test]
fn the_rooms_of_the_protocol_and_of_argo_cd_name_no_tool() {
    for room in ["mcp", "argocd"] {
        let sources = sources(&root().join("guest/src").join(room));
        assert!(sources.len() > 5, "{room} has sources");
        for source in sources {
            for word in source.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
                assert!(
                    tools::find(word).is_none(),
                    "guest/src/{room} names the tool {word}: pass it as data, or name it in call/ or server/"
                );
            }
        }
    }
}

#[test]
fn a_tool_says_of_its_arguments_what_they_are() {
    for tool in tools::all() {
        let schema = tool.input_schema();
        let has = |key: &str| !schema["properties"][key].is_null();
        let required = |key: &str| {
            let required = schema["required"].as_array();
            required.is_some_and(|keys| keys.contains(&Value::from(key)))
        };
        let fits = match tool.subject {
            Subject::Application => required("name") && has("app_namespace"),
            Subject::Project => has("name") && has("application") && has("app_namespace"),
            Subject::ApplicationSet => required("name") && !has("app_namespace"),
            Subject::Nothing => !required("name") && !has("application"),
        };
        assert!(fits, "{}: {:?} {schema}", tool.name, tool.subject);
        let is_sentence = tool.hint.starts_with(char::is_uppercase) && !tool.hint.ends_with('.');
        assert!(is_sentence && !tool.hint.contains('|'), "{}", tool.hint);
    }
}
