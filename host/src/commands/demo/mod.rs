//! The built-in demo: its Argo CD, and what `argocd-host demo` shows of it.

mod server;
mod show;

pub(crate) use self::{
    server::{Demo, HOSTILE, start},
    show::show,
};
