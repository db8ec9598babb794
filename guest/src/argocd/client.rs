//! The client of one Argo CD: GETs in, parsed bodies or explained errors out.
//!
//! Every call has a deadline over head and body. Bodies are held whole, cut into elements, or cut
//! into lines; never as untyped values. Never sends anything but a [`Get`] and the login.

use std::{cell::Cell, ops::ControlFlow, rc::Rc, time::Duration};

use serde::Deserialize;

use super::{
    error::{Error, Refusal},
    exchange::{self, Purpose, Stream},
    fields::{ListFields, parse_version},
    get::Get,
    items::{Fault, Items},
    lines::Lines,
    names::AppRef,
    reading::Reading,
    session::{Held, Session},
    settings::Settings,
};
use crate::{
    http::{Port, Response},
    limits,
};

/// The answer of `/api/version`, as far as it decides which fields are asked for.
#[derive(Deserialize)]
struct Version {
    #[serde(rename = "Version", default)]
    version: String,
}

impl Reading for Version {
    #[cfg(not(target_os = "wasi"))]
    fn members() -> Vec<String> {
        vec!["Version".to_owned()]
    }
}

/// The client of one Argo CD, shared by all calls.
pub struct Client {
    port: Rc<dyn Port>,
    settings: Settings,
    session: Rc<Session>,
    list_fields: Cell<Option<ListFields>>,
}

impl Client {
    /// Creates a client that sends through `port`; it sends nothing before the first call.
    pub fn new(port: Rc<dyn Port>, settings: Settings) -> Rc<Client> {
        let session = Session::new(port.clone(), &settings);
        Rc::new(Client {
            port,
            settings,
            session,
            list_fields: Cell::new(None),
        })
    }

