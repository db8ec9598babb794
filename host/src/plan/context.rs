//! The argocd CLI's own configuration, read when `--argocd-context` asks for it.
//!
//! The refresh token is never redeemed: that would rotate it and log the CLI out. When a session
//! ends, `argocd relogin` writes a new token, which is read from the file then.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use saphyr::{LoadableYamlNode, Yaml};
use zeroize::Zeroizing;

use super::{draft::Draft, private_file::Modes, private_file::read};

/// What a context says, and where it stands.
pub(crate) struct Context {
    pub(super) path: PathBuf,
    pub(super) name: String,
    /// As a URL: scheme by `plain-text`, path prefix by `grpc-web-root-path`.
    pub(super) server: String,
    pub(super) token: Option<Zeroizing<String>>,
    pub(super) insecure: bool,
    pub(super) authority: Option<Vec<u8>>,
    /// Certificate chain and key, PEM.
    pub(super) identity: Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
}

impl Context {
    pub(super) const SOURCE: &str = "--argocd-context";
}

impl Draft<'_> {
    /// The context that was asked for.
    pub(super) fn context(&mut self) -> Option<Context> {
        let wanted = self.typed.argocd_context.clone()?;
        let found = self.config_file().and_then(|path| {
            let text = Zeroizing::new(read(&path, Modes::Cli)?);
            parse(&text, wanted.as_deref(), &path)
        });
        let context = self.or_problem(found, Context::SOURCE)?;
        let text = format!("{} of {}", context.name, context.path.display());
        self.note("context", text, Context::SOURCE);
        Some(context)
    }

    /// Where the CLI looks: its own variable, `~/.argocd` if present, then XDG.
    fn config_file(&self) -> Result<PathBuf, String> {
        let folder =
            |name: &'static str| self.variable(&[name]).map(|(_, path)| PathBuf::from(path));
        if let Some(folder) = folder("ARGOCD_CONFIG_DIR") {
            return Ok(folder.join("config"));
        }
        let home = folder("HOME");
        if let Some(old) = home
            .as_ref()
            .map(|home| home.join(".argocd"))
            .filter(|old| old.is_dir())
        {
            return Ok(old.join("config"));
        }
        let configs = folder("XDG_CONFIG_HOME").or(home.map(|home| home.join(".config")));
        let configs = configs.filter(|path| path.is_absolute());
        // A relative folder would be one below the working directory, from which nothing is read.
        Ok(configs
            .ok_or("neither ARGOCD_CONFIG_DIR nor HOME is set")?
            .join("argocd/config"))
    }
}

/// The token of the context `name` in the CLI's file, for reading it again.
pub(super) fn token_of(text: &str, name: &str, path: &Path) -> Result<String, String> {
    let context = parse(text, Some(name), path)?;
    let token = context.token.ok_or("the context no longer has a token")?;
    Ok(token.to_string())
}

fn parse(text: &str, wanted: Option<&str>, path: &Path) -> Result<Context, String> {
    let shown = path.display();
    // The parser's message may quote the file.
    let documents = Yaml::load_from_str(text).map_err(|error| {
        let line = error.marker().line();
        format!("{shown} is not valid YAML (line {line})")
    })?;
    let root = documents.first().ok_or(format!("{shown} is empty"))?;
    let current = field(root, "current-context").map(str::to_owned);
    let name = wanted.map(str::to_owned).or(current);
    let name = name.ok_or(format!("{shown} has no current context: give its name"))?;
    let missing = |what: &str| format!("{shown} has no {what} for this context");
    let context = entry(root, "contexts", "name", &name).ok_or_else(|| missing("entry"))?;
    let server = field(context, "server").ok_or_else(|| missing("server"))?;
    let settings = entry(root, "servers", "server", server).ok_or_else(|| missing("server"))?;
    let flag = |key: &str| settings.as_mapping_get(key).and_then(Yaml::as_bool) == Some(true);
    if flag("core") || server == "kubernetes" {
        return Err(
            "this context is in core mode: it has no API server. Forward a port to \
                    argocd-server (kubectl -n argocd port-forward svc/argocd-server 8080:443), \
                    then use its URL and a token"
                .to_owned(),
        );
    }
    let user = field(context, "user").and_then(|user| entry(root, "users", "name", user));
    let token = user.and_then(|user| field(user, "auth-token"));
    let data = |key: &'static str| match field(settings, key) {
        None => Ok(None),
        Some(text) => match STANDARD.decode(text) {
            Ok(pem) => Ok(Some(pem)),
            Err(_) => Err(format!("{shown}: {key} is not valid base64")),
        },
    };
    let chain = data("client-certificate-data")?;
    let key = data("client-certificate-key-data")?.map(Zeroizing::new);
    let scheme = if flag("plain-text") { "http" } else { "https" };
    let root_path = field(settings, "grpc-web-root-path").unwrap_or_default();
    Ok(Context {
        path: path.to_owned(),
        server: format!("{scheme}://{server}/{}", root_path.trim_matches('/')),
        token: token.map(|token| Zeroizing::new(token.to_owned())),
        insecure: flag("insecure"),
        authority: data("certificate-authority-data")?,
        identity: chain.zip(key),
        name,
    })
}

fn field<'a>(node: &'a Yaml<'_>, key: &str) -> Option<&'a str> {
    node.as_mapping_get(key)?
        .as_str()
        .filter(|text| !text.is_empty())
}

/// The entry of the list `list` whose `key` is `value`.
fn entry<'a>(root: &'a Yaml<'a>, list: &str, key: &str, value: &str) -> Option<&'a Yaml<'a>> {
    let list = root.as_mapping_get(list)?.as_sequence()?;
    list.iter().find(|entry| field(entry, key) == Some(value))
}

#[cfg(test)]
mod tests;
