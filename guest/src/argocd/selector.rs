//! Label selectors, parsed before they are sent: Argo CD answers a malformed one with a plain 500.
//!
//! The grammar is that of Kubernetes (`k8s.io/apimachinery/pkg/labels`): requirements joined by
//! commas, each `key`, `!key`, `key=value`, `key==value`, `key!=value`, `key in (a,b)`,
//! `key notin (a,b)`, `key>1` or `key<1`.

use super::names::{InvalidName, Namespace, ProjectName};

/// Maximum length of a label value and of the name part of a label key, in characters (Kubernetes).
const LABEL_CHARS: usize = 63;
/// Maximum length of the prefix of a label key, in characters (Kubernetes).
const PREFIX_CHARS: usize = 253;
/// Maximum length of a selector, in characters: fits every proxy's request line with the other parameters.
const SELECTOR_CHARS: usize = 2_000;

/// Which applications the list is about; what Argo CD filters by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Any of these projects; all when empty.
    pub projects: Vec<ProjectName>,
    /// Labels of the Application.
    pub selector: Option<Selector>,
    /// Applications of one namespace only.
    pub app_namespace: Option<Namespace>,
}

/// A well-formed label selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector(String);

impl Selector {
    /// Parses a selector as `kubectl -l` takes it.
    pub fn parse(value: &str) -> Result<Selector, InvalidName> {
        let value = value.trim();
        let refuse = |problem: String| {
            let form = "use comma-separated requirements, such as `team=payments,tier in (web,api),!legacy`";
            InvalidName::new("label selector", value, format!("{problem}; {form}"))
        };
        if value.len() > SELECTOR_CHARS {
            return Err(refuse(format!(
                "it is longer than {SELECTOR_CHARS} characters"
            )));
        }
        let tokens = tokens(value).map_err(refuse)?;
        Parser { tokens: &tokens }.requirements().map_err(refuse)?;
        Ok(Selector(value.to_owned()))
    }

    /// The selector as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    Sign(&'a str),
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("==") || rest.starts_with("!=") {
            2
        } else if "!=,()<>".contains(first) {
            1
        } else {
            return Err(format!("{first:?} is not allowed"));
        };
        let (token, after) = rest.split_at(length);
        tokens.push(if is_word(first) {
            Token::Word(token)
        } else {
            Token::Sign(token)
        });
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Option<&'a Token<'a>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn word(&mut self) -> Option<&'a str> {
        match self.tokens.first() {
            Some(Token::Word(word)) => {
                self.next();
                Some(word)
            }
            _ => None,
        }
    }

    fn requirements(mut self) -> Result<(), String> {
        loop {
            self.requirement()?;
            match self.next() {
                None => return Ok(()),
                Some(Token::Sign(",")) => {}
                Some(Token::Word(word) | Token::Sign(word)) => {
                    return Err(format!("a comma is missing before {word:?}"));
                }
            }
        }
    }

    fn requirement(&mut self) -> Result<(), String> {
        if self.tokens.first() == Some(&Token::Sign("!")) {
            self.next();
            return key(self.word().ok_or("a label key must follow '!'")?);
        }
        let name = self.word().ok_or("a label key is missing")?;
        key(name)?;
        match self.tokens.first() {
            Some(Token::Sign("=" | "==" | "!=")) => {
                self.next();
                value(self.word().unwrap_or_default())
            }
            Some(Token::Sign("<" | ">")) => {
                self.next();
                let bound = self.word().unwrap_or_default();
                let whole = bound
                    .parse::<i64>()
                    .map_err(|_| format!("{name:?} must be compared with a whole number"));
                whole.map(|_| ())
            }
            Some(Token::Word("in" | "notin")) => {
                self.next();
                self.set()
            }
            _ => Ok(()),
        }
    }

    fn set(&mut self) -> Result<(), String> {
        if self.next() != Some(&Token::Sign("(")) {
            return Err("'(' must follow `in` and `notin`".to_owned());
        }
        loop {
            value(self.word().unwrap_or_default())?;
            match self.next() {
                Some(Token::Sign(")")) => return Ok(()),
                Some(Token::Sign(",")) => {}
                _ => return Err("the list of values is not closed by ')'".to_owned()),
            }
        }
    }
}

fn key(key: &str) -> Result<(), String> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if let Some(prefix) = prefix
        && (prefix.is_empty() || prefix.len() > PREFIX_CHARS || ProjectName::parse(prefix).is_err())
    {
        return Err(format!("the prefix of the key {key:?} is not a DNS name"));
    }
    if name.is_empty() {
        return Err(format!("the key {key:?} has no name"));
    }
    part(name).map_err(|problem| format!("the key {key:?} {problem}"))
}

fn value(value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Ok(());
    }
    part(value).map_err(|problem| format!("the value {value:?} {problem}"))
}

fn part(text: &str) -> Result<(), String> {
    if text.contains('/') {
        return Err("has more than one slash".to_owned());
    }
    if text.len() > LABEL_CHARS {
        return Err(format!("is longer than {LABEL_CHARS} characters"));
    }
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric())
        || !text.ends_with(|c: char| c.is_ascii_alphanumeric())
    {
        return Err("must begin and end with a letter or digit".to_owned());
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn well_formed() {
        #[rustfmt::skip]
        let rows = [
            "team=payments", "team==payments", "team!=payments", "team = payments", "team", "!team", "! team",
            "a=b,c=d", "a in (b)", "a in (b, c)", "a notin (b,c),d", "a in()", "in in (in, notin)", "a=", "a!=",
            "app.kubernetes.io/name=web_1.2", "a>1", "a<-3", "a=in", "a,b=",
        ];
        for value in rows {
            assert_eq!(Selector::parse(value).unwrap().as_str(), value);
        }
        assert_eq!(Selector::parse("  a=b ").unwrap().as_str(), "a=b");
    }

    #[test]
    fn malformed() {
        let long = format!("a={}", "b".repeat(64));
        let longer = "a,".repeat(1_001);
        #[rustfmt::skip]
        let rows: &[(&str, &str)] = &[
            ("", "key is missing"), (",", "key is missing"), ("a,", "key is missing"), ("a=b,,c", "key is missing"),
            ("team in (", "not closed"), ("a in b", "'('"), ("a in (b c)", "not closed"), ("a b", "comma is missing"),
            ("a=b c=d", "comma is missing"), ("a=(b)", "comma is missing"), ("a>x", "whole number"), ("a>", "whole number"),
            ("-a=b", "begin and end"), ("a=-b", "begin and end"), ("a=b/c", "slash"), ("a/b/c", "slash"),
            ("/a", "prefix"), ("A_b/c", "prefix"), ("a/", "no name"), ("a=é", "not allowed"), ("a&b=c", "not allowed"),
            ("a=\"b\"", "not allowed"), ("!", "follow '!'"), (&long, "longer than 63"), (&longer, "longer than 2000"),
            ("a)", "comma is missing"), ("=b", "key is missing"),
        ];
        for (value, part) in rows {
            let error = Selector::parse(value).unwrap_err().to_string();
            assert!(error.contains(part), "{value:?}: {error}");
        }
    }
}
