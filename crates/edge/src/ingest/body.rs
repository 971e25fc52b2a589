//! The body of a request that anyone may send: read within a bound, inflated where it came compressed.
//! Understands nothing of what stands in it.

use futures_util::StreamExt;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{ByteStream, Request, js_sys, web_sys};

use crate::{
    auth::header,
    problem::{Answer, Problem},
};

#[wasm_bindgen]
extern "C" {
    /// The platform's own inflater.
    type DecompressionStream;

    #[wasm_bindgen(constructor)]
    fn new(format: &str) -> DecompressionStream;

    #[wasm_bindgen(extends = js_sys::Object)]
    type Piped;

    #[wasm_bindgen(method, js_name = pipeThrough)]
    fn pipe_through(this: &Piped, inflater: &DecompressionStream) -> web_sys::ReadableStream;
}

/// The bytes of a body, of which there may be `most`, counted as they are when inflated. Of a longer one
/// no more than that is held.
pub(crate) async fn read(request: &mut Request, most: usize) -> Answer<Vec<u8>> {
    use wasm_bindgen::JsCast;

    let encoding = header(request, "content-encoding").unwrap_or_default();
    let format = match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => None,
        "gzip" | "x-gzip" => Some("gzip"),
        "deflate" => Some("deflate"),
        other => {
            return Err(Problem::unsupported(format!(
                "`content-encoding: {other}` is not read here: send gzip, deflate, or the body as it is"
            ))
            .into());
        }
    };
    let Some(body) = request.inner().body() else {
        return Ok(Vec::new());
    };
    let stream = match format {
        None => body,
        Some(format) => body
            .unchecked_into::<Piped>()
            .pipe_through(&DecompressionStream::new(format)),
    };
    let mut stream = ByteStream::from(stream);
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = match (chunk, format) {
            (Ok(chunk), _) => chunk,
            (Err(_), Some(format)) => {
                return Err(Problem::bad_request(format!(
                    "the body is not whole {format}: send it as `content-encoding` says, or leave that header out"
                ))
                .into());
            }
            (Err(error), None) => return Err(error.into()),
        };
        if bytes.len() + chunk.len() > most {
            return Err(Problem::too_large(format!(
                "the body has more than {most} bytes: send smaller batches"
            ))
            .into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Bytes as text. What is no UTF-8 becomes [`BROKEN`], for the item that it stands in to be refused alone.
pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let chunks = error.as_bytes().utf8_chunks();
        chunks.fold(String::new(), |mut text, chunk| {
            text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                text.push(BROKEN);
            }
            text
        })
    })
}

/// Stands for bytes that are no text. It is no character of any language: Unicode keeps it for the use of
/// programs within themselves (The Unicode Standard, section 23.7).
pub(crate) const BROKEN: char = '\u{FFFF}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_marked_where_it_stands() {
        for (bytes, expected) in [
            (b"\xc3\xa4".to_vec(), "ä"),
            (b"a\xffb".to_vec(), "a\u{FFFF}b"),
            (b"cut \xe2\x82".to_vec(), "cut \u{FFFF}"),
        ] {
            assert_eq!(text(bytes), expected);
        }
    }
}
