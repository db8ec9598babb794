//! Argo CD: GETs, names, wire types, errors, session.

use std::{rc::Rc, time::Duration};

use serde::de::DeserializeOwned;

use crate::http::Port;

/// Where Argo CD is and how to speak to it, from the environment.
pub struct Settings {}

/// A GET of one route, built from parsed names only.
pub struct Get {}

/// Why Argo CD could not be asked.
#[derive(Clone, Debug)]
pub enum Error {}

/// The client of one Argo CD.
pub struct Client {
    _port: Rc<dyn Port>,
}

impl Client {
    /// One whole JSON body.
    pub async fn json<T: DeserializeOwned>(&self, _get: &Get, _within: Duration) -> Result<T, Error> {
        unimplemented!()
    }
}
