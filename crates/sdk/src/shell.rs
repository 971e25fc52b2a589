//! Holds the client between calls and performs what it decides, through the ports.
//! Decides nothing. The client is never borrowed while code of the page may run.

use std::{cell::RefCell, mem::ManuallyDrop};

use crate::{
    client::{Act, Batch, Client, Fetch, Reply},
    ports, queue,
};

// LIMIT: browsers let 64 KiB outlive their page; some of it is the envelope.
const OUTLIVING_BYTES_MAX: usize = 60_000;

/// What a timer is set to that shall not ring.
const NEVER: f64 = -1.0;

/// A question that the edge has not answered yet.
struct Asked {
    token: u32,
    what: Question,
}

enum Question {
    /// The lock between tabs is held until the answer.
    Locked(Batch),
    /// Sent from a page that may be gone in a moment.
    Urgent(Batch),
    Fetch(Fetch),
}

#[derive(Default)]
struct Shell {
    client: Option<Client>,
    asked: Vec<Asked>,
    tokens: u32,
    /// When the next talk with the edge is arranged, by the device's clock.
    sync_at: Option<i64>,
    /// One conversation at a time; the second says that another is wanted after it.
    talking: bool,
    talk_again: bool,
}

thread_local! {
    // Nothing outlives a page: not dropping it saves the machinery that would.
    static SHELL: ManuallyDrop<RefCell<Shell>> = const {
        ManuallyDrop::new(RefCell::new(Shell {
            client: None,
            asked: Vec::new(),
            tokens: 0,
            sync_at: None,
            talking: false,
            talk_again: false,
        }))
    };
}

/// The shell, unless the browser calls from within a call: then nothing happens.
fn shell<R: Default>(what: impl FnOnce(&mut Shell) -> R) -> R {
    SHELL
        .with(|shell| shell.try_borrow_mut().map(|mut shell| what(&mut shell)))
        .unwrap_or_default()
}

/// Starts over with this client.
pub(crate) fn start(client: Client) {
    shell(|shell| shell.client = Some(client));
}

/// Stops: what waits is sent, nothing more is heard or shown.
pub(crate) fn stop() {
    with(&mut Client::shut_down);
    // Answers still on their way find nobody; their events are still in storage.
    shell(|shell| {
        let tokens = shell.tokens;
        *shell = Shell {
            tokens,
            ..Shell::default()
        };
    });
    ports::wake(NEVER);
    ports::sync(NEVER);
    ports::unlock();
}

/// Hands the client an occasion and performs what follows. Nothing happens before the start, and
/// when the browser calls from within a call.
pub(crate) fn with(occasion: &mut dyn FnMut(&mut Client)) {
    let done = shell(|shell| {
        let client = shell.client.as_mut()?;
        occasion(client);
        Some((client.take_acts(), client.wake_ms()))
    });
    let Some((acts, wake_ms)) = done else { return };
    ports::wake(wake_ms.map_or(NEVER, |ms| ms as f64));
    for act in acts {
        perform(act);
    }
}

fn perform(act: Act) {
    match act {
        Act::Show { effect, content } => ports::show(&effect, &content),
        Act::TakeDown => ports::take_down(),
        Act::Emit { event, effect } => ports::emit(event, &effect),
        Act::Sync { delay_ms } => sync_in(delay_ms),
        Act::SendNow => send_now(),
    }
}

/// Arranges to talk with the edge, unless that is arranged for an earlier time.
fn sync_in(delay_ms: i64) {
    let arranged = shell(|shell| {
        let rest_ms = shell.client.as_ref()?.rest_ms();
        let delay_ms = delay_ms.max(rest_ms);
        let at = ports::now() + delay_ms;
        if shell.sync_at.is_some_and(|arranged| arranged <= at) {
            return None;
        }
        shell.sync_at = Some(at);
        Some(delay_ms)
    });
    if let Some(delay_ms) = arranged {
        ports::sync(delay_ms as f64);
    }
}

/// One conversation with the edge at a time: what waits goes out, then what is wanted comes in.
pub(crate) fn talk() {
    let lock = shell(|shell| {
        shell.sync_at = None;
        shell.talk_again = shell.talking;
        if shell.talking {
            return None;
        }
        let client = shell.client.as_ref()?;
        shell.talking = true;
        let (heard, waits) = (client.has_heard(), client.has_events());
        shell.talk_again = waits && !heard;
        Some((waits && heard).then(|| client.lock()))
    });
    match lock {
        Some(Some(name)) => ports::lock(&name),
        Some(None) => fetch_next(),
        None => {}
    }
}

/// Sends the next batch, holding the lock; gives it back when nothing waits.
pub(crate) fn send_next() {
    let mut batch = None;
    with(&mut |client| batch = client.next_batch(queue::BATCH_BYTES_MAX));
    if let Some(batch) = batch {
        ask(Question::Locked(batch));
    } else {
        ports::unlock();
        fetch_next();
    }
}

fn fetch_next() {
    let mut fetch = None;
    with(&mut |client| fetch = client.next_fetch());
    match fetch {
        Some(fetch) => ask(Question::Fetch(fetch)),
        None => end_talk(),
    }
}

fn end_talk() {
    let again = shell(|shell| {
        shell.talking = false;
        std::mem::take(&mut shell.talk_again)
    });
    if again {
        sync_in(0);
    }
}

/// Sends what is not on its way yet, from a page that may be gone in a moment: no lock, no waiting.
pub(crate) fn send_now() {
    let mut batch = None;
    with(&mut |client| batch = client.next_batch(OUTLIVING_BYTES_MAX));
    if let Some(batch) = batch {
        ask(Question::Urgent(batch));
    }
}

fn ask(what: Question) {
    let none = String::new;
    let [url, body, person, proof] = match &what {
        Question::Locked(batch) | Question::Urgent(batch) => {
            [batch.url.clone(), batch.body.clone(), none(), none()]
        }
        Question::Fetch(fetch) => [
            fetch.url.clone(),
            none(),
            fetch.person.clone(),
            fetch.proof.clone(),
        ],
    };
    let token = shell(|shell| {
        shell.tokens = shell.tokens.wrapping_add(1);
        shell.asked.push(Asked {
            token: shell.tokens,
            what,
        });
        shell.tokens
    });
    ports::request(token, &url, &body, &person, &proof);
}

/// Takes an answer, or `None` when the edge could not be reached in time.
pub(crate) fn answered(token: u32, reply: Option<Reply>) {
    let asked = shell(|shell| {
        let place = shell.asked.iter().position(|asked| asked.token == token)?;
        Some(shell.asked.remove(place))
    });
    let Some(Asked { what, .. }) = asked else {
        return;
    };
    let (mut reply, mut go_on) = (Some(reply), false);
    with(&mut |client| {
        let reply = reply.take().flatten();
        go_on = match &what {
            Question::Locked(batch) | Question::Urgent(batch) => {
                client.batch_answered(batch, reply)
            }
            Question::Fetch(fetch) => client.fetch_answered(fetch, reply),
        };
    });
    match (what, go_on) {
        (Question::Locked(_), true) => send_next(),
        (Question::Locked(_), false) => {
            ports::unlock();
            end_talk();
        }
        (Question::Urgent(_), _) => {}
        (Question::Fetch(_), true) => fetch_next(),
        (Question::Fetch(_), false) => end_talk(),
    }
}
