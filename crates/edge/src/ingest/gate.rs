//! Who is let in before anything of what they send is understood: no programs that look at pages, and no
//! more of anyone than the limits in wrangler.toml.

use rekindle_core::hash::{fnv64, hex64};
use worker::Request;

use crate::{
    auth::{Sender, header},
    bindings,
    context::Context,
    problem::{Answer, Problem},
};

/// What the user agents of crawlers and of browsers without a screen have in common.
const BOTS: [&str; 7] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "headless",
    "lighthouse",
    "facebookexternalhit",
];
/// Phones of this make are none.
const NO_BOT: &str = "cubot";

fn is_bot(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase().replace(NO_BOT, "");
    BOTS.iter().any(|word| agent.contains(word))
}

/// Refuses what a program does in a page, unless it is wanted. A server is no page: its requests have no
/// origin, and what they call themselves says nothing.
pub(super) fn refuse_bots(context: &Context, request: &Request) -> Answer<()> {
    let is_page = header(request, "origin").is_some();
    let agent = header(request, "user-agent").unwrap_or_default();
    let are_kept = || bindings::text(&context.env, bindings::BOTS).as_deref() == Some("keep");
    if is_page && is_bot(&agent) && !are_kept() {
        return Err(Problem::forbidden(
            "by its user agent this is a program and not a person: nothing of it is kept, \
             unless REKINDLE_BOTS is set to `keep`",
        )
        .into());
    }
    Ok(())
}

/// Refuses what is more than a key may send, or an address with the public key. The platform counts, in
/// each of its places on its own; where it has no such binding, nothing is limited.
pub(super) async fn limit(
    context: &Context,
    request: &Request,
    key: &str,
    sender: Sender,
) -> Answer<()> {
    let key = hex64(fnv64(key.as_bytes()));
    let mut asked = vec![(bindings::RATE_KEY, key.clone(), "key")];
    // In development the public key is trusted, and is the public key all the same.
    if sender == Sender::Page || cfg!(feature = "dev") {
        let address = header(request, "cf-connecting-ip").unwrap_or_default();
        let pair = [key.as_str(), " ", &address].concat();
        asked.push((bindings::RATE_ADDRESS, pair, "address"));
    }
    for (binding, of, whose) in asked {
        let Ok(limiter) = context.env.rate_limiter(binding) else {
            continue;
        };
        if !limiter.limit(of).await?.success {
            return Err(Problem::too_many(format!(
                "this {whose} sends more than wrangler.toml allows in {binding}: send it again after the seconds \
                 in `retry-after`, in larger batches"
            ))
            .into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_by_what_they_call_themselves() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                true,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36",
                true,
            ),
            (
                "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
                true,
            ),
            ("facebookexternalhit/1.1", true),
            (
                "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 21) AppleWebKit/537.36 Chrome/140.0 Mobile",
                false,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15",
                false,
            ),
            ("", false),
        ] {
            assert_eq!(is_bot(agent), expected, "{agent}");
        }
    }
}
