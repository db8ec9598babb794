//! The port over `wasi:http/outgoing-handler`: GETs of one origin, and the one POST of the login.
//!
//! Sends `accept` and `authorization`, and `content-type` with the POST, and nothing else: the host
//! lets no other header pass, and asks for compression and undoes it by itself. Follows no redirect.

use std::{rc::Rc, time::Duration};

use wasi::{
    clocks::{monotonic_clock, wall_clock},
    http::{
        outgoing_handler,
        types::{
            ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method,
            OutgoingBody, OutgoingRequest, Scheme, http_error_code,
        },
    },
    io::streams::{InputStream, StreamError},
};

use super::{
    error::{Phase, from_code},
    reactor::{Reactor, Watch},
};
use crate::{
    http::{Body, Error, Local, Port, Response},
    limits,
};

/// The outside world of a component: one origin, WASI's clocks, the event loop.
pub struct WasiPort {
    reactor: Rc<Reactor>,
    scheme: Scheme,
    authority: String,
}

impl WasiPort {
    /// A port to `scheme://authority` and nowhere else; `scheme` is `http` or `https`.
    pub fn new(reactor: &Rc<Reactor>, scheme: &str, authority: &str) -> Self {
        Self {
            reactor: Rc::clone(reactor),
            scheme: match scheme {
                "http" => Scheme::Http,
                _ => Scheme::Https,
            },
            authority: authority.to_owned(),
        }
    }

    fn request(
        &self,
        method: &Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<OutgoingRequest, Error> {
        let entries: Vec<(String, Vec<u8>)> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
            .collect();
        // Without the values: one may be the token.
        let refused = |error| Error::Other(format!("the headers were refused: {error:?}"));
        let fields = Fields::from_list(&entries).map_err(refused)?;
        let request = OutgoingRequest::new(fields);
        let refused = |what: &str| Error::Other(format!("the runtime refused the {what}"));
        // A request is a GET from the start.
        if !matches!(method, Method::Get) {
            request.set_method(method).map_err(|()| refused("method"))?;
        }
        request
            .set_scheme(Some(&self.scheme))
            .map_err(|()| refused("scheme"))?;
        request
            .set_authority(Some(&self.authority))
            .map_err(|()| refused("authority"))?;
        request
            .set_path_with_query(Some(path))
            .map_err(|()| refused("path"))?;
        Ok(request)
    }

    async fn response(&self, future: FutureIncomingResponse) -> Result<Response, Error> {
        let watch = Watch::new(&self.reactor, future.subscribe());
        let answered = loop {
            watch.ready().await;
            if let Some(answered) = future.get() {
                break answered;
            }
        };
        match answered {
            Ok(Ok(response)) => self.read(response),
            Ok(Err(code)) => Err(from_code(&code, Phase::Head)),
            Err(()) => Err(Error::Other(
                "the runtime gave the response twice".to_owned(),
            )),
        }
    }

    fn read(&self, response: IncomingResponse) -> Result<Response, Error> {
        let headers = response.headers().entries();
        let header = |wanted: &str| {
            let named = |(name, _): &&(String, Vec<u8>)| name.eq_ignore_ascii_case(wanted);
            let (_, value) = headers.iter().find(named)?;
            Some(String::from_utf8_lossy(value).into_owned())
        };
        let unreadable = |()| Error::Other("the runtime gave no body".to_owned());
        let content_length = header("content-length").and_then(|text| text.trim().parse().ok());
        let body = response.consume().map_err(unreadable)?;
        let stream = body.stream().map_err(unreadable)?;
        Ok(Response {
            status: response.status(),
            content_type: header("content-type").map(|text| text.to_ascii_lowercase()),
            content_length,
            retry_after: header("retry-after"),
            location: header("location"),
            body: Box::new(WasiBody {
                watch: None,
                stream,
                _body: body,
                reactor: Rc::clone(&self.reactor),
                missing: content_length,
                reads: 0,
            }),
        })
    }
}

impl Port for WasiPort {
    fn get<'a>(
        &'a self,
        path: &'a str,
        bearer: Option<&'a str>,
    ) -> Local<'a, Result<Response, Error>> {
        Box::pin(async move {
            let authorization = bearer.map(|token| format!("Bearer {token}"));
            let mut headers = vec![("accept", "application/json")];
            headers.extend(
                authorization
                    .as_deref()
                    .map(|value| ("authorization", value)),
            );
            let request = self.request(&Method::Get, path, &headers)?;
            self.response(handle(request)?).await
        })
    }

    fn post_session<'a>(
        &'a self,
        path: &'a str,
        body: &'a str,
    ) -> Local<'a, Result<Response, Error>> {
        Box::pin(async move {
            let headers = [
                ("accept", "application/json"),
                ("content-type", "application/json"),
            ];
            let request = self.request(&Method::Post, path, &headers)?;
            let outgoing = request
                .body()
                .map_err(|()| Error::Other("the runtime took no body".to_owned()))?;
            let future = handle(request)?;
            write(&self.reactor, outgoing, body.as_bytes()).await?;
            self.response(future).await
        })
    }

    fn now_ms(&self) -> i64 {
        let now = wall_clock::now();
        let milliseconds =
            u128::from(now.seconds) * 1_000 + u128::from(now.nanoseconds / 1_000_000);
        i64::try_from(milliseconds).unwrap_or(i64::MAX)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_nanos(monotonic_clock::now())
    }

    fn sleep(&self, duration: Duration) -> Local<'static, ()> {
        self.reactor.sleep(duration)
    }

    fn spawn(&self, task: Local<'static, ()>) {
        self.reactor.spawn(task);
    }
}

