//! The operations that create or change something and take tags with it, of every service: rows of `rules/creating/`. A row is found by its
//! line, and read where a file names its operation.

use std::{collections::HashMap, sync::OnceLock};

use serde::Deserialize;

use super::{
    Operation,
    row::{About, Made, Row, Side},
};
use crate::facts::{embedded, read, rows::Rows};

const FILE: &str = "creating/aws.json";

/// All of them.
#[derive(Debug)]
pub(super) struct Creating {
    rows: Rows,
    made: HashMap<&'static str, (OnceLock<Row>, Made)>,
    head: Head,
}

/// What stands before the rows.
#[derive(Debug, Deserialize)]
struct Head {
    source: String,
    checked: String,
    /// The services of what stands before the dot in a target.
    targets: HashMap<String, Vec<String>>,
    /// The services of an endpoint.
    endpoints: HashMap<String, Vec<String>>,
}

impl Creating {
    pub fn load() -> Self {
        let text = embedded::text(FILE);
        let rows = Rows::new(text, "operations");
        let made = rows.static_names().map(|name| (name, Default::default())).collect();
        Self { rows, made, head: read(serde_json::from_value(Rows::head(text, "operations").into())) }
    }

    /// The ids of all operations, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rows.names()
    }

    pub fn by_id(&self, id: &str, side: Side) -> Option<&Operation> {
        let (&id, (_, made)) = self.made.get_key_value(id)?;
        let (service, name) = id.split_once(':')?;
        let row = self.row(id)?;
        let target = self.head.targets.iter().find(|(_, services)| services.iter().any(|known| known == service));
        let target = target.map(|(prefix, _)| format!("{prefix}.{name}"));
        let tags = row.tags.all();
        // What is new has the tags that it is created with. Several places share them out among several things.
        let open = !name.starts_with("Create") || tags.len() > 1 || tags[0].member.contains('.');
        let Head { source, checked, .. } = &self.head;
        Some(made.get(side, row, About { id, target: target.as_deref(), open, source, checked }))
    }

    pub fn by_target(&self, target: &str) -> Option<&Operation> {
        let (prefix, name) = target.rsplit_once('.')?;
        let mut found = self.head.targets.get(prefix)?.iter().filter_map(|service| self.by_id(&format!("{service}:{name}"), Side::File));
        found.next().filter(|_| found.next().is_none())
    }

    /// The endpoints, and the services of each.
    pub fn endpoints(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.head.endpoints.iter().map(|(prefix, services)| (prefix.as_str(), services.as_slice()))
    }

    /// The operations of a service.
    pub fn sent<'c>(&'c self, service: &str) -> impl Iterator<Item = (&'c str, &'c Row)> {
        let asked = self.rows.names().filter(move |id| id.split(':').next() == Some(service));
        asked.filter_map(|id| Some((id, self.row(id)?)))
    }

    fn row(&self, id: &str) -> Option<&Row> {
        let (parsed, _) = self.made.get(id)?;
        Some(parsed.get_or_init(|| read(serde_json::from_str(self.rows.text(id).unwrap_or_default()))))
    }
}
