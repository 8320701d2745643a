//! From a JSON Pointer to bytes, in a text that is known to be JSON.

use std::ops::Range;

/// Which half of an object's member a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Key,
    Value,
}

/// A child of an object or array, as bytes of the text. An element of an array has no key.
struct Child {
    key: Range<usize>,
    value: Range<usize>,
}

/// The bytes of what `pointer` names; those of the innermost value around it where it names nothing.
pub(super) fn locate(text: &str, pointer: &str, half: Half) -> Range<usize> {
    let start = gap(text, if text.starts_with('\u{feff}') { 3 } else { 0 });
    let mut at = Child { key: start..start, value: start..end(text, start) };
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let names = |(index, child): &(usize, Child)| match serde_json::from_str::<String>(&text[child.key.clone()]) {
            Ok(key) => key == step,
            Err(_) => index.to_string() == step,
        };
        // Of two members with one name, the last one counts.
        match children(text, at.value.start).into_iter().enumerate().rfind(names) {
            Some((_, child)) => at = child,
            None => return at.value,
        }
    }
    match half {
        Half::Key => at.key,
        Half::Value => at.value,
    }
}

/// What stands in the object or array that begins at `at`.
fn children(text: &str, at: usize) -> Vec<Child> {
    let bytes = text.as_bytes();
    let Some(open @ (b'{' | b'[')) = bytes.get(at) else { return Vec::new() };
    let mut list = Vec::new();
    let mut next = gap(text, at + 1);
    while next < bytes.len() && !matches!(bytes[next], b'}' | b']') {
        let mut key = next..next;
        if *open == b'{' {
            key.end = end(text, next);
            next = gap(text, key.end);
        }
        let value = next..end(text, next);
        next = gap(text, value.end);
        list.push(Child { key, value });
    }
    list
}

/// The first byte from `at` on that is no space, comma or colon.
fn gap(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at.min(text.len())..];
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b':')).count()
}

/// The byte after the value that begins at `at`.
fn end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut next) = (0, at);
    while next < bytes.len() {
        match bytes[next] {
            b'"' => {
                next += 1;
                while next < bytes.len() && bytes[next] != b'"' {
                    next += if bytes[next] == b'\\' { 2 } else { 1 };
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ if depth > 0 => {}
            _ => {
                let word = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, b',' | b':' | b'}' | b']');
                return next + bytes[next..].iter().take_while(|byte| word(byte)).count().max(1);
            }
        }
        next += 1;
        if depth <= 0 {
            break;
        }
    }
    next.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_finds_its_bytes() {
        let text = "\u{feff} { \"a\\\"]\" : [ 1 ,-2.5e3, {\"b/~\":\"x}\"} ,[]], \"c\":true, \"c\" : null }\n";
        let table = [
            ("/a\"]/0", "1"),
            ("/a\"]/1", "-2.5e3"),
            ("/a\"]/2/b~1~0", "\"x}\""),
            ("/a\"]/2", "{\"b/~\":\"x}\"}"),
            ("/a\"]/3", "[]"),
            ("/a\"]/9", "[ 1 ,-2.5e3, {\"b/~\":\"x}\"} ,[]]"),
            ("/c", "null"),
            ("", text.trim_start_matches('\u{feff}').trim()),
        ];
        for (pointer, expected) in table {
            assert_eq!(&text[locate(text, pointer, Half::Value)], expected, "{pointer}");
        }
        assert_eq!(&text[locate(text, "/a\"]/2/b~1~0", Half::Key)], "\"b/~\"");
        assert_eq!(locate("", "/a", Half::Value), 0..0);
    }
}
