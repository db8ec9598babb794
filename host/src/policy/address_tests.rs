#![allow(clippy::unwrap_used)]

use super::{AddressClass::*, *};
use crate::policy::Plaintext;

#[test]
fn every_range_has_its_class() {
    let rows = [
        ("8.8.8.8", Public),
        ("172.15.255.255", Public),
        ("172.32.0.1", Public),
        ("100.63.255.255", Public),
        ("100.128.0.1", Public),
        ("223.255.255.255", Public),
        ("10.0.0.1", Private),
        ("172.16.0.1", Private),
        ("172.31.255.255", Private),
        ("192.168.1.1", Private),
        ("100.64.0.1", Private),
        ("127.0.0.1", Loopback),
        ("127.255.255.254", Loopback),
        ("169.254.0.1", LinkLocal),
        ("169.254.169.254", Metadata),
        ("169.254.170.2", Metadata),
        ("100.100.100.200", Metadata),
        ("168.63.129.16", Metadata),
        ("192.0.0.192", Metadata),
        ("0.0.0.0", Reserved),
        ("0.1.2.3", Reserved),
        ("192.0.0.1", Reserved),
        ("192.0.2.1", Reserved),
        ("198.51.100.7", Reserved),
        ("203.0.113.7", Reserved),
        ("198.18.0.1", Reserved),
        ("198.19.255.1", Reserved),
        ("192.88.99.1", Reserved),
        ("224.0.0.1", Reserved),
        ("240.0.0.1", Reserved),
        ("255.255.255.255", Reserved),
        ("2606:4700::1111", Public),
        ("fd12::1", Private),
        ("fc00::1", Private),
        ("::1", Loopback),
        ("fe80::1", LinkLocal),
        ("febf::1", LinkLocal),
        ("fd00:ec2::254", Metadata),
        ("fd20:ce::254", Metadata),
        ("::", Reserved),
        ("::2", Reserved),
        ("::127.0.0.1", Reserved),
        ("::ffff:8.8.8.8", Public),
        ("::ffff:10.0.0.1", Private),
        ("::ffff:127.0.0.1", Loopback),
        ("::ffff:169.254.169.254", Metadata),
        ("::ffff:0:127.0.0.1", Reserved),
        ("64:ff9b::8.8.8.8", Public),
        ("64:ff9b::127.0.0.1", Tunnel),
        ("64:ff9b::10.0.0.1", Tunnel),
        ("64:ff9b::169.254.169.254", Tunnel),
        ("64:ff9b:1::7f00:1", Tunnel),
        ("2002:7f00:1::", Tunnel),
        ("2001::7f00:1", Tunnel),
        ("2001:db8::1", Reserved),
        ("2001:10::1", Reserved),
        ("3fff:1::1", Reserved),
        ("fec0::1", Reserved),
        ("ff02::1", Reserved),
        ("100::1", Reserved),
        ("4000::1", Reserved),
    ];
    for (address, class) in rows {
        assert_eq!(classify(address.parse().unwrap()), class, "{address}");
    }
}

#[test]
fn a_name_never_leads_to_this_machine_and_loopback_leads_nowhere_else() {
    let rule = |server| OriginRule::parse(server, Plaintext::Allowed).unwrap();
    let rows = [
        (Public, true, false),
        (Private, true, false),
        (Loopback, false, true),
        (LinkLocal, false, false),
        (Metadata, false, false),
        (Tunnel, false, false),
        (Reserved, false, false),
    ];
    for (class, named, loopback) in rows {
        assert_eq!(
            permitted(class, &rule("argocd.example.com")),
            named,
            "{class:?}"
        );
        assert_eq!(
            permitted(class, &rule("https://10.0.0.1")),
            named,
            "{class:?}"
        );
        for server in [
            "http://localhost:8080",
            "127.0.0.1:8443",
            "https://[::1]",
            "127.9.9.9",
        ] {
            assert_eq!(
                permitted(class, &rule(server)),
                loopback,
                "{server} {class:?}"
            );
        }
    }
}
