//! Text as HTML has it.

/// Adds text so that it is shown as it is, in an element or between quotes.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            char => out.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        let mut out = String::new();
        push_escaped(&mut out, "<a b=\"c\" d='e'> & ü");
        assert_eq!(out, "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt; &amp; ü");
    }
}
