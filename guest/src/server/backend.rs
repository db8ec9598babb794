//! What `tools/call` runs: the tools on an Argo CD, or the problems of the configuration.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::options::{Options, Output};
use crate::{
    argocd::Client,
    http::Local,
    mcp::tools::Outcome,
    tools::{self, Offer, Tool},
};

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

    /// The text of the tool `name` as a resource, whether it is listed or not.
    fn read(&self, name: &str, arguments: Map<String, Value>) -> Option<Local<'static, Outcome>>;

    /// Passes `(namespace, name)` of each application that the account may see to the function; the
    /// error says why there are none.
    fn applications(&self, each: Names) -> Local<'static, Result<(), String>>;
}

/// Takes namespace and name of an application.
pub type Names = Box<dyn FnMut(&str, &str)>;

/// The tools on one Argo CD.
pub struct ArgoCd {
    client: Rc<Client>,
    offer: Rc<Offer>,
    output: Output,
}

impl ArgoCd {
    /// The tools that `options` list, on `client`.
    pub fn new(client: Rc<Client>, options: Options) -> Self {
        Self {
            client,
            offer: Rc::new(options.tools),
            output: options.output,
        }
    }
}

impl ArgoCd {
    fn run(
        &self,
        tool: &'static Tool,
        arguments: Map<String, Value>,
        progress: Reporter,
        output: Output,
    ) -> Local<'static, Outcome> {
        let context = tools::Context {
            client: Rc::clone(&self.client),
            offer: Rc::clone(&self.offer),
            progress,
        };
        Box::pin(async move {
            let answer = tools::call(&context, tool, arguments).await;
            Outcome {
                text: answer.text().to_owned(),
                is_error: answer.is_error(),
                structured: (output == Output::Structured).then(|| answer.structured().clone()),
            }
        })
    }
}

impl Backend for ArgoCd {
    fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        progress: Reporter,
    ) -> Option<Local<'static, Outcome>> {
        let tool = tools::find(name).filter(|tool| self.offer.allows(tool.name))?;
        Some(self.run(tool, arguments, progress, self.output))
    }

    fn read(&self, name: &str, arguments: Map<String, Value>) -> Option<Local<'static, Outcome>> {
        let silent: Reporter = Rc::new(|_, _, _| {});
        Some(self.run(tools::find(name)?, arguments, silent, Output::Text))
    }

    fn applications(&self, each: Names) -> Local<'static, Result<(), String>> {
        let client = Rc::clone(&self.client);
        Box::pin(async move {
            let names = tools::application_names(&client, each).await;
            names.map_err(|error| error.explain())
        })
    }
}

/// A backend for invalid settings: every call fails with all problems, so that they show in the
/// client. After an exit they would only be in a log.
pub struct Misconfigured(Rc<str>);

impl Misconfigured {
    /// `problems` are sentences.
    pub fn new<T: std::fmt::Display>(problems: &[T]) -> Self {
        let mut text = "This MCP server is misconfigured, so no tool works. \
             Fix its environment and restart it:"
            .to_owned();
        for problem in problems {
            text.push_str(&format!("\n- {problem}"));
        }
        Self(text.into())
    }

    /// The text that every call fails with.
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
        tools::find(name)?;
        let text = self.0.to_string();
        Some(Box::pin(async move { Outcome::error(text) }))
    }

    fn read(&self, name: &str, arguments: Map<String, Value>) -> Option<Local<'static, Outcome>> {
        self.call(name, arguments, Rc::new(|_, _, _| {}))
    }

    fn applications(&self, _: Names) -> Local<'static, Result<(), String>> {
        let text = self.0.to_string();
        Box::pin(async { Err(text) })
    }
}
