//! A world for unit tests: canned replies, a clock that only moves when nothing else can, and an
//! executor that polls what was woken and nothing else, so that a forgotten wake-up is seen.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use argocd_simulator::{Version, returned_body};

use super::{Client, Settings};
use crate::http::{Body, Error, Local, Port, Response};

/// A request as it reached the port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Path and bearer token.
    Get(String, Option<String>),
    /// Path and body.
    Post(String, String),
}

/// A reply in the making; 200, JSON, empty and immediate unless said otherwise.
pub(crate) struct Reply {
    pub(crate) response: Response,
    /// Time before the head, and again before each piece of the body.
    pub(crate) delay: Duration,
    pieces: VecDeque<Result<Vec<u8>, Error>>,
    piece_delay: Duration,
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Reply {
        Reply::typed(status, "application/json", body)
    }

    pub(crate) fn typed(status: u16, content_type: &str, body: impl Into<String>) -> Reply {
        let response = Response {
            status,
            content_type: Some(content_type.to_owned()),
            content_length: None,
            retry_after: None,
            location: None,
            body: Box::new(Pieces::default()),
        };
        let pieces = VecDeque::from([Ok(body.into().into_bytes())]);
        Reply {
            response,
            delay: Duration::ZERO,
            pieces,
            piece_delay: Duration::ZERO,
        }
    }

    pub(crate) fn after(mut self, milliseconds: u64) -> Reply {
        self.delay = Duration::from_millis(milliseconds);
        self
    }

    /// Each further piece takes so long.
    pub(crate) fn slow_body(mut self, milliseconds: u64) -> Reply {
        self.piece_delay = Duration::from_millis(milliseconds);
        self
    }

    pub(crate) fn then(mut self, piece: Result<Vec<u8>, Error>) -> Reply {
        self.pieces.push_back(piece);
        self
    }
}

#[derive(Default)]
struct Pieces {
    pieces: VecDeque<Result<Vec<u8>, Error>>,
    delay: Duration,
    clock: Rc<Clock>,
}

impl Body for Pieces {
    fn chunk(&mut self) -> Local<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async {
            self.clock.sleep(self.delay).await;
            self.pieces.pop_front().transpose()
        })
    }
}

#[derive(Default)]
struct Clock {
    now: Cell<Duration>,
    timers: RefCell<Vec<(Duration, Waker)>>,
}

impl Clock {
    fn sleep(self: &Rc<Self>, duration: Duration) -> Timer {
        Timer {
            clock: self.clone(),
            deadline: self.now.get() + duration,
        }
    }

    /// Jumps to the next timer; `false` when there is none.
    fn advance(&self) -> bool {
        let Some(next) = self
            .timers
            .borrow()
            .iter()
            .map(|(deadline, _)| *deadline)
            .min()
        else {
            return false;
        };
        self.now.set(self.now.get().max(next));
        let due: Vec<_> = self
            .timers
            .borrow_mut()
            .extract_if(.., |(deadline, _)| *deadline <= next)
            .collect();
        due.into_iter().for_each(|(_, waker)| waker.wake());
        true
    }
}

struct Timer {
    clock: Rc<Clock>,
    deadline: Duration,
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.clock.now.get() >= self.deadline {
            return Poll::Ready(());
        }
        self.clock
            .timers
            .borrow_mut()
            .push((self.deadline, context.waker().clone()));
        Poll::Pending
    }
}

/// The server that the replies are thought to come from.
const SERVER: Version = Version(3, 5, 1);

type Handler = dyn FnMut(&Request) -> Result<Reply, Error>;

/// The port of the tests.
pub(crate) struct World {
    clock: Rc<Clock>,
    handler: RefCell<Box<Handler>>,
    requests: RefCell<Vec<Request>>,
    spawned: RefCell<Vec<Local<'static, ()>>>,
    turns: Cell<usize>,
    /// Drop what is spawned, as a runtime does that shuts down.
    pub(crate) loses_tasks: Cell<bool>,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Task {
    flag: Arc<Flag>,
    future: Option<Local<'static, ()>>,
}

impl Task {
    fn new(future: Local<'static, ()>) -> Task {
        Task {
            flag: Arc::new(Flag(AtomicBool::new(true))),
            future: Some(future),
        }
    }

    /// Polls when woken; says whether it was.
    fn poll(&mut self) -> bool {
        if !self.flag.0.swap(false, Ordering::Relaxed) {
            return false;
        }
        let waker = Waker::from(self.flag.clone());
        if let Some(future) = &mut self.future
            && future
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready()
        {
            self.future = None;
        }
        true
    }
}

impl World {
    pub(crate) fn new(
        handler: impl FnMut(&Request) -> Result<Reply, Error> + 'static,
    ) -> Rc<World> {
        Rc::new(World {
            clock: Rc::default(),
            handler: RefCell::new(Box::new(handler)),
            requests: RefCell::default(),
            spawned: RefCell::default(),
            turns: Cell::default(),
            loses_tasks: Cell::default(),
        })
    }

