//! A listener on loopback that nothing may reach.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Counts connections and the bytes of their first read. Its thread ends with the process.
pub struct Canary {
    address: SocketAddr,
    seen: Arc<Seen>,
    /// Of the control's own.
    touches: AtomicUsize,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    bytes: AtomicUsize,
}

impl Canary {
    /// Listens on a free port.
    pub fn start() -> io::Result<Canary> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen::default());
        let counted = Arc::clone(&seen);
        std::thread::Builder::new()
            .name("canary".to_owned())
            .spawn(move || {
                for stream in listener.incoming().flatten() {
                    counted.connections.fetch_add(1, Ordering::SeqCst);
                    let counted = Arc::clone(&counted);
                    std::thread::spawn(move || read_once(stream, &counted));
                }
            })?;
        Ok(Canary {
            address,
            seen,
            touches: AtomicUsize::new(0),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections and bytes so far, without those of [`Canary::touch`].
    pub fn seen(&self) -> (usize, usize) {
        let touches = self.touches.load(Ordering::SeqCst);
        let (connections, bytes) = (&self.seen.connections, &self.seen.bytes);
        (
            connections.load(Ordering::SeqCst).saturating_sub(touches),
            bytes.load(Ordering::SeqCst).saturating_sub(touches),
        )
    }

    /// The positive control: one connection with one byte. Whether it was counted; whatever
    /// connected earlier has been counted by then.
    pub fn touch(&self) -> io::Result<bool> {
        let before = self.seen.bytes.load(Ordering::SeqCst);
        let mut stream = TcpStream::connect(self.address)?;
        stream.write_all(b"x")?;
        // It closes after its read.
        stream.read_to_end(&mut Vec::new())?;
        self.touches.fetch_add(1, Ordering::SeqCst);
        Ok(self.seen.bytes.load(Ordering::SeqCst) > before)
    }
}

/// One read is enough to know that bytes came; then the connection is closed.
fn read_once(mut stream: TcpStream, seen: &Seen) {
    let mut buffer = [0; 1024];
    if let Ok(bytes) = stream.read(&mut buffer) {
        seen.bytes.fetch_add(bytes, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_is_told_apart_from_an_escape() {
        let canary = Canary::start().unwrap();
        assert!(canary.touch().unwrap());
        assert_eq!(canary.seen(), (0, 0));
        let mut stream = TcpStream::connect(canary.address()).unwrap();
        stream.write_all(b"GET / HTTP/1.1").unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(canary.seen(), (1, 14));
    }
}
