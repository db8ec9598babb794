//! What one source file declares and names, as far as layers go: its modules, and its paths to others.
//! No parser: enough of Rust's tokens to tell code from texts, comments and tests.

/// A file without its tests.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) children: Vec<Child>,
    pub(super) paths: Vec<Path>,
}

/// `mod name;`
#[derive(Debug)]
pub(super) struct Child {
    pub(super) name: String,
    /// What `#[path]` says.
    pub(super) file: Option<String>,
}

/// A path that the file names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) from: From,
    pub(super) segments: Vec<String>,
    /// The name that a `use` gives to it.
    pub(super) name: Option<String>,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    Root,
    /// So many modules up from this file's.
    Up(usize),
    /// A child of this file's module, or another crate.
    Name,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Colons,
    Sign(char),
}

impl Source {
    pub(super) fn of(text: &str) -> Source {
        let mut reader = Reader {
            tokens: tokens(text),
            at: 0,
            found: Source::default(),
            inline: Vec::new(),
            depth: 0,
        };
        reader.read();
        reader.found
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    found: Source,
    /// The depths at which `mod name { ... }` began.
    inline: Vec<usize>,
    depth: usize,
}

impl Reader {
    fn sign(&self, ahead: usize) -> Option<char> {
        match self.tokens.get(self.at + ahead) {
            Some(Token::Sign(sign)) => Some(*sign),
            _ => None,
        }
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        match self.tokens.get(self.at + ahead) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn is_colons(&self, ahead: usize) -> bool {
        self.tokens.get(self.at + ahead) == Some(&Token::Colons)
    }

    fn read(&mut self) {
        let mut file = None;
        while self.at < self.tokens.len() {
            if self.sign(0) == Some('#') && matches!(self.sign(1), Some('[' | '!')) {
                file = self.attribute().or(file);
                continue;
            }
            match (self.word(0), self.sign(0)) {
                (Some("mod"), _) if self.word(1).is_some() => self.module(file.take()),
                (Some("use"), _) => self.import(),
                // The path of a visibility is a module around this one, which the file does not need.
                (Some("pub"), _) if self.sign(1) == Some('(') && self.word(2) == Some("in") => {
                    self.at += 1;
                    self.pass_brackets('(', ')');
                }
                (Some(_), _) if self.is_colons(1) => self.expression(),
                (_, Some('{')) => {
                    self.depth += 1;
                    self.at += 1;
                }
                (_, Some('}')) => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.inline.last() == Some(&self.depth) {
                        self.inline.pop();
                    }
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    /// Passes an attribute, and the item behind it when it is for tests only. The text of `#[path]`.
    fn attribute(&mut self) -> Option<String> {
        let begin = self.at;
        while self.sign(0) != Some('[') && self.at < self.tokens.len() {
            self.at += 1;
        }
        self.pass_brackets('[', ']');
        let inside = &self.tokens[begin..self.at];
        let says = |word: &str| inside.contains(&Token::Word(word.to_owned()));
        if says("cfg") && says("test") && !says("not") {
            self.pass_item();
            return None;
        }
        let text = inside.iter().find_map(|token| match token {
            Token::Text(text) => Some(text.clone()),
            _ => None,
        });
        text.filter(|_| says("path"))
    }

    fn pass_brackets(&mut self, open: char, close: char) {
        let mut depth = 0;
        while self.at < self.tokens.len() {
            let sign = self.sign(0);
            self.at += 1;
            if sign == Some(open) {
                depth += 1;
            } else if sign == Some(close) {
                depth -= 1;
                if depth == 0 {
                    return;
                }
            }
        }
    }

    fn pass_item(&mut self) {
        while self.at < self.tokens.len() {
            match self.sign(0) {
                Some('#') => {
                    self.at += 1;
                    self.pass_brackets('[', ']');
                }
                Some(';') => {
                    self.at += 1;
                    return;
                }
                Some('{') => {
                    self.pass_brackets('{', '}');
                    if self.sign(0) != Some(';') {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    fn module(&mut self, file: Option<String>) {
        let name = self.word(1).unwrap_or_default().to_owned();
        match self.sign(2) {
            Some(';') => self.found.children.push(Child { name, file }),
            Some('{') => {
                self.inline.push(self.depth);
                self.depth += 1;
            }
            _ => {}
        }
        self.at += 3;
    }

    fn import(&mut self) {
        self.at += 1;
        self.tree(&[]);
    }

    /// One branch of a `use`, to its `,`, `}` or `;`.
    fn tree(&mut self, before: &[String]) {
        let mut segments = before.to_vec();
        loop {
            match (self.word(0).map(str::to_owned), self.sign(0)) {
                (Some(word), _) => segments.push(word),
                (_, Some('{')) => {
                    self.at += 1;
                    while self.sign(0) != Some('}') && self.at < self.tokens.len() {
                        self.tree(&segments);
                        if self.sign(0) == Some(',') {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                // All names: the module itself.
                (_, Some('*')) => {}
                _ => return,
            }
            self.at += 1;
            if !self.is_colons(0) {
                break;
            }
            self.at += 1;
        }
        let mut name = segments.last().cloned();
        if self.word(0) == Some("as") {
            name = self.word(1).map(str::to_owned);
            self.at += 2;
        }
        if segments.last().is_some_and(|last| last == "self") && segments.len() > 1 {
            segments.pop();
            name = segments.last().cloned();
        }
        self.push(segments, name);
    }

    fn expression(&mut self) {
        let continues = self
            .at
            .checked_sub(1)
            .is_some_and(|at| self.tokens[at] == Token::Colons);
        let mut segments = Vec::new();
        while let Some(word) = self.word(0).map(str::to_owned) {
            segments.push(word);
            self.at += 1;
            if !self.is_colons(0) {
                break;
            }
            self.at += 1;
        }
        if !continues {
            self.push(segments, None);
        }
    }

    fn push(&mut self, segments: Vec<String>, name: Option<String>) {
        let ups = segments.iter().take_while(|word| *word == "super").count();
        let (from, skipped) = match segments.first().map(String::as_str) {
            Some("crate") => (From::Root, 1),
            Some("self") => (From::Up(0), 1),
            Some("super") => match ups.checked_sub(self.inline.len()) {
                Some(ups) => (From::Up(ups), ups + self.inline.len()),
                // Inside of this file.
                None => return,
            },
            _ => (From::Name, 0),
        };
        self.found.paths.push(Path {
            from,
            segments: segments.into_iter().skip(skipped).collect(),
            name,
        });
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let text: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let next = text.get(at + 1).copied().unwrap_or(' ');
        match text[at] {
            '/' if next == '/' => at += text[at..].iter().take_while(|c| **c != '\n').count(),
            '/' if next == '*' => at = after(&text, at + 2, "*/"),
            '"' => {
                let end = string_end(&text, at + 1);
                found.push(Token::Text(text[at + 1..end].iter().collect()));
                at = end + 1;
            }
            'r' | 'b' if raw_begins(&text, at) => {
                let hashes = text[at..].iter().skip_while(|c| c.is_alphabetic());
                let hashes = hashes.take_while(|c| **c == '#').count();
                let begin = at + text[at..].iter().take_while(|c| **c != '"').count();
                at = after(&text, begin + 1, &format!("\"{}", "#".repeat(hashes)));
            }
            '\'' if next == '\\' => at = after(&text, at + 3, "'"),
            '\'' if text.get(at + 2) == Some(&'\'') => at += 3,
            ':' if next == ':' => {
                found.push(Token::Colons);
                at += 2;
            }
            c if c.is_alphanumeric() || c == '_' => {
                let word = text[at..]
                    .iter()
                    .take_while(|c| c.is_alphanumeric() || **c == '_');
                let word: String = word.collect();
                at += word.chars().count();
                found.push(Token::Word(word));
            }
            c => {
                if !c.is_whitespace() {
                    found.push(Token::Sign(c));
                }
                at += 1;
            }
        }
    }
    found
}

fn raw_begins(text: &[char], at: usize) -> bool {
    let rest = &text[at..];
    let letters = rest.iter().take_while(|c| c.is_alphabetic()).count();
    let hashes = rest[letters..].iter().take_while(|c| **c == '#').count();
    let before = at.checked_sub(1).map(|at| text[at]);
    letters <= 2
        && rest[..letters].contains(&'r')
        && rest.get(letters + hashes) == Some(&'"')
        && !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn string_end(text: &[char], mut at: usize) -> usize {
    while at < text.len() && text[at] != '"' {
        at += 1 + usize::from(text[at] == '\\');
    }
    at.min(text.len())
}

fn after(text: &[char], mut at: usize, end: &str) -> usize {
    let end: Vec<char> = end.chars().collect();
    while at < text.len() && !text[at..].starts_with(&end) {
        at += 1;
    }
    at + end.len()
}
