//! The errors that the host itself answers a client with, as JSON-RPC lines.

/// What is wrong, by JSON-RPC 2.0, section 5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// The line is no JSON.
    Parse = -32_700,
    /// The line is no request that the host takes.
    InvalidRequest = -32_600,
    /// There will be no other answer.
    Internal = -32_603,
}

/// One line, newline included. `id` is the request's, as JSON; `None` where there is none to name.
pub(crate) fn error(id: Option<&str>, code: Code, message: &str) -> Vec<u8> {
    let error = serde_json::json!({ "code": code as i32, "message": message });
    let id = id.unwrap_or("null");
    format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{error}}}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{Code, error};

    #[test]
    fn a_message_is_one_line_of_json_whatever_it_says() {
        let line = error(Some("\"a\""), Code::Internal, "two\n\"lines\"");
        let (newline, line) = line.split_last().unwrap();
        assert!(*newline == b'\n' && !line.contains(&b'\n'));
        let value: serde_json::Value = serde_json::from_slice(line).unwrap();
        assert_eq!(value["id"], "a");
        assert_eq!(value["error"]["code"], -32_603);
        assert_eq!(value["error"]["message"], "two\n\"lines\"");
        assert!(error(None, Code::Parse, "").starts_with(b"{\"jsonrpc\":\"2.0\",\"id\":null,"));
    }
}
