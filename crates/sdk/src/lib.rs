//! Rekindle in the browser: records what people do and decides which message is due.
//! Speaks to pages only through the loader in `www/sdk`, which checks what they hand in, performs
//! what is decided here, and catches even a trap, so that the page goes on without us.
//!
//! `client` decides, `shell` performs, `ports` is all that it performs with; every other module is
//! one idea.

mod backoff;
mod choice;
mod client;
mod clock;
mod history;
mod item;
mod ports;
mod queue;
mod seen;
mod shell;
mod storage;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    client::{Client, Reply, Setting},
    seen::Reaction,
    storage::Storage,
};

// Std's own allocator weighs more than the client's decisions. A page asks for little memory and soon
// ends: first fit in a list of free blocks is good enough.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

/// Starts, before anything else. With `waits`, nothing is kept or sent until the person agrees; for
/// `gap_ms` no message follows another.
#[wasm_bindgen]
pub fn start(write_key: &str, api: &str, locale: &str, zone: &str, waits: bool, gap_ms: u32) {
    let storage = Storage::new(write_key);
    let [write_key, api, locale, zone] = [write_key, api, locale, zone].map(str::to_owned);
    let setting = Setting {
        write_key,
        api,
        locale,
        zone,
        gap_ms: i64::from(gap_ms),
    };
    shell::start(Client::new(ports::platform(), setting, storage, waits));
}

/// What may happen, and what the three texts beside it say. An empty text stands for none.
#[derive(Clone, Copy)]
enum Word {
    /// The page begins, or says who this is: their id, what vouches for it, traits (JSON object).
    Boot,
    /// The person has this id and these traits (JSON object).
    Identify,
    /// The person did something: its name, properties (JSON object).
    Track,
    /// The person looks at a page: its name, properties (JSON object).
    Page,
    /// The person belongs to a group: its id, traits (JSON object).
    Group,
    /// The person signs out.
    Reset,
    /// The person agrees to being remembered.
    Agree,
    /// The person does not, or no longer.
    Refuse,
    /// The page wants no more of it, until the next start.
    Shutdown,
    /// This browser takes push messages: endpoint, public key, secret.
    Subscribed,
    /// The message of this effect is on the screen.
    Shown,
    /// The message of this effect could not be put there.
    NotShown,
    /// The person followed the link of the message on the screen.
    Clicked,
    /// The person closed the message on the screen.
    Dismissed,
    /// The timer that was asked for by `wake`, or what a message waits for on the page.
    Woke,
    /// The timer that was asked for by `sync`.
    Talk,
    /// The lock is held.
    Locked,
    /// The address of the page changed without a load.
    Navigated,
    /// The page cannot be seen any more and may be gone in a moment.
    Hidden,
    /// The page can be seen again.
    Appeared,
    /// The network is back.
    Online,
    /// Another tab wrote: the key, none when everything was erased.
    Stored,
}

impl Word {
    /// In the order of `Word` in `www/sdk/src/core.ts`.
    const ALL: [Self; 22] = [
        Self::Boot,
        Self::Identify,
        Self::Track,
        Self::Page,
        Self::Group,
        Self::Reset,
        Self::Agree,
        Self::Refuse,
        Self::Shutdown,
        Self::Subscribed,
        Self::Shown,
        Self::NotShown,
        Self::Clicked,
        Self::Dismissed,
        Self::Woke,
        Self::Talk,
        Self::Locked,
        Self::Navigated,
        Self::Hidden,
        Self::Appeared,
        Self::Online,
        Self::Stored,
    ];
}

/// Something happened: [`Word`] by its place. One export for all of it: each has its price in bytes.
#[wasm_bindgen]
pub fn tell(word: u8, a: &str, b: &str, c: &str) {
    let Some(&what) = Word::ALL.get(usize::from(word)) else {
        return;
    };
    match what {
        Word::Shutdown => return shell::stop(),
        Word::Talk => return shell::talk(),
        Word::Locked => return shell::send_next(),
        Word::Hidden => return shell::send_now(),
        Word::Boot
        | Word::Identify
        | Word::Track
        | Word::Page
        | Word::Group
        | Word::Reset
        | Word::Agree
        | Word::Refuse
        | Word::Subscribed
        | Word::Shown
        | Word::NotShown
        | Word::Clicked
        | Word::Dismissed
        | Word::Woke
        | Word::Navigated
        | Word::Appeared
        | Word::Online
        | Word::Stored => {}
    }
    let [first, second, third] = [a, b, c].map(|text| Some(text).filter(|text| !text.is_empty()));
    shell::with(&mut |client| match what {
        Word::Boot => client.boot(first, second, third),
        Word::Identify => client.identify(first, second),
        Word::Track => client.track(a, second),
        Word::Page => client.page(first, second),
        Word::Group => client.group(a, second),
        Word::Reset => client.reset(),
        Word::Agree => client.consent(true),
        Word::Refuse => client.consent(false),
        Word::Subscribed => client.subscribe(a, b, c),
        Word::Shown => client.shown(a),
        Word::NotShown => client.not_shown(a),
        Word::Clicked => client.react_on_screen(Reaction::Clicked),
        Word::Dismissed => client.react_on_screen(Reaction::Dismissed),
        Word::Woke => client.woke(),
        Word::Navigated => client.evaluate(),
        Word::Appeared => client.appeared(),
        Word::Online => client.online(),
        Word::Stored => client.storage_changed(first),
        Word::Shutdown | Word::Talk | Word::Locked | Word::Hidden => {}
    });
}

/// The edge answered the request with this token; a status of 0 means that it could not be reached.
#[wasm_bindgen]
pub fn answered(
    token: u32,
    status: u16,
    now: f64,
    rejected: bool,
    retry_after_s: u32,
    body: Vec<u8>,
) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole milliseconds, far below 2^53"
    )]
    let now = Some(now as i64).filter(|now| *now > 0);
    let reply = Reply {
        status,
        now,
        rejected,
        retry_after_s: i64::from(retry_after_s),
        body,
    };
    shell::answered(token, (status > 0).then_some(reply));
}
