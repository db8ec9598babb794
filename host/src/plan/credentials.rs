//! Credentials: a token, by the first source that has one, or user and password.

use argocd_gate::{egress::Credentials, secrets::Secret};
use zeroize::Zeroizing;

use super::{
    context::{self, Context},
    draft::{Draft, Purpose},
    private_file::Modes,
    token::{expiry, token},
    token_command,
    token_file::{Extract, TokenFile},
};
use crate::limits;

impl Draft<'_> {
    /// The credentials, and when the token expires, in seconds since the Unix epoch.
    pub(super) fn credentials(
        &mut self,
        context: Option<&Context>,
    ) -> Option<(Credentials, Option<i64>)> {
        if let Some(path) = &self.typed.token_file {
            if self.typed.token_command.is_some() {
                self.problem("--token-file and --token-command exclude each other: keep one");
                return None;
            }
            let extract: Extract = Box::new(|text| Ok(text.trim().to_owned()));
            let opened = TokenFile::open(path, Modes::Private, extract);
            return self.of_file(opened, "--token-file");
        }
        if let Some(line) = &self.typed.token_command {
            let source = "--token-command";
            if self.purpose == Purpose::Look {
                self.note("credentials", "token (the command was not run)", source);
                return Some((Credentials::None, None));
            }
            let printed = token_command::run(line, limits::TOKEN_COMMAND);
            let found = printed.and_then(|text| token(&text));
            let token = self.or_problem(found, source)?;
            return Some(self.fixed(token, source));
        }
        self.of_environment(context)
    }

    fn of_environment(&mut self, context: Option<&Context>) -> Option<(Credentials, Option<i64>)> {
        let found = self.variable(&["ARGOCD_AUTH_TOKEN", "ARGOCD_API_TOKEN"]);
        let user = self.variable(&["ARGOCD_USERNAME"]);
        let password = self.variable(&["ARGOCD_PASSWORD"]);
        match (found, user, password) {
            (Some((source, text)), _, _) => {
                let found = token(&Zeroizing::new(text));
                let token = self.or_problem(found, source)?;
                Some(self.fixed(token, source))
            }
            (None, Some((_, user)), Some((source, password))) => {
                self.note(
                    "credentials",
                    "user and password (the host logs in)",
                    source,
                );
                let password = Secret::new(password);
                Some((Credentials::Password { user, password }, None))
            }
            (None, None, None) if context.is_some() => self.of_context(context?),
            (None, None, None) if self.purpose == Purpose::Look => {
                self.note("credentials", "not set", "default");
                Some((Credentials::None, None))
            }
            (None, user, password) => {
                self.problem(match (user, password) {
                    (Some(_), _) => "ARGOCD_USERNAME is set, but ARGOCD_PASSWORD is not",
                    (_, Some(_)) => "ARGOCD_PASSWORD is set, but ARGOCD_USERNAME is not",
                    _ => {
                        "there are no credentials: set ARGOCD_AUTH_TOKEN, or ARGOCD_USERNAME and \
                         ARGOCD_PASSWORD, or use --token-file, --token-command or --argocd-context"
                    }
                });
                None
            }
        }
    }

    fn of_context(&mut self, context: &Context) -> Option<(Credentials, Option<i64>)> {
        let source = Context::SOURCE;
        let relogin = format!("argocd relogin {}", context.name);
        if context.token.is_none() {
            self.problem(format!("{source}: the context has no token: run {relogin}"));
            return None;
        }
        let (name, path) = (context.name.clone(), context.path.clone());
        let extract: Extract = Box::new(move |text| context::token_of(text, &name, &path));
        let opened = TokenFile::open(&context.path, Modes::Cli, extract);
        let (credentials, ends) = self.of_file(opened, source)?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.map_or(0, |now| now.as_secs());
        if ends.is_some_and(|ends| u64::try_from(ends).is_ok_and(|ends| ends <= now)) {
            self.problem(format!("{source}: the session has expired: run {relogin}"));
            return None;
        }
        Some((credentials, ends))
    }

    fn fixed(&mut self, token: Secret, source: &'static str) -> (Credentials, Option<i64>) {
        self.note("credentials", "token (sealed)", source);
        let ends = expiry(token.expose());
        (Credentials::Token(token), ends)
    }

    fn of_file(
        &mut self,
        opened: Result<(Secret, std::sync::Arc<TokenFile>), String>,
        source: &'static str,
    ) -> Option<(Credentials, Option<i64>)> {
        let (token, file) = self.or_problem(opened, source)?;
        let text = "token (sealed; read again when its file changes, and after a 401)";
        self.note("credentials", text, source);
        let ends = expiry(token.expose());
        Some((Credentials::Renewed(token, file), ends))
    }
}
