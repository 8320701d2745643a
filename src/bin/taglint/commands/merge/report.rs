//! Reports of the formats json and jsonl.

use std::{cmp::Reverse, collections::BTreeMap};

use serde_json::{Map, Value, json};

use super::{add_numbers, counts, distinct, text, worst};

/// What the files have together.
#[derive(Default)]
pub struct Whole {
    /// `tool` and `data_versions`.
    head: Option<(Value, Value)>,
    summary: Map<String, Value>,
    findings: Vec<Value>,
    suppressed: Vec<Value>,
    incomplete: Vec<Value>,
    unknowns: Vec<Value>,
    stale: Vec<Value>,
}

impl Whole {
    /// Adds a document; `false` where another version wrote it.
    pub fn add(&mut self, mut document: Value) -> bool {
        for (name, list) in [
            ("findings", &mut self.findings),
            ("suppressed", &mut self.suppressed),
            ("incomplete", &mut self.incomplete),
            ("unknowns", &mut self.unknowns),
            ("stale", &mut self.stale),
        ] {
            if let Value::Array(items) = document[name].take() {
                list.extend(items);
            }
        }
        let summary = document["summary"].take();
        self.add_summary(&document, &summary)
    }

    /// Adds records; `false` where another version wrote them.
    pub fn add_records(&mut self, records: Vec<Value>) -> bool {
        let mut same = true;
        for mut record in records {
            let kind = match record.as_object_mut().and_then(|record| record.shift_remove("type")) {
                Some(Value::String(kind)) => kind,
                _ => continue,
            };
            match kind.as_str() {
                "finding" => self.findings.push(record),
                "suppressed" => self.suppressed.push(record),
                "incomplete" => self.incomplete.push(record),
                "unknown" => self.unknowns.push(record),
                _ => {
                    let mut summary = record.clone();
                    if let Some(summary) = summary.as_object_mut() {
                        summary.retain(|name, _| !matches!(name.as_str(), "version" | "tool" | "data_versions"));
                    }
                    same &= self.add_summary(&record, &summary);
                }
            }
        }
        same
    }

    fn add_summary(&mut self, head: &Value, summary: &Value) -> bool {
        let head = (head["tool"].clone(), head["data_versions"].clone());
        let same = self.head.get_or_insert_with(|| head.clone()) == &head;
        let code =
            worst(self.summary.get("exit_code").and_then(Value::as_u64).unwrap_or_default(), summary["exit_code"].as_u64().unwrap_or(2));
        if let Some(summary) = summary.as_object() {
            add_numbers(&mut self.summary, summary);
        }
        self.summary.insert("exit_code".to_owned(), json!(code));
        same
    }

    /// One literal that several workers reported is one finding; all is in the order that one run has.
    fn settle(&mut self) {
        self.findings = folded(std::mem::take(&mut self.findings), |item| item);
        self.suppressed = folded(std::mem::take(&mut self.suppressed), |item| &mut item["finding"]);
        for list in [&mut self.incomplete, &mut self.unknowns, &mut self.stale] {
            distinct(list);
        }
        self.incomplete.sort_by_cached_key(|input| {
            let offset = |end: &str| input["region"][end]["offset"].as_u64();
            (text(input, "path").to_owned(), offset("start"), offset("end"), text(input, "message").to_owned())
        });
        self.unknowns.sort_by_cached_key(|unknown| (place(unknown), text(unknown, "address").to_owned()));
        self.stale.sort_by_cached_key(ToString::to_string);
        if let Some(Value::Object(reasons)) = self.summary.get_mut("not_judged") {
            reasons.sort_keys();
        }
        let n = [("suppressed", self.suppressed.len()), ("incomplete", self.incomplete.len())];
        self.summary.extend(n.map(|(name, n)| (name.to_owned(), json!(n))));
        self.summary.insert("findings".to_owned(), counts(&self.findings));
    }

    fn code(&self) -> u64 {
        self.summary.get("exit_code").and_then(Value::as_u64).unwrap_or(2)
    }