    /// Wall clock, in milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        self.port.now_ms()
    }

    /// When the token expires, in seconds since the Unix epoch, if known from the host or the token.
    pub fn token_expiry(&self) -> Option<i64> {
        self.settings.token_expiry()
    }

    /// The URL of `app` in Argo CD's UI, if it can be opened from outside.
    pub fn ui_url(&self, app: &AppRef) -> Option<String> {
        self.settings.ui_url(app)
    }

    /// One JSON body, read whole (at most [`limits::BODY_BYTES`]).
    pub async fn json<T: Reading>(&self, get: &Get, within: Duration) -> Result<T, Error> {
        self.reads::<T>(get, "");
        let body = self.body(get, within).await?;
        serde_json::from_slice(&body).map_err(|error| Error::from_json(get.operation(), &error))
    }

    /// The elements of `{"items":[…]}`, one in memory at a time; `null` counts as empty.
    ///
    /// At most [`limits::STREAM_BYTES`] in all and [`limits::ITEM_BYTES`] each. When it fails,
    /// `each` may have seen the first elements.
    pub async fn items<T: Reading>(
        &self,
        get: &Get,
        within: Duration,
        mut each: impl FnMut(T),
    ) -> Result<(), Error> {
        self.reads::<T>(get, "items.");
        let mut parse = |element: &[u8]| serde_json::from_slice(element).map(&mut each);
        self.elements(get, within, &mut parse).await
    }

    /// The lines of newline-delimited JSON, blank ones left out, until `each` breaks, which reads
    /// each into a `T`.
    ///
    /// The same bounds as for [`Client::items`]. When it fails, `each` may have seen the first lines.
    pub async fn lines<T: Reading>(
        &self,
        get: &Get,
        within: Duration,
        mut each: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        self.reads::<T>(get, "");
        self.each_line(get, within, &mut each).await
    }

    /// Tells a stand-in what will be read of the answer.
    #[cfg_attr(target_os = "wasi", allow(unused_variables, clippy::unused_self))]
    fn reads<T: Reading>(&self, get: &Get, at: &str) {
        #[cfg(not(target_os = "wasi"))]
        self.port.reads(
            &format!("{:?}", get.operation()),
            &self.settings.below_prefix(get.path_and_query()),
            &|| {
                let members = T::members().into_iter();
                members.map(|member| format!("{at}{member}")).collect()
            },
        );
    }

    // What follows takes no type parameters: one copy of each in the component instead of thirty.

    async fn body(&self, get: &Get, within: Duration) -> Result<Vec<u8>, Error> {
        let work = async {
            let response = self.answer(get).await?;
            exchange::whole_body(self.purpose(get), response).await
        };
        exchange::within(&*self.port, get.operation(), within, work).await
    }

    async fn elements(
        &self,
        get: &Get,
        within: Duration,
        parse: &mut dyn FnMut(&[u8]) -> Result<(), serde_json::Error>,
    ) -> Result<(), Error> {
        let operation = get.operation();
        let work = async {
            let mut stream = Stream::new(&*self.port, self.purpose(get), self.answer(get).await?);
            let mut items = Items::new();
            while let Some(piece) = stream.next().await? {
                let outcome = items.push(&piece, &mut *parse);
                outcome.map_err(|fault| match fault {
                    Fault::Malformed(detail) => Error::Malformed {
                        operation,
                        detail: detail.to_owned(),
                    },
                    Fault::ElementTooLarge => Error::TooLarge {
                        operation,
                        cap: limits::ITEM_BYTES as u64,
                    },
                    Fault::Consumer(error) => Error::from_json(operation, &error),
                })?;
            }
            match (items.is_complete(), items.is_list()) {
                (true, true) => Ok(()),
                (true, false) => Err(Error::Malformed {
                    operation,
                    detail: "it has no `items` list".to_owned(),
                }),
                (false, _) => Err(Error::Torn { operation }),
            }
        };
        exchange::within(&*self.port, operation, within, work).await
    }

    async fn each_line(
        &self,
        get: &Get,
        within: Duration,
        each: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let operation = get.operation();
        let work = async {
            let mut stream = Stream::new(&*self.port, self.purpose(get), self.answer(get).await?);
            let mut lines = Lines::default();
            while let Some(piece) = stream.next().await? {
                let cap = limits::ITEM_BYTES as u64;
                let flow = lines
                    .push(&piece, &mut *each)
                    .map_err(|_| Error::TooLarge { operation, cap })?;
                if flow.is_break() {
                    return Ok(());
                }
            }
            let _ = lines.finish(&mut *each);
            Ok(())
        };
        exchange::within(&*self.port, operation, within, work).await
    }

    /// The fields of the applications list on this server. Read once per process; a server that does
    /// not tell its version counts as old for this call.
    pub async fn list_fields(&self, within: Duration) -> ListFields {
        if let Some(fields) = self.list_fields.get() {
            return fields;
        }
        match self.json::<Version>(&Get::version(), within).await {
            Ok(answer) => {
                let fields = ListFields::for_version(parse_version(&answer.version));
                self.list_fields.set(Some(fields));
                fields
            }
            Err(_) => ListFields::for_version(None),
        }
    }

    /// Sends `get` and returns a successful response. Repeats it once after a 401, with a new session,
    /// where the guest can log in.
    async fn answer(&self, get: &Get) -> Result<Response, Error> {
        let operation = get.operation();
        let path = self.settings.below_prefix(get.path_and_query());
        let held = self.session.token(operation).await?;
        let mut response = self.send(get, &path, &held).await?;
        if !exchange::is_unauthorized(&response) {
            return self.judge(get, response, &held).await;
        }
        let refusal = Refusal::from_body(&exchange::error_body(&mut response).await);
        drop(response);
        let held = self.session.renew(&held, refusal, operation).await?;
        let response = self.send(get, &path, &held).await?;
        if exchange::is_unauthorized(&response) {
            return Err(self.session.still_refused(&held, operation));
        }
        self.judge(get, response, &held).await
    }

    async fn send(&self, get: &Get, path: &str, held: &Held) -> Result<Response, Error> {
        let sent = self.port.get(path, Some(held.bearer())).await;
        sent.map_err(|error| self.purpose(get).failed(error, limits::STREAM_BYTES))
    }

    async fn judge(&self, get: &Get, response: Response, held: &Held) -> Result<Response, Error> {
        let judged = exchange::judge(self.purpose(get), response).await;
        if let Ok(_) | Err(Error::Forbidden { .. } | Error::NotFound { .. }) = judged {
            self.session.accepted(held);
        }
        judged
    }

    fn purpose(&self, get: &Get) -> Purpose<'_> {
        Purpose {
            operation: get.operation(),
            server: self.settings.origin().authority,
        }
    }
}
