//! Every route of the admin API, with the role that it needs. Who asks is held against this table;
//! what a route takes and answers stands in `www/api/openapi.json`.

use worker::Method::{self, Delete, Get, Post, Put};

use crate::workspace::messages::Role::{self, Admin, Editor, Viewer};

/// One route.
pub(super) struct Route {
    pub(super) method: Method,
    /// Below `/api/v1/`; `{id}` stands for any one segment.
    pub(super) path: &'static str,
    pub(super) role: Role,
}

const fn route(method: Method, path: &'static str, role: Role) -> Route {
    Route { method, path, role }
}

/// All of them. What does not stand here does not exist.
pub(super) const ROUTES: &[Route] = &[
    route(Get, "me", Viewer),
    route(Get, "tokens", Admin),
    route(Post, "tokens", Admin),
    route(Delete, "tokens/{id}", Admin),
    route(Get, "audit", Admin),
    route(Get, "data", Viewer),
    route(Get, "data/values", Viewer),
    route(Get, "segments", Viewer),
    route(Get, "segments/counts", Viewer),
    route(Post, "segments/preview", Viewer),
    route(Get, "segments/{id}", Viewer),
    route(Put, "segments/{id}", Editor),
    route(Delete, "segments/{id}", Editor),
    route(Get, "segments/{id}/count", Viewer),
    route(Get, "segments/{id}/people", Viewer),
    route(Get, "series", Viewer),
    route(Get, "series/figures", Viewer),
    route(Get, "series/{id}", Viewer),
    route(Put, "series/{id}", Editor),
    route(Delete, "series/{id}", Editor),
    route(Post, "series/{id}/publish", Editor),
    route(Post, "series/{id}/pause", Editor),
    route(Post, "series/{id}/resume", Editor),
    route(Post, "series/{id}/archive", Editor),
    route(Post, "series/{id}/unarchive", Editor),
    route(Get, "series/{id}/versions", Viewer),
    route(Get, "series/{id}/versions/{version}", Viewer),
    route(Get, "series/{id}/in-flight", Viewer),
    route(Get, "series/{id}/overdue", Viewer),
    route(Get, "series/{id}/problems", Viewer),
    route(Get, "series/{id}/report", Viewer),
    route(Get, "series/{id}/report/people", Viewer),
    route(Post, "series/{id}/backtest", Viewer),
    route(Post, "series/{id}/test", Editor),
    route(Get, "series/{id}/experiments", Viewer),
    route(Post, "preview", Viewer),
    route(Get, "webhooks", Viewer),
    route(Get, "settings", Viewer),
    route(Put, "settings", Admin),
    route(Get, "status", Viewer),
    route(Get, "metrics", Viewer),
    route(Get, "dead-letters", Viewer),
    route(Post, "dead-letters/{effect}/replay", Editor),
    route(Post, "import", Admin),
    route(Get, "export", Admin),
    route(Get, "people", Viewer),
    route(Get, "people/{id}", Viewer),
    route(Delete, "people/{id}", Admin),
    route(Get, "people/{id}/messages", Viewer),
    route(Get, "people/{id}/export", Viewer),
    route(Get, "people/{id}/events", Viewer),
    route(Get, "people/{id}/explain", Viewer),
    route(Get, "mailbox", Viewer),
    route(Get, "mailbox/{id}/raw", Viewer),
    route(Get, "pushes", Viewer),
    #[cfg(feature = "dev")]
    route(Get, "dev/clock", Viewer),
    #[cfg(feature = "dev")]
    route(Post, "dev/clock", Editor),
];

/// The route that a request asks for.
pub(super) fn find(method: &Method, path: &[&str]) -> Option<&'static Route> {
    let fits = |pattern: &str| {
        let mut parts = pattern.split('/');
        path.iter().all(|segment| {
            let part = parts.next();
            part.is_some_and(|part| part.starts_with('{') || part == *segment)
        }) && parts.next().is_none()
    };
    let mut routes = ROUTES.iter();
    routes.find(|route| route.method == *method && fits(route.path))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value as Json;

    use super::*;

    #[test]
    fn the_document_has_the_same_routes_and_roles() {
        let text = include_str!("../../../../www/api/openapi.json");
        let document: Json = serde_json::from_str(text).unwrap();
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
        let mut described = BTreeSet::new();
        let mut open = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let Some(path) = path.strip_prefix("/api/v1/") else {
                continue;
            };
            for (method, operation) in item.as_object().unwrap() {
                if method == "parameters" {
                    continue;
                }
                let is_built = cfg!(feature = "dev") || operation["x-development"] != true;
                let named = format!("{} {path}", method.to_uppercase());
                match operation["x-role"].as_str() {
                    Some(role) if is_built => _ = described.insert(format!("{named} {role}")),
                    Some(_) => {}
                    None => _ = open.insert(named),
                }
            }
        }
        let routes = ROUTES.iter().map(|route| {
            let (method, role) = (route.method.as_ref(), route.role.word());
            format!("{method} {} {role}", route.path)
        });
        assert_eq!(described, routes.collect());
        // Whoever signs in or out has no role yet, or no longer.
        assert_eq!(
            open,
            ["DELETE session", "POST session"].map(str::to_owned).into()
        );
    }

    #[test]
    fn a_route_needs_its_role_and_an_unknown_one_is_none() {
        for (method, path, expected) in [
            (Get, "segments/a", Some(Viewer)),
            (Put, "segments/a", Some(Editor)),
            (Put, "settings", Some(Admin)),
            (Get, "tokens", Some(Admin)),
            (Post, "series/a/publish", Some(Editor)),
            (Post, "series/a/burn", None),
            (Get, "segments/a/b/c", None),
            (Method::Patch, "segments/a", None),
            (Get, "", None),
        ] {
            let path: Vec<&str> = path.split('/').collect();
            let found = find(&method, &path).map(|route| route.role);
            assert_eq!(found, expected, "{method:?} {path:?}");
        }
    }

    #[test]
    fn a_role_may_what_the_lower_ones_may() {
        assert!(Viewer < Editor && Editor < Admin);
    }
}
