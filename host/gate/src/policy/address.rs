//! Classes of addresses, and which of them an origin may resolve to.
//!
//! A name is the operator's word, its addresses are the network's: a resolver must not be able to
//! point the host at this machine, at a metadata service, or at an address that hides another.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::OriginRule;
use crate::guard::{self, Guard};

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

use AddressClass::{LinkLocal, Loopback, Metadata, Private, Public, Reserved, Tunnel};

/// IPv4 by the registries of IANA, most specific first; the rest is public.
#[rustfmt::skip]
static V4: &[(Ipv4Net, AddressClass)] = &[
    // Metadata services: all clouds; AWS containers and Pods; Alibaba; Oracle; Azure.
    (v4(169, 254, 169, 254, 32), Metadata),
    (v4(169, 254, 170, 2, 32), Metadata),
    (v4(169, 254, 170, 23, 32), Metadata),
    (v4(100, 100, 100, 200, 32), Metadata),
    (v4(192, 0, 0, 192, 32), Metadata),
    (v4(168, 63, 129, 16, 32), Metadata),
    (v4(127, 0, 0, 0, 8), Loopback),
    (v4(169, 254, 0, 0, 16), LinkLocal),
    (v4(10, 0, 0, 0, 8), Private),
    (v4(172, 16, 0, 0, 12), Private),
    (v4(192, 168, 0, 0, 16), Private),
    // Carrier-grade NAT (RFC 6598).
    (v4(100, 64, 0, 0, 10), Private),
    // "This network" and unspecified; protocol assignments.
    (v4(0, 0, 0, 0, 8), Reserved),
    (v4(192, 0, 0, 0, 24), Reserved),
    // Documentation.
    (v4(192, 0, 2, 0, 24), Reserved),
    (v4(198, 51, 100, 0, 24), Reserved),
    (v4(203, 0, 113, 0, 24), Reserved),
    // 6to4 relays; benchmarks.
    (v4(192, 88, 99, 0, 24), Reserved),
    (v4(198, 18, 0, 0, 15), Reserved),
    // Multicast; unassigned and broadcast.
    (v4(224, 0, 0, 0, 4), Reserved),
    (v4(240, 0, 0, 0, 4), Reserved),
];

/// IPv6 likewise; addresses around an IPv4 one are judged by [`within`] first, and what no row
/// has is reserved: only 2000::/3 is assigned.
#[rustfmt::skip]
static V6: &[(Ipv6Net, AddressClass)] = &[
    // Metadata services: AWS, its containers, Google, Scaleway.
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), Metadata),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23], 128), Metadata),
    (v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), Metadata),
    (v6([0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42], 128), Metadata),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), Loopback),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), LinkLocal),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), Private),
    // NAT64 by the well-known prefix is taken by `within`; a private address behind it and the
    // local prefix (RFC 8215) end up here.
    (v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96), Tunnel),
    (v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48), Tunnel),
    // Teredo; 6to4.
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), Tunnel),
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), Tunnel),
    // Protocol assignments (ORCHID, benchmarks).
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), Reserved),
    // Documentation.
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), Reserved),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), Reserved),
    (v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3), Public),
];

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(s: [u16; 8], bits: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = s;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), bits)
}

/// Classifies any address.
pub fn classify(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(address) => classify_v4(address),
        IpAddr::V6(address) => within(address).unwrap_or_else(|| {
            let row = V6.iter().find(|(net, _)| net.contains(&address));
            row.map_or(Reserved, |(_, class)| *class)
        }),
    }
}

fn classify_v4(address: Ipv4Addr) -> AddressClass {
    let row = V4.iter().find(|(net, _)| net.contains(&address));
    row.map_or(Public, |(_, class)| *class)
}

/// The class of an IPv6 address that stands for an IPv4 one.
fn within(address: Ipv6Addr) -> Option<AddressClass> {
    match address.segments() {
        // IPv4-mapped: the socket really connects to the IPv4 address.
        [0, 0, 0, 0, 0, 0xffff, ..] => address.to_ipv4_mapped().map(classify_v4),
        // NAT64, well-known prefix (RFC 6052): how IPv6-only networks reach public addresses.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            (classify_v4(Ipv4Addr::new(a, b, c, d)) == Public).then_some(Public)
        }
        _ => None,
    }
}

/// Which addresses an origin may be reached at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The operator's `--allow-cidr`: these networks and no others; they also open what no name
    /// may lead to by default. `None` when the option was not used.
    pub allow: Option<Vec<IpNet>>,
    /// Networks of policy files: each list only narrows.
    pub ceilings: Vec<Vec<IpNet>>,
}

impl Reach {
    /// Whether `origin` may be reached at `address`.
    ///
    /// An origin that says loopback is reached there and nowhere else, as it may be in clear; no
    /// list makes a name lead to this machine. Link-local and metadata addresses need a server
    /// written as an address and its network in `allow`; tunnels need the latter; reserved
    /// addresses are none.
    pub fn permits(&self, address: IpAddr, origin: &OriginRule) -> bool {
        let listed = |list: &[IpNet]| {
            let address = address.to_canonical();
            list.iter().any(|net| net.contains(&address))
        };
        let class = classify(address);
        let asked = self.allow.as_deref().map(listed);
        let by_class = match class {
            Loopback => origin.names_loopback(),
            _ if origin.names_loopback() => false,
            Public | Private => true,
            LinkLocal | Metadata => asked == Some(true) && origin.literal().is_some(),
            Tunnel => asked == Some(true),
            Reserved => false,
        };
        let by_class = by_class || guard::off(Guard::Address);
        by_class && asked != Some(false) && self.ceilings.iter().all(|list| listed(list))
    }
}

#[cfg(test)]
mod tests;
