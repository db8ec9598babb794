//! Classes of addresses, and which of them an origin may resolve to.
//!
//! A name is the operator's word, its addresses are the network's: a resolver must not be able to
//! point the host at this machine, at a metadata service, or at an address that hides another.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::OriginRule;

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressClass {
    /// Anywhere on the internet.
    Public,
    /// RFC 1918, IPv6 unique local, and carrier-grade NAT (RFC 6598), which VPNs and clusters use.
    Private,
    /// This machine.
    Loopback,
    /// Neighbours on the link, autoconfiguration.
    LinkLocal,
    /// Instance metadata of a cloud: hands out credentials.
    Metadata,
    /// One IPv6 address around an IPv4 one that is not public, or by an abandoned tunnel.
    Tunnel,
    /// No host: unspecified, multicast, broadcast, documentation, benchmarks, unassigned.
    Reserved,
}

/// Metadata services outside the link-local range: Alibaba, Oracle, Azure, AWS and Google by IPv6.
const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(168, 63, 129, 16),
];
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// Classifies any address.
pub fn classify(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(address) => classify_v4(address),
        IpAddr::V6(address) => classify_v6(address),
    }
}

/// Whether `origin` may be reached at an address of this class. An origin that says loopback is
/// reached there and nowhere else, as it may be in clear.
pub fn permitted(class: AddressClass, origin: &OriginRule) -> bool {
    match class {
        AddressClass::Loopback => origin.names_loopback(),
        AddressClass::Public | AddressClass::Private => !origin.names_loopback(),
        _ => false,
    }
}

fn classify_v4(address: Ipv4Addr) -> AddressClass {
    if METADATA_V4.contains(&address) {
        return AddressClass::Metadata;
    }
    match address.octets() {
        [127, ..] => AddressClass::Loopback,
        [169, 254, ..] => AddressClass::LinkLocal,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => {
            AddressClass::Private
        }
        // "This network", protocol assignments, documentation, 6to4 relays, benchmarks.
        [0, ..] | [192, 0, 0 | 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => {
            AddressClass::Reserved
        }
        [192, 88, 99, _] | [198, 18 | 19, ..] | [224..=255, ..] => AddressClass::Reserved,
        _ => AddressClass::Public,
    }
}

fn classify_v6(address: Ipv6Addr) -> AddressClass {
    if METADATA_V6.contains(&address) {
        return AddressClass::Metadata;
    }
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        classify_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressClass::Loopback,
        // IPv4-mapped: the socket really connects to the IPv4 address.
        [0, 0, 0, 0, 0, 0xffff, high, low] => embedded(high, low),
        // NAT64, well-known prefix (RFC 6052): how IPv6-only networks reach public addresses.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => match embedded(high, low) {
            AddressClass::Public => AddressClass::Public,
            _ => AddressClass::Tunnel,
        },
        // NAT64 by a local prefix, Teredo, 6to4.
        [0x64, 0xff9b, ..] | [0x2001, 0, ..] | [0x2002, ..] => AddressClass::Tunnel,
        [0xfe80..=0xfebf, ..] => AddressClass::LinkLocal,
        [0xfc00..=0xfdff, ..] => AddressClass::Private,
        // Protocol assignments (ORCHID, benchmarks), documentation.
        [0x2001, 0x1..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => {
            AddressClass::Reserved
        }
        [0x2000..=0x3fff, ..] => AddressClass::Public,
        // Unspecified, IPv4-compatible, site-local, discard-only, multicast, unassigned.
        _ => AddressClass::Reserved,
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
