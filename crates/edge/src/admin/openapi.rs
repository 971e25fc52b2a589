//! `GET /api/openapi.json`: the API as `OpenAPI` 3.1, written from the table of routes. It names paths,
//! roles, parameters and the fields of bodies; the shapes of answers are in docs/api.md.

use serde_json::{Map, Value as Json, json as object};

use super::{json, routes::ROUTES};
use crate::problem::Answer;

/// The public side: method, path, what for.
const PUBLIC: [(&str, &str, &str); 11] = [
    ("post", "/v1/track", "stores an event"),
    ("post", "/v1/identify", "sets attributes"),
    ("post", "/v1/page", "stores a page view"),
    ("post", "/v1/screen", "stores a screen view"),
    (
        "post",
        "/v1/group",
        "sets attributes of a company, and who is of it",
    ),
    ("post", "/v1/alias", "joins a visitor to a person"),
    ("post", "/v1/batch", "stores several of these"),
    ("post", "/v1/import", "the same, as some libraries name it"),
    ("get", "/v1/boot", "the inbox of a browser's person"),
    ("get", "/v1/bundle/{version}", "contents that inboxes share"),
    (
        "get",
        "/v1/push-key",
        "what a browser subscribes to push with",
    ),
];

/// Writes the description.
pub(crate) fn describe() -> Answer {
    let mut paths: Map<String, Json> = Map::new();
    for (method, path, about) in PUBLIC {
        let answers = object!({ "2XX": { "description": about }, "default": problem() });
        let operation = object!({
            "summary": about,
            "parameters": in_path(path),
            "security": [{ "writeKey": [] }],
            "responses": answers,
        });
        put(&mut paths, path.to_owned(), method, operation);
    }
    for route in ROUTES {
        let mut parameters = in_path(route.path);
        parameters.extend(
            route.query.split_whitespace().map(
                |name| object!({ "name": name, "in": "query", "schema": { "type": "string" } }),
            ),
        );
        let mut operation = object!({
            "summary": route.about,
            "x-role": route.role,
            "parameters": parameters,
            "responses": { "2XX": { "description": route.about }, "default": problem() },
        });
        if !route.body.is_empty()
            && let Some(operation) = operation.as_object_mut()
        {
            operation.insert("requestBody".to_owned(), body(route.body));
        }
        let method = route.method.as_ref().to_ascii_lowercase();
        put(
            &mut paths,
            format!("/api/v1/{}", route.path),
            &method,
            operation,
        );
    }
    json(&object!({
        "openapi": "3.1.0",
        "info": { "title": "Rekindle", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "security": [{ "token": [] }, { "session": [] }],
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": super::access::COOKIE },
                "writeKey": { "type": "http", "scheme": "basic" },
            },
            "schemas": { "Problem": {
                "type": "object",
                "required": ["type", "status", "title", "detail"],
                "properties": {
                    "type": { "type": "string" },
                    "status": { "type": "integer" },
                    "title": { "type": "string" },
                    "detail": { "type": "string" },
                    "problems": { "type": "array" },
                },
            } },
        },
    }))
}

fn put(paths: &mut Map<String, Json>, path: String, method: &str, operation: Json) {
    let methods = paths.entry(path).or_insert_with(|| object!({}));
    if let Some(methods) = methods.as_object_mut() {
        methods.insert(method.to_owned(), operation);
    }
}

fn in_path(path: &str) -> Vec<Json> {
    let name = |part: &str| Some(part.strip_prefix('{')?.strip_suffix('}')?.to_owned());
    let parameter = |name: String| object!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
    path.split('/').filter_map(name).map(parameter).collect()
}

fn body(fields: &str) -> Json {
    let properties: Map<String, Json> = fields
        .split_whitespace()
        .map(|field| (field.trim_end_matches('?').to_owned(), object!({})))
        .collect();
    let needed: Vec<&str> = fields
        .split_whitespace()
        .filter(|field| !field.ends_with('?'))
        .collect();
    object!({
        "required": !needed.is_empty(),
        "content": { "application/json": { "schema": {
            "type": "object", "properties": properties, "required": needed,
        } } },
    })
}

/// RFC 9457.
fn problem() -> Json {
    object!({
        "description": "what is wrong, and how to mend it",
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" },
        } },
    })
}