    /// A client of this world with a token (`t0ken`), or with user and password.
    pub(crate) fn client(self: &Rc<Self>, env: &[(&str, &str)]) -> Rc<Client> {
        let get = |name: &str| {
            let server = (name == "ARGOCD_SERVER").then(|| "argocd.example.com/argocd".to_owned());
            env.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
                .or(server)
        };
        match Settings::from_env(get) {
            Ok(settings) => Client::new(self.clone(), settings),
            Err(problems) => panic!("{problems:?}"),
        }
    }

    /// Runs all `futures` at once until each has ended; the outcomes in order.
    pub(crate) fn run<T: 'static>(&self, futures: Vec<Local<'static, T>>) -> Vec<T> {
        let outcomes: Vec<Rc<RefCell<Option<T>>>> = futures.iter().map(|_| Rc::default()).collect();
        let calls = futures.into_iter().zip(outcomes.clone());
        let mut tasks: Vec<Task> = calls
            .map(|(future, outcome)| {
                Task::new(Box::pin(async move {
                    *outcome.borrow_mut() = Some(future.await)
                }))
            })
            .collect();
        while outcomes.iter().any(|outcome| outcome.borrow().is_none()) {
            tasks.extend(self.spawned.take().into_iter().map(Task::new));
            let mut polled = false;
            for task in &mut tasks {
                polled |= task.poll();
            }
            let idle = !polled && self.spawned.borrow().is_empty();
            assert!(
                !idle || self.clock.advance(),
                "everybody waits, and nobody would wake them"
            );
        }
        outcomes
            .iter()
            .filter_map(|outcome| outcome.borrow_mut().take())
            .collect()
    }

    /// Runs one future.
    pub(crate) fn run_one<T: 'static>(&self, future: impl Future<Output = T> + 'static) -> T {
        let mut outcomes = self.run(vec![Box::pin(future)]);
        outcomes.remove(0)
    }

    /// Lets `seconds` pass.
    pub(crate) fn pass(&self, seconds: u64) {
        self.clock
            .now
            .set(self.clock.now.get() + Duration::from_secs(seconds));
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.borrow().clone()
    }

    /// How many logins were sent so far.
    pub(crate) fn posts(&self) -> usize {
        self.requests
            .borrow()
            .iter()
            .filter(|request| matches!(request, Request::Post(..)))
            .count()
    }

    /// How many GETs were sent so far.
    pub(crate) fn gets(&self) -> usize {
        self.requests.borrow().len() - self.posts()
    }

    /// How often a task yielded with a timer of zero length.
    pub(crate) fn turns(&self) -> usize {
        self.turns.get()
    }

    /// Leaves of a document in one piece what a server would send of it.
    fn cut(&self, path: &str, reply: &mut Reply) {
        let [Ok(body)] = reply.pieces.make_contiguous() else {
            return;
        };
        let below = path.strip_prefix("/argocd").unwrap_or(path);
        let (status, left) =
            returned_body(SERVER, below, reply.response.status, std::mem::take(body));
        (reply.response.status, *body) = (status, left);
    }

    fn exchange(&self, request: Request) -> Local<'static, Result<Response, Error>> {
        let mut reply = (self.handler.borrow_mut())(&request);
        if let (Request::Get(path, _), Ok(reply)) = (&request, &mut reply) {
            self.cut(path, reply);
        }
        self.requests.borrow_mut().push(request);
        let clock = self.clock.clone();
        Box::pin(async move {
            let reply = reply?;
            clock.sleep(reply.delay).await;
            let body = Pieces {
                pieces: reply.pieces,
                delay: reply.piece_delay,
                clock,
            };
            Ok(Response {
                body: Box::new(body),
                ..reply.response
            })
        })
    }
}

impl Port for World {
    fn get<'a>(
        &'a self,
        path: &'a str,
        bearer: Option<&'a str>,
    ) -> Local<'a, Result<Response, Error>> {
        self.exchange(Request::Get(path.to_owned(), bearer.map(str::to_owned)))
    }

    fn post_session<'a>(
        &'a self,
        path: &'a str,
        body: &'a str,
    ) -> Local<'a, Result<Response, Error>> {
        self.exchange(Request::Post(path.to_owned(), body.to_owned()))
    }

    fn now_ms(&self) -> i64 {
        1_790_000_000_000 + i64::try_from(self.clock.now.get().as_millis()).unwrap_or(i64::MAX)
    }

    fn monotonic(&self) -> Duration {
        self.clock.now.get()
    }

    fn sleep(&self, duration: Duration) -> Local<'static, ()> {
        if duration.is_zero() {
            self.turns.set(self.turns.get() + 1);
        }
        Box::pin(self.clock.sleep(duration))
    }

    fn spawn(&self, task: Local<'static, ()>) {
        if !self.loses_tasks.get() {
            self.spawned.borrow_mut().push(task);
        }
    }
}
