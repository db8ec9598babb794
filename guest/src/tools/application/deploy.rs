//! Writes one deploy of an application.

use crate::{
    answer::{
        Line,
        member::{Member, number, text, time},
        time::Clock,
    },
    model::{
        application::deploy::Deploy,
        operation::{initiator, revisions},
    },
};

/// The members of a deploy.
pub(super) const DEPLOY: [Member; 4] = [
    number("id").maybe(),
    text("revision").maybe(),
    time("deployed").maybe(),
    text("by"),
];

/// `id 7: 3fcb20f 2026-… (2 d ago) by admin`.
pub(super) fn deploy(deploy: &Deploy, clock: Clock) -> Line {
    let by = &deploy.initiated_by;
    Line::new()
        .glue("id ")
        .fact("id", deploy.number())
        .glue(": ")
        .fact("revision", revisions(deploy.revisions()))
        .glue(" ")
        .fact("deployed", clock.fact(&deploy.deployed_at))
        .glue(" by ")
        .fact("by", initiator(&by.username, by.automated))
}
