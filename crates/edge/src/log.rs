//! What the Worker tells whoever operates it: a line of JSON each, which Workers Logs and `wrangler tail`
//! take apart by themselves. `event` is stable, for alerts; [docs/deploy.md](../../../docs/deploy.md) lists them.
//!
//! Nothing that people wrote, did or are called stands in a line: ids of effects, numbers and names of
//! ours. Why a provider refused a mail is kept with the mail: its words may name the address.

use serde_json::{Value as Json, json};

/// Something was put off or tried again; it mends itself.
pub(crate) fn warn(event: &str, fields: Json) {
    worker::console_warn!("{}", line(event, fields));
}

/// Something failed that should not.
pub(crate) fn error(event: &str, fields: Json) {
    worker::console_error!("{}", line(event, fields));
}

fn line(event: &str, mut fields: Json) -> Json {
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("event".to_owned(), json!(event));
    }
    fields
}
