#![allow(clippy::unwrap_used)]

use super::*;
use crate::policy::Plaintext;

/// Addresses at the edges of each range, with their class.
const CLASSES: &[(&str, AddressClass)] = &[
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
    ("fd00:42::42", Metadata),
    ("fd00:ec2::23", Metadata),
    ("fdff:ffff::1", Private),
    ("fe7f::1", Reserved),
    ("fec0::1", Reserved),
    ("169.254.170.23", Metadata),
    ("169.254.42.42", LinkLocal),
    ("192.0.3.1", Public),
    ("::ffff:100.64.0.1", Private),
    ("::ffff:0.0.0.0", Reserved),
    ("64:ff9b:0:0:0:1:808:808", Reserved),
    ("64:ff9b:2::1", Reserved),
    ("64:ff9b::168.63.129.16", Tunnel),
    ("2002:808:808::1", Tunnel),
    ("2001:1ff::1", Reserved),
    ("2001:200::1", Public),
    ("2003::1", Public),
    ("3fff:1000::1", Public),
    ("1fff::1", Reserved),
    ("5f00::1", Reserved),
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
    ("ff02::1", Reserved),
    ("100::1", Reserved),
    ("4000::1", Reserved),
];

#[test]
fn every_range_has_its_class() {
    for (address, class) in CLASSES {
        assert_eq!(classify(address.parse().unwrap()), *class, "{address}");
    }
}

/// One address of each class.
const EACH: [(AddressClass, &str); 7] = [
    (Public, "8.8.8.8"),
    (Private, "10.0.0.1"),
    (Loopback, "127.0.0.1"),
    (LinkLocal, "fe80::1"),
    (Metadata, "169.254.169.254"),
    (Tunnel, "64:ff9b:1::7f00:1"),
    (Reserved, "192.0.2.1"),
];

fn rule(server: &str) -> OriginRule {
    OriginRule::parse(server, Plaintext::Allowed).unwrap()
}

fn nets(list: &[&str]) -> Vec<IpNet> {
    list.iter().map(|net| net.parse().unwrap()).collect()
}

fn open(reach: &Reach, server: &str) -> Vec<AddressClass> {
    let permitted = |(_, address): &&(AddressClass, &str)| {
        reach.permits(address.parse().unwrap(), &rule(server))
    };
    EACH.iter().filter(permitted).map(|row| row.0).collect()
}

#[test]
fn a_name_never_leads_to_this_machine_and_loopback_leads_nowhere_else() {
    for (class, address) in EACH {
        assert_eq!(classify(address.parse().unwrap()), class);
    }
    let reach = Reach::default();
    for server in ["argocd.example.com", "https://10.0.0.1", "169.254.169.254"] {
        assert_eq!(open(&reach, server), [Public, Private], "{server}");
    }
    for server in [
        "http://localhost:8080",
        "127.0.0.1:8443",
        "https://[::1]",
        "127.9.9.9",
    ] {
        assert_eq!(open(&reach, server), [Loopback], "{server}");
    }
}

#[test]
fn networks_asked_for_are_the_only_ones_and_open_no_more_than_they_say() {
    let all = Reach {
        allow: Some(nets(&["0.0.0.0/0", "::/0"])),
        ..Reach::default()
    };
    assert_eq!(open(&all, "argocd.example.com"), [Public, Private, Tunnel]);
    assert_eq!(
        open(&all, "https://10.0.0.1"),
        [Public, Private, LinkLocal, Metadata, Tunnel]
    );
    assert_eq!(open(&all, "localhost"), [Loopback]);
    let ten = Reach {
        allow: Some(nets(&["10.0.0.0/8"])),
        ..Reach::default()
    };
    assert_eq!(open(&ten, "argocd.example.com"), [Private]);
    assert_eq!(open(&ten, "localhost"), []);
    // IPv4 by its mapped form is the same address.
    assert!(ten.permits("::ffff:10.1.2.3".parse().unwrap(), &rule("a.example")));
}

#[test]
fn a_ceiling_only_narrows() {
    let reach = |allow: Option<&[&str]>, ceilings: &[&[&str]]| Reach {
        allow: allow.map(nets),
        ceilings: ceilings.iter().map(|list| nets(list)).collect(),
    };
    let rows: [(Reach, &str, &[AddressClass]); 5] = [
        (reach(None, &[&["10.0.0.0/8"]]), "a.example", &[Private]),
        (
            reach(None, &[&["0.0.0.0/0", "::/0"]]),
            "https://10.0.0.1",
            &[Public, Private],
        ),
        (
            reach(None, &[&["8.0.0.0/8"], &["10.0.0.0/8"]]),
            "a.example",
            &[],
        ),
        (
            reach(Some(&["169.254.169.254/32"]), &[&["10.0.0.0/8"]]),
            "https://10.0.0.1",
            &[],
        ),
        (
            reach(Some(&["169.254.169.254/32"]), &[]),
            "https://169.254.169.254",
            &[Metadata],
        ),
    ];
    for (reach, server, expected) in rows {
        assert_eq!(open(&reach, server), expected, "{reach:?} {server}");
    }
}
