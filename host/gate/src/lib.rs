//! What has to be read to believe the promise: even a hostile component can send only listed GETs to
//! one Argo CD server.
//!
//! From the top: [`egress`] is the only way out, [`policy`] decides what may leave, [`policy_file`]
//! takes away more, [`calls`] knows which calls are open and so which routes may be asked,
//! [`secrets`] keeps tokens from the component, and [`audit`] writes every decision down before
//! anything is sent. The bounds are in [`limits`].
//!
//! This crate knows neither wasmtime nor a command line: `argocd-host` links a component to it.

pub mod audit;
pub mod bucket;
pub mod calls;
pub mod digest;
pub mod egress;
pub mod escape;
pub mod framer;
pub mod guard;
pub mod limits;
pub mod policy;
pub mod policy_file;
mod random;
pub mod secrets;