    /// The document, and the exit code.
    pub fn json(mut self) -> (String, u64) {
        self.settle();
        let code = self.code();
        let (tool, versions) = self.head.unwrap_or_default();
        let document = json!({
            "version": 1,
            "tool": tool,
            "data_versions": versions,
            "summary": self.summary,
            "findings": self.findings,
            "suppressed": self.suppressed,
            "incomplete": self.incomplete,
            "stale": self.stale,
            "unknowns": self.unknowns,
        });
        (format!("{document:#}\n"), code)
    }

    /// The records, and the exit code.
    pub fn jsonl(mut self) -> (String, u64) {
        self.settle();
        let code = self.code();
        let (tool, versions) = self.head.unwrap_or_default();
        let mut summary =
            Map::from_iter([("version".to_owned(), json!(1)), ("tool".to_owned(), tool), ("data_versions".to_owned(), versions)]);
        summary.extend(self.summary);
        let lists =
            [("finding", self.findings), ("suppressed", self.suppressed), ("incomplete", self.incomplete), ("unknown", self.unknowns)];
        let records = lists.into_iter().flat_map(|(kind, list)| list.into_iter().map(move |record| (kind, record)));
        let mut out = String::new();
        for (kind, record) in records.chain([("summary", Value::Object(summary))]) {
            let mut typed = Map::from_iter([("type".to_owned(), json!(kind))]);
            if let Value::Object(record) = record {
                typed.extend(record);
            }
            out.push_str(&Value::Object(typed).to_string());
            out.push('\n');
        }
        (out, code)
    }
}

/// Path and offset of what has a region.
fn place(value: &Value) -> (String, u64) {
    (text(value, "path").to_owned(), value["start"]["offset"].as_u64().unwrap_or_default())
}

fn folded(items: Vec<Value>, finding: impl Fn(&mut Value) -> &mut Value) -> Vec<Value> {
    let mut folded: BTreeMap<(String, u64, u64, String, String), Value> = BTreeMap::new();
    for mut item in items {
        let found = finding(&mut item);
        let (path, start) = place(found);
        let key = (
            path,
            start,
            found["end"]["offset"].as_u64().unwrap_or_default(),
            text(found, "rule").to_owned(),
            text(found, "message").to_owned(),
        );
        match folded.get_mut(&key) {
            Some(first) => join(finding(first), found),
            None => drop(folded.insert(key, item)),
        }
    }
    folded.into_values().collect()
}

/// One finding for both: that of the worker who saw more of its addresses, else the one whose way begins in the first file, as in one run;
/// with the addresses of both. Its fingerprint is that of the smallest.
fn join(first: &mut Value, next: &mut Value) {
    let addresses = |value: &Value| -> Vec<String> {
        let also = value["also"].as_array().into_iter().flatten().filter_map(Value::as_str);
        std::iter::once(text(value, "address")).chain(also).map(str::to_owned).collect()
    };
    let way = |value: &Value| value["labels"].as_array().into_iter().flatten().map(place).collect::<Vec<_>>();
    let rank = |value: &Value| (Reverse(addresses(value).len()), way(value));
    if rank(next) < rank(first) {
        std::mem::swap(first, next);
    }
    let (known, more) = (addresses(first), addresses(next));
    if more.iter().min() < known.iter().min() {
        first["fingerprint"] = next["fingerprint"].clone();
    }
    let also = known.iter().skip(1).cloned().chain(more.into_iter().filter(|address| !known.contains(address)));
    first["also"] = also.collect::<Vec<_>>().into();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that two root modules call: each worker sees one of them, and one run the first.
    #[test]
    fn of_two_ways_the_first_is_kept_whoever_reports_it_first() {
        let found = |from: &str| {
            let label = json!({"path": from, "start": {"offset": 7}});
            json!({"rule": "r", "path": "m/a.tf", "start": {"offset": 1}, "end": {"offset": 2}, "message": "m", "address": "module.m.x.y",
                "also": [], "labels": [label]})
        };
        let kept = |order: [&str; 2]| folded(order.map(found).to_vec(), |finding| finding)[0]["labels"][0]["path"].clone();
        assert_eq!(kept(["env/b.tf", "env/a.tf"]), "env/a.tf");
        assert_eq!(kept(["env/a.tf", "env/b.tf"]), "env/a.tf");
    }
}
