//! The part of a list that one answer shows, for lists held in memory.

use super::{
    Line, Page,
    cursor::{self, BadCursor},
};

/// Records in their final order, and where to start.
pub(crate) struct Window<'a> {
    scope: &'a str,
    start: usize,
    /// Whether the record before the start is gone: the list has changed since.
    pub(crate) moved: bool,
}

/// The rest of a list after an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rest {
    /// Records after the last shown one.
    pub(crate) left_out: usize,
    /// Continues after the last shown record.
    pub(crate) cursor: String,
}

impl<'a> Window<'a> {
    /// Starts after the record that `cursor` names, by `keys` (one for each record, in order); at
    /// the same place in the list when that record is gone.
    pub(crate) fn open<K: AsRef<str>>(
        scope: &'a str,
        cursor: Option<&str>,
        keys: &[K],
    ) -> Result<Self, BadCursor> {
        let Some(cursor) = cursor else {
            return Ok(Self {
                scope,
                start: 0,
                moved: false,
            });
        };
        let [index, key] = cursor::decode::<2>(scope, cursor)?;
        let index: usize = index.parse().map_err(|_| BadCursor)?;
        let matches = |key: &str, hash: &str| cursor::hash(key).to_string() == hash;
        // The same key may stand twice: the place where it stood comes first.
        let at = match keys.get(index) {
            Some(there) if matches(there.as_ref(), &key) => Some(index),
            _ => keys.iter().position(|there| matches(there.as_ref(), &key)),
        };
        Ok(match at {
            Some(at) => Self {
                scope,
                start: at + 1,
                moved: false,
            },
            None => Self {
                scope,
                start: index.min(keys.len()),
                moved: true,
            },
        })
    }

    /// The index of the first record to show.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// Writes records `start..` by `render` until the page or `limit` ends.
    pub(crate) fn fill<K: AsRef<str>>(
        &self,
        page: &mut Page,
        keys: &[K],
        limit: usize,
        mut render: impl FnMut(usize) -> Line,
    ) -> Option<Rest> {
        let mut next = self.start;
        while next < keys.len() && next - self.start < limit {
            let line = render(next);
            if !page.row(line.clone()) {
                if next == self.start {
                    page.start_of(&line);
                    next += 1;
                }
                break;
            }
            next += 1;
        }
        let rest = self.rest(keys, next);
        if rest.is_some() {
            page.has_more();
        }
        rest
    }

    /// The rest of the list from record `next` on.
    pub(crate) fn rest<K: AsRef<str>>(&self, keys: &[K], next: usize) -> Option<Rest> {
        let last = next.checked_sub(1).and_then(|last| keys.get(last))?;
        if next >= keys.len() {
            return None;
        }
        let cursor = cursor::encode(
            self.scope,
            &[
                &(next - 1).to_string(),
                &cursor::hash(last.as_ref()).to_string(),
            ],
        );
        Some(Rest {
            left_out: keys.len() - next,
            cursor,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{
        super::{Budget, Line},
        Page, Window,
    };

    fn page_of(keys: &[&str], cursor: Option<&str>) -> (String, Option<String>, bool) {
        let window = Window::open("s", cursor, keys).unwrap();
        let mut page = Page::new(Budget::default());
        let rest = window.fill(&mut page, keys, 2, |at| Line::from(keys[at]));
        (
            page.finish().text().replace('\n', " "),
            rest.map(|rest| rest.cursor),
            window.moved,
        )
    }

    #[test]
    fn a_record_longer_than_a_page_is_cut_and_passed() {
        let long = (0..9_000).fold(Line::from("first"), |line, _| line.below("lines", "x"));
        let keys = ["a", "b"];
        let window = Window::open("s", None, &keys).unwrap();
        let mut page = Page::new(Budget::default());
        let rest = window.fill(&mut page, &keys, 2, |at| match at {
            0 => long.clone(),
            _ => Line::from("second"),
        });
        let text = page.finish().text().to_owned();
        assert!(text.starts_with("first\n  x\n") && text.contains("longer than a page"));
        assert!(text.chars().count() <= crate::limits::ANSWER_CHARS);
        let rest = rest.unwrap();
        assert_eq!(rest.left_out, 1);
        let window = Window::open("s", Some(&rest.cursor), &keys).unwrap();
        assert_eq!(window.start(), 1);
    }

    #[test]
    fn each_record_once_though_the_list_changes() {
        let (text, cursor, _) = page_of(&["a", "b", "c", "d"], None);
        assert_eq!(text, "a b");
        let (text, ..) = page_of(&["0", "a", "b", "c", "d"], cursor.as_deref());
        assert_eq!(text, "c d");
        let (text, rest, moved) = page_of(&["a", "c", "d"], cursor.as_deref());
        assert_eq!((text.as_str(), rest, moved), ("c d", None, true));
        assert_eq!(page_of(&[], cursor.as_deref()).0, "");
        assert!(Window::open("other", cursor.as_deref(), &["a"]).is_err());
    }
}
