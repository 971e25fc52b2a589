//! Every route of the admin API: the role that it needs, what it takes, and what it is for. Who asks
//! is held against this table, and `/api/openapi.json` is written from it.

use worker::Method::{self, Delete, Get, Post, Put};

use crate::workspace::messages::Role::{self, Admin, Editor, Viewer};

/// One route.
pub(super) struct Route {
    pub(super) method: Method,
    /// Below `/api/v1/`; `{id}` stands for any one segment.
    pub(super) path: &'static str,
    pub(super) role: Role,
    /// The names of its parameters.
    pub(super) query: &'static str,
    /// The fields of its body; those with a `?` may be left out.
    pub(super) body: &'static str,
    pub(super) about: &'static str,
}

const fn route(
    method: Method,
    path: &'static str,
    role: Role,
    [query, body, about]: [&'static str; 3],
) -> Route {
    Route {
        method,
        path,
        role,
        query,
        body,
        about,
    }
}

/// All of them. What does not stand here does not exist.
pub(super) const ROUTES: &[Route] = &[
    route(Get, "me", Viewer, ["", "", "who asks"]),
    route(
        Get,
        "tokens",
        Admin,
        ["", "", "the tokens, without their secrets"],
    ),
    route(
        Post,
        "tokens",
        Admin,
        ["", "name role", "a new token, shown once"],
    ),
    route(Delete, "tokens/{id}", Admin, ["", "", "takes a token back"]),
    route(
        Get,
        "audit",
        Admin,
        ["cursor limit", "", "who did what, newest first"],
    ),
    route(
        Get,
        "data",
        Viewer,
        ["", "", "names of attributes and events, from a sample"],
    ),
    route(
        Get,
        "data/values",
        Viewer,
        [
            "attribute event",
            "",
            "values to choose from, from a sample",
        ],
    ),
    route(Get, "segments", Viewer, ["", "", "all segments"]),
    route(
        Get,
        "segments/counts",
        Viewer,
        ["", "", "how large the segments are, and how they grew"],
    ),
    route(
        Post,
        "segments/preview",
        Viewer,
        [
            "",
            "rule",
            "how many a rule holds for, some of them, and what is wrong with it",
        ],
    ),
    route(
        Get,
        "segments/{id}",
        Viewer,
        ["", "", "a segment, and what uses it"],
    ),
    route(
        Put,
        "segments/{id}",
        Editor,
        ["", "name? rule", "writes a segment"],
    ),
    route(
        Delete,
        "segments/{id}",
        Editor,
        ["", "", "deletes a segment that nothing uses"],
    ),
    route(
        Get,
        "segments/{id}/count",
        Viewer,
        ["", "", "how many are in a segment"],
    ),
    route(
        Get,
        "segments/{id}/people",
        Viewer,
        ["cursor limit", "", "who is in a segment"],
    ),
    route(Get, "series", Viewer, ["", "", "all series"]),
    route(
        Get,
        "series/figures",
        Viewer,
        ["", "", "the main numbers of all series"],
    ),
    route(
        Get,
        "series/{id}",
        Viewer,
        ["", "", "a series and its draft"],
    ),
    route(
        Put,
        "series/{id}",
        Editor,
        [
            "",
            "name audience? entry? reentry? exit? exit_when_left? goal? holdout_percent? policies? steps",
            "writes the draft",
        ],
    ),
    route(
        Delete,
        "series/{id}",
        Editor,
        ["", "", "deletes a draft that was never published"],
    ),
    route(
        Post,
        "series/{id}/publish",
        Editor,
        ["", "in_flight?", "publishes the draft as a version"],
    ),
    route(
        Post,
        "series/{id}/pause",
        Editor,
        ["", "", "lets it stand still"],
    ),
    route(
        Post,
        "series/{id}/resume",
        Editor,
        ["", "overdue?", "lets it run again"],
    ),
    route(
        Post,
        "series/{id}/archive",
        Editor,
        ["", "", "puts it away"],
    ),
    route(
        Post,
        "series/{id}/unarchive",
        Editor,
        ["", "", "takes it out again"],
    ),
    route(
        Get,
        "series/{id}/versions",
        Viewer,
        ["", "", "the versions that were published"],
    ),
    route(
        Get,
        "series/{id}/versions/{version}",
        Viewer,
        ["", "", "one version with its spec"],
    ),
    route(
        Get,
        "series/{id}/in-flight",
        Viewer,
        ["", "", "who is under way where"],
    ),
    route(
        Get,
        "series/{id}/overdue",
        Viewer,
        ["", "", "what a paused series owes"],
    ),
    route(
        Get,
        "series/{id}/problems",
        Viewer,
        ["", "", "what is wrong with the draft"],
    ),
    route(
        Get,
        "series/{id}/report",
        Viewer,
        ["from to", "", "the report, of some days or all"],
    ),
    route(
        Get,
        "series/{id}/report/people",
        Viewer,
        [
            "metric step version cursor limit",
            "",
            "who is behind a number",
        ],
    ),
    route(
        Post,
        "series/{id}/backtest",
        Viewer,
        [
            "",
            "from to draft? against? so_far?",
            "what a draft would have done",
        ],
    ),
    route(
        Post,
        "series/{id}/test",
        Editor,
        ["", "step person to?", "sends a step as a test"],
    ),
    route(
        Get,
        "series/{id}/experiments",
        Viewer,
        ["metric method", "", "what the tests of its messages show"],
    ),
    route(
        Post,
        "preview",
        Viewer,
        ["", "step person?", "what a message would say"],
    ),
    route(
        Get,
        "webhooks",
        Viewer,
        ["cursor limit", "", "requests that were made"],
    ),
    route(
        Get,
        "settings",
        Viewer,
        ["", "", "the policies of the workspace"],
    ),
    route(
        Put,
        "settings",
        Admin,
        [
            "",
            "timezone? quiet_hours? cap? subscription_types? holdout_percent?",
            "writes the policies",
        ],
    ),
    route(Get, "status", Viewer, ["", "", "how the workspace is"]),
    route(
        Get,
        "dead-letters",
        Viewer,
        ["cursor limit", "", "messages that were given up"],
    ),
    route(
        Post,
        "dead-letters/{effect}/replay",
        Editor,
        ["", "", "tries one again"],
    ),
    route(
        Post,
        "import",
        Admin,
        [
            "line name series",
            "",
            "stores people and events from lines of JSON or CSV",
        ],
    ),
    route(
        Get,
        "export",
        Admin,
        ["", "", "everything of everyone, as lines of JSON"],
    ),
    route(
        Get,
        "people",
        Viewer,
        ["rule segment q cursor limit", "", "people, by id"],
    ),
    route(
        Get,
        "people/{id}",
        Viewer,
        ["", "", "what is known of a person"],
    ),
    route(Delete, "people/{id}", Admin, ["", "", "erases a person"]),
    route(
        Get,
        "people/{id}/messages",
        Viewer,
        ["cursor limit", "", "the messages to a person"],
    ),
    route(
        Get,
        "people/{id}/export",
        Viewer,
        ["", "", "everything that is kept of a person"],
    ),
    route(
        Get,
        "people/{id}/events",
        Viewer,
        ["cursor limit", "", "what a person did"],
    ),
    route(
        Get,
        "people/{id}/explain",
        Viewer,
        ["segment series", "", "why a person is where they are"],
    ),
    route(
        Get,
        "mailbox",
        Viewer,
        ["cursor limit", "", "mails that left"],
    ),
    route(
        Get,
        "pushes",
        Viewer,
        ["cursor limit", "", "pushes that left"],
    ),
    #[cfg(feature = "dev")]
    route(
        Get,
        "dev/clock",
        Viewer,
        ["", "", "the clock of development"],
    ),
    #[cfg(feature = "dev")]
    route(
        Post,
        "dev/clock",
        Editor,
        ["", "advance? now? run?", "moves the clock of development"],
    ),
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
    use super::*;

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
