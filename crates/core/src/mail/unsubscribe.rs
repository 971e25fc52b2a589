//! The link by which one leaves: written by the author as `{{ unsubscribe_url }}`, or else added at the
//! end. What the link is, only whoever sends the mail knows.

/// The name that templates of mails ask for.
pub const UNSUBSCRIBE: &str = "unsubscribe_url";

/// What stands in the place of the link until it is known: no name under `.invalid` ever answers
/// (RFC 2606).
pub const UNSUBSCRIBE_URL: &str = "https://unsubscribe.invalid/";

/// Puts the link where the author asked for it, or else at the end of both parts. Without a link nothing
/// is added, and what the author wrote leads nowhere.
pub fn place_unsubscribe(html: &mut String, text: &mut String, link: Option<&str>) {
    if !replace(html, link)
        && let Some(link) = link
    {
        // The end is looked for in the document's own letters: folding others could move it.
        let end = html.to_ascii_lowercase().rfind("</body>");
        let footer = [
            "<p class=\"rk-soft\" style=\"margin:0;padding:0 16px 24px;text-align:center;\
             font:13px/1.5 sans-serif;color:#5c6570\"><a href=\"",
            link,
            "\" style=\"color:inherit\">Unsubscribe</a></p>",
        ];
        html.insert_str(end.unwrap_or(html.len()), &footer.concat());
    }
    if !replace(text, link)
        && let Some(link) = link
    {
        text.truncate(text.trim_end().len());
        text.push_str(&["\n\n--\nUnsubscribe: ", link, "\n"].concat());
    }
}

/// Whether the author asked for it, and it is put there.
fn replace(part: &mut String, link: Option<&str>) -> bool {
    let asked = part.contains(UNSUBSCRIBE_URL);
    if asked {
        *part = part.replace(UNSUBSCRIBE_URL, link.unwrap_or("#"));
    }
    asked
}
