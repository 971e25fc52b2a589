//! The platform's TCP sockets: the one module that knows `cloudflare:sockets`. It knows no protocol.

use std::pin::pin;

use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::sends::http::within;

#[wasm_bindgen(module = "cloudflare:sockets")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn connect(address: &str, options: &JsValue) -> Result<Raw, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    type Raw;
    #[wasm_bindgen(method, getter)]
    fn opened(this: &Raw) -> Promise;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &Raw) -> Stream;
    #[wasm_bindgen(method, getter)]
    fn writable(this: &Raw) -> Stream;
    #[wasm_bindgen(method, catch, js_name = startTls)]
    fn start_tls(this: &Raw) -> Result<Raw, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn close(this: &Raw) -> Result<Promise, JsValue>;

    type Stream;
    #[wasm_bindgen(method, js_name = getReader)]
    fn reader(this: &Stream) -> End;
    #[wasm_bindgen(method, js_name = getWriter)]
    fn writer(this: &Stream) -> End;

    /// What reads or writes a stream.
    type End;
    #[wasm_bindgen(method)]
    fn read(this: &End) -> Promise;
    #[wasm_bindgen(method)]
    fn write(this: &End, bytes: &Uint8Array) -> Promise;
    #[wasm_bindgen(method, js_name = releaseLock)]
    fn release(this: &End);
}

/// How a connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sends::mail) enum Tls {
    /// From the first byte.
    Implicit,
    /// When both sides are ready for it.
    Start,
    /// Not at all.
    Off,
}

/// The connection broke off, or took too long.
pub(super) struct Broken;

/// A connection; it closes when it is dropped.
pub(super) struct Socket {
    raw: Raw,
    reader: End,
    writer: End,
}

impl Socket {
    pub(super) async fn connect(address: &str, tls: Tls, within_ms: u64) -> Result<Self, Broken> {
        let transport = match tls {
            Tls::Implicit => "on",
            Tls::Start => "starttls",
            Tls::Off => "off",
        };
        let options = Object::new();
        Reflect::set(&options, &"secureTransport".into(), &transport.into()).map_err(|_| Broken)?;
        let raw = connect(address, &options).map_err(|_| Broken)?;
        let socket = Self::of(raw);
        settled(socket.raw.opened(), within_ms).await?;
        Ok(socket)
    }

    fn of(raw: Raw) -> Self {
        Self {
            reader: raw.readable().reader(),
            writer: raw.writable().writer(),
            raw,
        }
    }

    /// The same connection, under TLS from here on.
    pub(super) fn secure(&mut self) -> Result<(), Broken> {
        self.reader.release();
        self.writer.release();
        let raw = self.raw.start_tls().map_err(|_| Broken)?;
        // The socket before it has no streams any more: there is nothing of it to close.
        self.reader = raw.readable().reader();
        self.writer = raw.writable().writer();
        self.raw = raw;
        Ok(())
    }

    pub(super) async fn write(&self, bytes: &[u8], within_ms: u64) -> Result<(), Broken> {
        let written = self.writer.write(&Uint8Array::from(bytes));
        settled(written, within_ms).await.map(|_| ())
    }

    /// What has arrived; nothing at the end.
    pub(super) async fn read(&self, within_ms: u64) -> Result<Vec<u8>, Broken> {
        let read = settled(self.reader.read(), within_ms).await?;
        let value = Reflect::get(&read, &"value".into()).map_err(|_| Broken)?;
        Ok(if value.is_undefined() {
            Vec::new()
        } else {
            Uint8Array::new(&value).to_vec()
        })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A connection that stayed open would be missing for the next mail. Whether it closes well
        // matters to no one.
        if let Ok(closed) = self.raw.close() {
            spawn_local(async {
                JsFuture::from(closed).await.ok();
            });
        }
    }
}

async fn settled(promise: Promise, within_ms: u64) -> Result<JsValue, Broken> {
    match within(within_ms, pin!(JsFuture::from(promise))).await {
        Some(Ok(value)) => Ok(value),
        Some(Err(_)) | None => Err(Broken),
    }
}
