//! What the core asks of the browser: the only place where JavaScript is called.
//! Decides nothing. `www/sdk/src/ports` performs, and what happens later (an answer, a timer, a
//! click) comes back as a call of an export in `lib.rs`.
//!
//! Not web-sys: bindings of single browser functions, closures and promises in wasm weighed more
//! than everything the SDK decides. Each port is one step in words of ours, and never throws.

use rekindle_core::wire::{InApp, Layout, Position};

use crate::{client::Platform, history::Page};

pub(crate) use browser::{
    emit, get, keys, lock, remember, remove, request, set, sync, take_down, unlock, wake,
};

#[cfg(target_arch = "wasm32")]
mod browser {
    use wasm_bindgen::prelude::wasm_bindgen;

    // Beside what the build makes of this crate, in `dist/wasm/sdk`.
    #[wasm_bindgen(raw_module = "../../../www/sdk/src/ports/index.ts")]
    extern "C" {
        pub(crate) fn get(key: &str) -> Option<String>;
        pub(crate) fn set(key: &str, text: &str);
        pub(crate) fn remove(key: &str);
        /// The keys that begin like this, in order, a line each.
        pub(crate) fn keys(beginning: &str) -> String;
        /// Whether what is kept from now on is still there on the next page. What this page keeps
        /// stays with it, either way.
        pub(crate) fn remember(allowed: bool);

        pub(super) fn now() -> f64;
        pub(super) fn uuid() -> String;
        /// Address, path, title and referrer, a line each.
        pub(super) fn page() -> String;
        pub(super) fn visible() -> bool;
        pub(super) fn warn(text: &str);

        /// Says `Woke` once after so many milliseconds; replaces the timer before. Below 0: none.
        pub(crate) fn wake(ms: f64);
        /// Says `Talk` once after so many milliseconds; replaces the timer before. Below 0: none.
        pub(crate) fn sync(ms: f64);
        /// Says `Locked` when no other tab holds the lock of this name.
        pub(crate) fn lock(name: &str);
        pub(crate) fn unlock();
        /// Sends at once; calls `answered` with the token, once. Without a body it is a GET,
        /// then with headers for whose it is and what vouches for that, unless they are empty.
        pub(crate) fn request(token: u32, url: &str, body: &str, person: &str, proof: &str);

        /// Shows a message, of which what is empty is absent; says `Shown` or `NotShown`, now or soon,
        /// then `Clicked` or `Dismissed`.
        pub(super) fn show(
            effect: &str,
            layout: &str,
            title: &str,
            body: &str,
            label: &str,
            url: &str,
        );
        /// Whether everything that is asked for, as JSON, has happened on the page; if not, says `Woke`
        /// once it has.
        pub(super) fn happened(effect: &str, trigger: &str) -> bool;
        #[wasm_bindgen(js_name = takeDown)]
        pub(crate) fn take_down();
        pub(crate) fn emit(event: &str, effect: &str);
    }
}

/// A browser that keeps texts and does nothing else, for tests on the developer's machine.
#[cfg(not(target_arch = "wasm32"))]
mod browser {
    use std::{cell::RefCell, collections::BTreeMap};

    thread_local! {
        static KEPT: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
    }

    pub(crate) fn get(key: &str) -> Option<String> {
        KEPT.with_borrow(|kept| kept.get(key).cloned())
    }
    pub(crate) fn set(key: &str, text: &str) {
        KEPT.with_borrow_mut(|kept| kept.insert(key.to_owned(), text.to_owned()));
    }
    pub(crate) fn remove(key: &str) {
        KEPT.with_borrow_mut(|kept| kept.remove(key));
    }
    pub(crate) fn keys(beginning: &str) -> String {
        let ours = |key: &&String| key.starts_with(beginning);
        KEPT.with_borrow(|kept| {
            kept.keys()
                .filter(ours)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n")
        })
    }
    pub(crate) fn remember(_allowed: bool) {}
    pub(super) fn now() -> f64 {
        0.0
    }
    pub(super) fn uuid() -> String {
        String::new()
    }
    pub(super) fn page() -> String {
        String::new()
    }
    pub(super) fn visible() -> bool {
        true
    }
    pub(super) fn warn(_text: &str) {}
    pub(crate) fn wake(_ms: f64) {}
    pub(crate) fn sync(_ms: f64) {}
    pub(crate) fn lock(_name: &str) {}
    pub(crate) fn unlock() {}
    pub(crate) fn request(_token: u32, _url: &str, _body: &str, _person: &str, _proof: &str) {}
    pub(super) fn show(_: &str, _: &str, _: &str, _: &str, _: &str, _: &str) {}
    pub(super) fn happened(_effect: &str, _trigger: &str) -> bool {
        false
    }
    pub(crate) fn take_down() {}
    pub(crate) fn emit(_event: &str, _effect: &str) {}
}

/// The device's clock, Unix milliseconds.
pub(crate) fn now() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole milliseconds, far below 2^53"
    )]
    let now = browser::now() as i64;
    now
}

fn page() -> Page {
    let text = browser::page();
    let mut lines = text.split('\n').map(str::to_owned);
    let mut next = || lines.next().unwrap_or_default();
    Page {
        url: next(),
        path: next(),
        title: next(),
        referrer: next(),
    }
}

/// What the client may ask at any time.
pub(crate) fn platform() -> Platform {
    let (uuid, visible, warn) = (browser::uuid, browser::visible, browser::warn);
    let happened = browser::happened;
    Platform {
        now,
        uuid,
        page,
        visible,
        happened,
        warn,
    }
}

/// Shows a message.
pub(crate) fn show(effect: &str, content: &InApp) {
    let layout = match &content.layout {
        Layout::Banner(Position::Top) => "top",
        Layout::Banner(Position::Bottom) => "bottom",
        Layout::Modal => "modal",
        Layout::Nudge(nudge) => nudge.drawing.as_str(),
    };
    let (label, url) = match &content.cta {
        Some(cta) => (cta.label.as_str(), cta.url.as_str()),
        None => ("", ""),
    };
    browser::show(effect, layout, &content.title, &content.body, label, url);
}
