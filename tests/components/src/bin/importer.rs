//! Imports files and sockets, as a component with other plans would: it must be refused at load.

fn main() {
    let file = std::fs::read("/etc/hostname").map(|bytes| bytes.len());
    let socket = std::net::TcpStream::connect("127.0.0.1:1").map(|_| ());
    eprintln!("file: {file:?}, socket: {socket:?}");
}
