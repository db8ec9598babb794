//! Which windows of a project apply to an application: Argo CD's rule.

use crate::{
    answer::word,
    model::{application::Application, glob, window::Window},
    redact::Text,
};

/// Why a window applies: the patterns that match, `applications *, namespaces web`;
/// `None` when it is not.
pub(crate) fn assigned(window: &Window, app: &Application) -> Option<String> {
    let destination = &app.spec.destination;
    let lists: [(&str, &[Text], Vec<&str>); 3] = [
        // The name alone, whatever the namespace of the Application.
        (
            "applications",
            &window.applications,
            vec![&app.metadata.name],
        ),
        (
            "namespaces",
            &window.namespaces,
            vec![&destination.namespace],
        ),
        // As the application writes it: the pattern of a name does not match an application with a URL.
        (
            "clusters",
            &window.clusters,
            vec![&destination.server, &destination.name],
        ),
    ];
    let given = lists.iter().filter(|(_, patterns, _)| !patterns.is_empty());
    let matched: Vec<String> = given
        .clone()
        .filter_map(|(label, patterns, values)| {
            let pattern = patterns.iter().find(|pattern| {
                let mut values = values.iter().filter(|value| !value.is_empty());
                values.any(|value| glob::matches(pattern, value))
            })?;
            Some(format!("{label} {}", word(pattern)))
        })
        .collect();
    let all = given.count();
    let is_assigned = match window.and_operator {
        Some(true) => all > 0 && matched.len() == all,
        _ => !matched.is_empty(),
    };
    is_assigned.then(|| matched.join(", "))
}

#[cfg(test)]
mod tests {
    use crate::model::windows::assign::assigned;
    use crate::{
        model::{application::Application, window::Window},
        redact::Text,
    };

    #[test]
    fn lists_are_alternatives_unless_they_are_all_needed() {
        let mut app = Application::default();
        app.metadata.name = Text::new("shop");
        app.metadata.namespace = Text::new("team-a");
        app.spec.destination.server = Text::new("https://east.example.com");
        app.spec.destination.namespace = Text::new("web");
        for (applications, namespaces, clusters, all, want) in [
            ("*", "", "", false, Some("applications *")),
            ("sh*", "db", "", false, Some("applications sh*")),
            ("sh*", "db", "", true, None),
            (
                "sh*",
                "web",
                "https://east*",
                true,
                Some("applications sh*, namespaces web, clusters https://east*"),
            ),
            ("team-a/shop", "", "", false, None),
            ("", "", "east", false, None),
            ("", "", "*", false, Some("clusters *")),
            ("", "", "", false, None),
            ("", "", "", true, None),
        ] {
            let list = |text: &str| match text {
                "" => Vec::new(),
                text => vec![Text::new("never"), Text::new(text)],
            };
            let window = Window {
                applications: list(applications),
                namespaces: list(namespaces),
                clusters: list(clusters),
                and_operator: Some(all),
                ..Window::default()
            };
            assert_eq!(
                assigned(&window, &app).as_deref(),
                want,
                "{applications} {namespaces} {clusters}"
            );
        }
    }
}
