//! What is behind `tools/call`: the tools on an Argo CD, or the reasons why there is none.

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::{argocd::Client, http::Local, mcp::tools::Outcome, tools};

/// Reports `(done, total, message)` while a call runs.
pub type Reporter = Rc<dyn Fn(f64, Option<f64>, &str)>;

/// Runs tools.
pub trait Backend {
    /// The running tool `name`, or `None` when there is no such tool. Nothing happens before the
    /// future is polled, and dropping it aborts what it does upstream.
    fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        progress: Reporter,
    ) -> Option<Local<'static, Outcome>>;
}

/// The tools on one Argo CD.
pub struct ArgoCd(pub Rc<Client>);

impl Backend for ArgoCd {
    fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        progress: Reporter,
    ) -> Option<Local<'static, Outcome>> {
        let name = known(name)?;
        let context = tools::Context {
            client: Rc::clone(&self.0),
            progress,
        };
        Some(Box::pin(async move {
            match tools::call(&context, name, arguments).await {
                Some(answer) => Outcome {
                    text: answer.text().to_owned(),
                    is_error: answer.is_error(),
                },
                None => Outcome {
                    text: format!(
                        "The tool {name} is listed but cannot be run: a defect of this server."
                    ),
                    is_error: true,
                },
            }
        }))
    }
}

/// No Argo CD, as the settings are wrong: every call says all that is wrong with them, so that
/// whoever uses the client learns it there. Exiting would tell it to a log that nobody reads.
pub struct Misconfigured(Rc<str>);

impl Misconfigured {
    /// `problems` are sentences.
    pub fn new<T: std::fmt::Display>(problems: &[T]) -> Self {
        let mut text = "The Argo CD server is not set up, so no tool can be used. \
             To be fixed in the environment of this MCP server, which then is to be restarted:"
            .to_owned();
        for problem in problems {
            text.push_str(&format!("\n- {problem}"));
        }
        Self(text.into())
    }

    /// What every call answers.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Backend for Misconfigured {
    fn call(
        &self,
        name: &str,
        _: Map<String, Value>,
        _: Reporter,
    ) -> Option<Local<'static, Outcome>> {
        known(name)?;
        let text = self.0.to_string();
        Some(Box::pin(async move {
            Outcome {
                text,
                is_error: true,
            }
        }))
    }
}

fn known(name: &str) -> Option<&'static str> {
    tools::all()
        .iter()
        .map(|tool| tool.name)
        .find(|known| *known == name)
}
