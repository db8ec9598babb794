//! A token that a program prints, such as `op read`, `vault` or `pass`. Run once, in this process'
//! beginning: later it could not be started any more, because a hardened process starts none.

use std::{
    io::Read,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use crate::limits;

/// Runs `line`, split into words without a shell, and returns what it prints on stdout.
pub(super) fn run(line: &str, limit: Duration) -> Result<Zeroizing<String>, String> {
    let words = shlex::split(line).filter(|words| !words.is_empty());
    let words = words.ok_or("it is empty, or a quote is not closed")?;
    let begun = Instant::now();
    // Its stdin is not the client's: that belongs to the protocol.
    let mut child = Command::new(&words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("it cannot be started: {error}"))?;
    let stdout = child.stdout.take();
    let (sender, printed) = mpsc::channel();
    let read = thread::Builder::new().spawn(move || {
        let mut text = Zeroizing::new(Vec::new());
        let limit = limits::SECRET_FILE_BYTES + 1;
        let read = stdout.map(|stdout| stdout.take(limit).read_to_end(&mut text));
        // Nobody may wait any more.
        let _ = sender.send(read.is_some_and(|read| read.is_ok()).then_some(text));
    });
    let text = match read.map(|_| printed.recv_timeout(limit)) {
        Ok(Ok(Some(text))) if text.len() as u64 <= limits::SECRET_FILE_BYTES => Ok(text),
        Ok(Ok(_)) => Err(format!(
            "it prints more than {} bytes, or its output cannot be read",
            limits::SECRET_FILE_BYTES
        )),
        _ => Err(format!("it did not end within {limit:?}")),
    };
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if text.is_ok() && begun.elapsed() < limit => {
                thread::sleep(limits::CHILD_POLL);
            }
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
        }
    };
    let text = text?;
    match status {
        Some(status) if status.success() => {}
        Some(status) => return Err(format!("it failed: {status}")),
        None => return Err(format!("it did not end within {limit:?}")),
    }
    let text = std::str::from_utf8(&text).map_err(|_| "its output is not UTF-8 text")?;
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn words_are_passed_as_they_are_and_no_shell_looks_at_them() {
        let patient = Duration::from_secs(20);
        let printed = |line: &str| run(line, patient).map(|text| text.to_string());
        assert_eq!(printed("printf 'a b'").unwrap(), "a b");
        assert_eq!(printed("printf %s '$HOME;`id`|x'").unwrap(), "$HOME;`id`|x");
        for (line, words) in [
            ("", "empty"),
            ("printf 'x", "quote"),
            ("/no/such/program", "started"),
            ("false", "failed"),
            ("head -c 2000000 /dev/zero", "more than"),
        ] {
            let error = printed(line).unwrap_err();
            assert!(error.contains(words), "{line}: {error}");
        }
        let begun = Instant::now();
        for line in ["sleep 60", "sh -c 'exec >&-; sleep 60'"] {
            let error = run(line, Duration::from_millis(300)).err().unwrap();
            assert!(error.contains("did not end"), "{error}");
        }
        assert!(begun.elapsed() < Duration::from_secs(30));
    }
}
