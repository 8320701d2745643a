//! Rows of a file of facts, found by their lines. A run parses the rows that it asks for, not the file.
//!
//! Each row of the files in `rules/tags/` and `rules/terraform/` begins on a line of its own, indented by four spaces; what belongs to it
//! is on the same line or deeper. `tests/facts.rs` holds our files to that.

use serde_json::{Map, Value};

use super::read;

/// The rows of one file.
#[derive(Debug)]
pub(super) struct Rows {
    /// Name and text of each row, by name.
    rows: Vec<(&'static str, &'static str)>,
    /// The source and the date that the file gives all of its rows.
    around: Map<String, Value>,
}

const START: &str = "\n    \"";

impl Rows {
    /// The rows below `member` in one of our files.
    pub fn new(text: &'static str, member: &str) -> Self {
        let begin = text.find(&format!("\n  \"{member}\": {{")).unwrap_or(text.len());
        let (head, body) = text.split_at(begin);
        let starts: Vec<usize> = memchr::memmem::find_iter(body.as_bytes(), START).collect();
        let ends = starts.iter().skip(1).copied().chain([body.len()]);
        let mut rows: Vec<_> = starts.iter().zip(ends).filter_map(|(start, end)| row(&body[start + START.len()..end])).collect();
        rows.sort_unstable_by_key(|(name, _)| *name);
        Self { rows, around: around(head) }
    }

    /// The row of a name, with the source and the date of the file where it has none.
    pub fn get(&self, name: &str) -> Option<Value> {
        let at = self.rows.binary_search_by_key(&name, |(name, _)| name).ok()?;
        let mut row: Value = read(serde_json::from_str(self.rows[at].1));
        let object = row.as_object_mut()?;
        for (member, value) in &self.around {
            if !object.contains_key(member) {
                object.insert(member.clone(), value.clone());
            }
        }
        Some(row)
    }

    /// The text of a row.
    pub fn text(&self, name: &str) -> Option<&'static str> {
        self.rows.binary_search_by_key(&name, |(name, _)| name).ok().map(|at| self.rows[at].1)
    }

    /// What stands before the rows of a file.
    pub fn head(text: &'static str, member: &str) -> Map<String, Value> {
        let begin = text.find(&format!("\n  \"{member}\": {{")).unwrap_or(text.len());
        let head = text[..begin].trim_end().trim_end_matches(',');
        read(serde_json::from_str(&format!("{head}}}")))
    }

    /// The same names, for as long as the program runs.
    pub fn static_names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().map(|(name, _)| *name)
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|(name, _)| *name)
    }
}

/// Name and text of a row: all up to the line that ends it.
fn row(text: &'static str) -> Option<(&'static str, &'static str)> {
    let (name, value) = text.split_once("\": ")?;
    let value = match value.find("\n    }") {
        Some(at) => &value[..at + 6],
        None => value.lines().next()?.trim_end_matches(','),
    };
    Some((name, value))
}

/// The source and the date in the members before the rows.
fn around(head: &str) -> Map<String, Value> {
    let head = head.trim_end().trim_end_matches(',');
    let file: Map<String, Value> = serde_json::from_str(&format!("{head}}}")).unwrap_or_default();
    file.into_iter().filter(|(name, _)| name == "source" || name == "checked").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{
  "$schema": "x",
  "checked": "2026-11-22",
  "rows": {
    "a:b": { "x": 1 },
    "a": {
      "source": "here",
      "deep": [
        { "y": "} \n" }
      ]
    },
    "c": { "checked": "2026-11-24" }
  }
}
"#;

    #[test]
    fn a_row_is_found_by_its_line() {
        let rows = Rows::new(FILE, "rows");
        assert_eq!(rows.names().collect::<Vec<_>>(), ["a", "a:b", "c"]);
        let get = |name| rows.get(name).map(|row| row.to_string());
        assert_eq!(get("a:b").as_deref(), Some(r#"{"x":1,"checked":"2026-11-22"}"#));
        assert_eq!(get("a").as_deref(), Some(r#"{"source":"here","deep":[{"y":"} \n"}],"checked":"2026-11-22"}"#));
        assert_eq!(get("c").as_deref(), Some(r#"{"checked":"2026-11-24"}"#));
        assert_eq!(get("d"), None);
    }

    #[test]
    fn a_file_without_rows_has_none() {
        assert_eq!(Rows::new("{}", "rows").names().count(), 0);
        assert_eq!(Rows::new("", "rows").names().count(), 0);
    }
}
