//! Each measure seen from inside a process that has it, and from one that does not: the test binary
//! starts itself.

// The probe's output is how one process tells the other; helpers of a test may fail as it does.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    io,
    net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket},
    process::Command,
};

use super::*;

const MODE: &str = "HARDEN_PROBE";
const PORTS: &str = "HARDEN_PORTS";

/// Does nothing unless the test below starts it in a process of its own.
#[test]
fn probe() {
    let Ok(mode) = std::env::var(MODE) else {
        return;
    };
    let ports = std::env::var(PORTS).unwrap();
    let (allowed, other) = ports.split_once(' ').unwrap();
    let (allowed, other): (u16, u16) = (allowed.parse().unwrap(), other.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let reach = match &*mode {
        "hardened" => Some(Reach {
            port: Some(allowed),
            ..Reach::default()
        }),
        // As one that answers from a recording.
        "offline" => Some(Reach::default()),
        // As one that makes a recording.
        "writing" => Some(Reach {
            port: Some(allowed),
            write: Some(folder.path()),
            ..Reach::default()
        }),
        _ => None,
    };
    if let Some(reach) = reach {
        let hardening = apply(reach);
        for (what, status) in &hardening.0 {
            println!("status\t{what}\t{status}");
        }
    }
    let own = std::env::current_exe().unwrap();
    let rows: Vec<(&str, io::Result<()>)> = vec![
        (
            "exec",
            Command::new("/bin/true")
                .spawn()
                .and_then(|mut child| child.wait())
                .map(drop),
        ),
        ("bind tcp", TcpListener::bind("127.0.0.1:0").map(drop)),
        ("bind udp", UdpSocket::bind("127.0.0.1:0").map(drop)),
        ("listen", listen()),
        ("executable memory", executable()),
        ("debug", debug()),
        ("read program", std::fs::File::open(own).map(drop)),
        ("write", std::fs::write(folder.path().join("x"), "x")),
        (
            "connect elsewhere",
            TcpStream::connect(("127.0.0.1", other)).map(drop),
        ),
        ("dumpable", dumpable()),
        (
            "connect",
            TcpStream::connect(("127.0.0.1", allowed)).map(drop),
        ),
        ("read hosts", std::fs::read("/etc/hosts").map(drop)),
        ("name", ("localhost", allowed).to_socket_addrs().map(drop)),
        ("thread", std::thread::Builder::new().spawn(|| ()).map(drop)),
        ("roots", roots()),
    ];
    for (what, result) in rows {
        let said = result.map_or_else(
            |error| format!("{:?}", error.raw_os_error()),
            |()| "ok".into(),
        );
        println!("row\t{what}\t{said}");
    }
}

fn os(result: libc::c_int) -> io::Result<()> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

fn listen() -> io::Result<()> {
    // SAFETY: numbers only; the descriptor lives as long as this process.
    unsafe {
        os(libc::listen(
            libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0),
            1,
        ))
    }
}

fn executable() -> io::Result<()> {
    let (rx, flags) = (
        libc::PROT_READ | libc::PROT_EXEC,
        libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
    );
    // SAFETY: a new mapping that nobody uses.
    let at = unsafe { libc::mmap(std::ptr::null_mut(), 4096, rx, flags, -1, 0) };
    if at == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Asks after a process that there is none of: an answer means that the call was made.
fn debug() -> io::Result<()> {
    // SAFETY: no memory is touched, and no process has this number.
    let told = unsafe { libc::ptrace(libc::PTRACE_PEEKDATA, i32::MAX, 0, 0) };
    match io::Error::last_os_error() {
        error if told < 0 && error.raw_os_error() != Some(libc::ESRCH) => Err(error),
        _ => Ok(()),
    }
}

fn dumpable() -> io::Result<()> {
    // SAFETY: numbers only.
    match unsafe { libc::prctl(libc::PR_GET_DUMPABLE, 0, 0, 0, 0) } {
        1 => Ok(()),
        _ => Err(io::Error::from_raw_os_error(libc::EPERM)),
    }
}

/// Loaded on a thread of its own, as the dialer does.
fn roots() -> io::Result<()> {
    let loaded = std::thread::spawn(rustls_native_certs::load_native_certs)
        .join()
        .unwrap();
    println!("roots\t{}\t{}", loaded.certs.len(), loaded.errors.len());
    Ok(())
}

/// The lines that a probe in a process of its own says, by kind.
fn probed(mode: &str, ports: &str) -> Vec<Vec<String>> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "harden::tests::probe",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(MODE, mode)
        .env(PORTS, ports)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    // The first line shares its line with the harness' own words.
    let at = |line: &str| {
        ["status\t", "row\t", "roots\t"]
            .iter()
            .find_map(|kind| line.find(kind))
    };
    text.lines()
        .filter_map(|line| Some(&line[at(line)?..]))
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect()
}

fn rows(lines: &[Vec<String>], kind: &str) -> BTreeMap<String, String> {
    let of_kind = lines.iter().filter(|line| line[0] == kind);
    of_kind
        .map(|line| (line[1].clone(), line[2].clone()))
        .collect()
}

#[test]
fn each_measure_holds_and_what_the_host_needs_works() {
    let (one, two) = (
        TcpListener::bind("127.0.0.1:0").unwrap(),
        TcpListener::bind("127.0.0.1:0").unwrap(),
    );
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let ports = format!("{} {}", port(&one), port(&two));
    let (control, hardened) = (probed("control", &ports), probed("hardened", &ports));
    for (what, said) in rows(&control, "row") {
        assert_eq!(said, "ok", "{what}, in a process without hardening");
    }
    let active =
        |status: Option<&String>| status.is_some_and(|status| status.starts_with("active"));
    let status = rows(&hardened, "status");
    let landlock = active(status.get("files and ports (Landlock)"));
    let seccomp = active(status.get("system calls (seccomp)"));
    let (eperm, eacces) = (
        format!("{:?}", Some(libc::EPERM)),
        format!("{:?}", Some(libc::EACCES)),
    );
    for (what, expected) in [
        ("exec", seccomp.then_some(&eperm)),
        ("bind tcp", seccomp.then_some(&eperm)),
        ("bind udp", seccomp.then_some(&eperm)),
        ("listen", seccomp.then_some(&eperm)),
        ("executable memory", seccomp.then_some(&eperm)),
        ("debug", seccomp.then_some(&eperm)),
        ("read program", landlock.then_some(&eacces)),
        ("write", landlock.then_some(&eacces)),
        ("connect elsewhere", landlock.then_some(&eacces)),
        ("dumpable", Some(&eperm)),
        ("connect", Some(&"ok".to_owned())),
        ("read hosts", Some(&"ok".to_owned())),
        ("name", Some(&"ok".to_owned())),
        ("thread", Some(&"ok".to_owned())),
    ] {
        // A kernel without the measure leaves nothing to see here; `explain` says so.
        if let Some(expected) = expected {
            assert_eq!(rows(&hardened, "row").get(what), Some(expected), "{what}");
        }
    }
    assert_eq!(
        rows(&hardened, "roots"),
        rows(&control, "roots"),
        "as many trust roots as without"
    );
    let refused = if landlock { &eacces } else { "ok" };
    for (mode, connect, write) in [("offline", refused, refused), ("writing", "ok", "ok")] {
        let rows = rows(&probed(mode, &ports), "row");
        for (what, expected) in [
            ("connect", connect),
            ("write", write),
            ("connect elsewhere", refused),
        ] {
            assert_eq!(
                rows.get(what).map(String::as_str),
                Some(expected),
                "{mode}: {what}"
            );
        }
    }
}
