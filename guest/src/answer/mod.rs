//! From a view to the text of an answer, under a budget.

/// What a tool says. Only this module makes one, so each answer has passed the budget.
pub struct Answer {
    text: String,
    is_error: bool,
}

impl Answer {
    /// The text content.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the call failed (`isError`).
    pub fn is_error(&self) -> bool {
        self.is_error
    }
}
