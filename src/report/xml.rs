//! What the two XML formats share.

use super::snippet::visible;

/// A text for an attribute or an element: nothing in it is markup, and every character is one that XML may hold.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.push('?'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_markup() {
        assert_eq!(escape("<a href=\"x\">'&'\n::error::</a>"), "&lt;a href=&quot;x&quot;&gt;&apos;&amp;&apos;?::error::&lt;/a&gt;");
        assert!(!escape("\u{1b}[31m\u{0}").chars().any(char::is_control));
    }
}
