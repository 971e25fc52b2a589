//! Who is let in: tokens that admins hand out, sessions that browsers begin with them; and the audit
//! log. Holds digests only: what is kept here opens nothing.

use serde_json::Value as Json;
use worker::Result;

use super::{
    Workspace,
    messages::{
        AuditEntry, AuditPage, By, Change, Changed, Credential, NewSession, NewToken, Noted,
        Refusal, TokenView,
    },
    store::Deed,
};
use crate::{auth, clock::real_ms};

// LIMIT: a token for each person and program of a company; more is a loop that makes them.
const TOKENS_MAX: usize = 500;

// LIMIT: long enough for a working week, and a browser that was left open does not stay in for ever.
/// How long a session lasts, in real time.
pub(crate) const SESSION_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

// LIMIT: what goes on for longer is told by an entry for each day.
const TALLY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Counts by name, each the sum of both; of anything else, the later.
fn sum(so_far: &Json, more: &Json) -> Json {
    let mut sum = more.clone();
    for (name, value) in sum.as_object_mut().into_iter().flatten() {
        let before = so_far.get(name).and_then(Json::as_u64);
        if let (Some(before), Some(more)) = (before, value.as_u64()) {
            *value = before.saturating_add(more).into();
        }
    }
    sum
}

impl Workspace {
    /// Whose credential this is. The first admin's sessions are known by the digest of that token.
    pub(super) fn who(&self, credential: &Credential) -> Result<Option<By>> {
        let store = self.store()?;
        match credential {
            Credential::Token(digest) => store.holder(digest),
            Credential::Session { session, first } => {
                match store.token_of_session(session, real_ms())? {
                    Some(token) if Some(&token) == first.as_ref() => Ok(Some(By::first())),
                    Some(token) => store.holder(&token),
                    None => Ok(None),
                }
            }
        }
    }

    pub(super) fn begin_session(&self, new: &NewSession) -> Result<()> {
        let now = real_ms();
        let until = now.saturating_add(SESSION_MS);
        self.store()?
            .begin_session(&new.session, &new.token, now, until)
    }

    pub(super) fn add_token(&self, change: &Change<NewToken>) -> Result<Changed<TokenView>> {
        let store = self.store()?;
        let tokens = store.tokens()?;
        if tokens.len() >= TOKENS_MAX {
            let message =
                format!("there are {TOKENS_MAX} tokens: take back those that no one uses");
            return Ok(Changed::Refused(vec![Refusal::error("state", message)]));
        }
        if tokens.iter().any(|token| token.name == change.content.name) {
            let message = format!(
                "a token is named `{}` already: the audit log tells tokens by their names",
                change.content.name
            );
            return Ok(Changed::Refused(vec![Refusal::error("state", message)]));
        }
        let view = TokenView {
            id: auth::random_id()?,
            name: change.content.name.clone(),
            role: change.content.role,
            created_at: self.now()?,
            by: change.by.name.clone(),
        };
        store.add_token(&view.id, &change.content, view.created_at, &view.by)?;
        let after = serde_json::json!({ "name": view.name, "role": view.role });
        self.note(
            &change.by,
            "add",
            "token",
            &view.id,
            [None, Some(after.to_string())],
        )?;
        Ok(Changed::Done(view))
    }

    pub(super) fn remove_token(&self, change: &Change<()>) -> Result<Changed<()>> {
        let store = self.store()?;
        let found = store
            .tokens()?
            .into_iter()
            .find(|token| token.id == change.id);
        let Some(token) = found else {
            return Ok(Changed::NotFound);
        };
        store.remove_token(&change.id)?;
        let before = serde_json::json!({ "name": token.name, "role": token.role });
        self.note(
            &change.by,
            "remove",
            "token",
            &change.id,
            [Some(before.to_string()), None],
        )?;
        Ok(Changed::Done(()))
    }

    /// Notes in the audit log who did what to what; the sides are JSON.
    pub(super) fn note(
        &self,
        by: &By,
        action: &str,
        kind: &str,
        id: &str,
        sides: [Option<String>; 2],
    ) -> Result<()> {
        let deed = Deed { action, kind, id };
        self.store()?.audit(self.now()?, by, &deed, sides)
    }

    /// Notes what was done outside the workspace.
    pub(super) fn note_change(&self, change: &Change<Noted>) -> Result<()> {
        let Noted {
            action,
            kind,
            after,
        } = &change.content;
        let after = Some(after.to_string());
        self.note(&change.by, action, kind, &change.id, [None, after])
    }

    /// Notes how much was done outside the workspace. Where the newest entry is of the same, its counts grow
    /// instead: a file that comes in parts is one entry.
    pub(super) fn tally(&self, change: &Change<Noted>) -> Result<()> {
        let store = self.store()?;
        let newest = AuditPage {
            before: None,
            limit: 1,
        };
        let Noted {
            action,
            kind,
            after,
        } = &change.content;
        let since = self.now()? - TALLY_MS;
        let newest = store.audit_log(&newest)?.pop().filter(|entry| {
            (&entry.action, &entry.kind, &entry.id) == (action, kind, &change.id)
                && (&entry.by, entry.role) == (&change.by.name, change.by.role)
                && entry.after.get("series") == after.get("series")
                && entry.at > since
        });
        match newest {
            Some(AuditEntry {
                number: Some(number),
                after: so_far,
                ..
            }) => store.grow_audit(number, &sum(&so_far, after).to_string()),
            Some(_) | None => self.note_change(change),
        }
    }

    pub(super) fn audit_log(&self, page: &AuditPage) -> Result<Vec<AuditEntry>> {
        self.store()?.audit_log(page)
    }
}