fn handle(request: OutgoingRequest) -> Result<FutureIncomingResponse, Error> {
    // No options: deadlines are the caller's, who drops the future, and the host's.
    outgoing_handler::handle(request, None).map_err(|code| from_code(&code, Phase::Head))
}

async fn write(
    reactor: &Rc<Reactor>,
    outgoing: OutgoingBody,
    mut bytes: &[u8],
) -> Result<(), Error> {
    let stream = outgoing
        .write()
        .map_err(|()| Error::Other("the runtime took no body".to_owned()))?;
    let watch = Watch::new(reactor, stream.subscribe());
    while !bytes.is_empty() {
        let room = stream
            .check_write()
            .map_err(|error| failed(error, Phase::Head))?;
        let (now, later) =
            bytes.split_at(bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
        if now.is_empty() {
            watch.ready().await;
            continue;
        }
        stream
            .write(now)
            .map_err(|error| failed(error, Phase::Head))?;
        bytes = later;
    }
    drop(watch);
    drop(stream);
    OutgoingBody::finish(outgoing, None).map_err(|code| from_code(&code, Phase::Head))
}

fn failed(error: StreamError, phase: Phase) -> Error {
    match error {
        StreamError::Closed if phase == Phase::Body => Error::Torn,
        StreamError::Closed => Error::Connect("connection closed".to_owned()),
        StreamError::LastOperationFailed(error) => match http_error_code(&error) {
            Some(ErrorCode::InternalError(_)) | None if phase == Phase::Body => Error::Torn,
            Some(code) => from_code(&code, phase),
            None => Error::Other(error.to_debug_string()),
        },
    }
}

/// A response body. Fields are in the order in which they must be dropped: children first.
struct WasiBody {
    watch: Option<Watch>,
    stream: InputStream,
    _body: IncomingBody,
    reactor: Rc<Reactor>,
    /// Bytes that `content-length` still promises.
    missing: Option<u64>,
    /// Pieces read without a turn for the others.
    reads: u32,
}

impl WasiBody {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        // All that was announced is there: no further turn of the loop to hear that it ended.
        if self.missing == Some(0) {
            return Ok(None);
        }
        loop {
            if self.reads >= limits::READS_PER_TURN {
                self.wait().await;
            }
            self.reads += 1;
            match self.stream.read(limits::READ_BYTES) {
                Ok(bytes) if bytes.is_empty() => self.wait().await,
                Ok(bytes) => {
                    let length = bytes.len() as u64;
                    self.missing = self.missing.map(|missing| missing.saturating_sub(length));
                    return Ok(Some(bytes));
                }
                // Some runtimes report a torn body as its end.
                Err(StreamError::Closed) if self.missing.is_some_and(|missing| missing > 0) => {
                    return Err(Error::Torn);
                }
                Err(StreamError::Closed) => return Ok(None),
                Err(error) => return Err(failed(error, Phase::Body)),
            }
        }
    }

    async fn wait(&mut self) {
        let watch = self
            .watch
            .get_or_insert_with(|| Watch::new(&self.reactor, self.stream.subscribe()));
        watch.ready().await;
        self.reads = 0;
    }
}

impl Body for WasiBody {
    fn chunk(&mut self) -> Local<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(self.next())
    }
}
