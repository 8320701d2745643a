//! The order in which the provider's SDK walks a set of blocks: by the checksum of what they say.

use super::model::Node;

/// Sorted by checksum, equal ones once; as written where something is not known.
pub fn in_hash_order<T>(items: Vec<T>, serialized: impl Fn(&T) -> Option<String>) -> Vec<T> {
    let keys: Option<Vec<String>> =
        items.iter().map(|item| serialized(item).map(|text| crc32fast::hash(text.as_bytes()).to_string())).collect();
    let Some(keys) = keys else { return items };
    let mut keyed: Vec<(String, T)> = keys.into_iter().zip(items).collect();
    // The SDK sorts the checksums as text.
    keyed.sort_by(|left, right| left.0.cmp(&right.0));
    keyed.dedup_by(|later, earlier| later.0 == earlier.0);
    keyed.into_iter().map(|(_, item)| item).collect()
}

/// What is summed up: members by name, each ended by `;`.
pub mod serialize {
    use super::{Node, in_hash_order};

    /// A set of strings, itself in the order of checksums.
    pub fn set(node: &Node) -> Option<String> {
        let texts = match node {
            Node::Text(text) => vec![text.known()?],
            Node::List(nodes, _) => nodes.iter().map(string).collect::<Option<Vec<&str>>>()?,
            Node::Word(..) | Node::Map(..) | Node::Unknown(_) => return None,
        };
        let ordered = in_hash_order(texts, |text| Some(format!("{text};")));
        Some(format!("{{{}}}", ordered.iter().map(|text| format!("{text};")).collect::<String>()))
    }

    /// A list of strings.
    pub fn list(nodes: &[Node]) -> Option<String> {
        let texts = nodes.iter().map(string).collect::<Option<Vec<&str>>>()?;
        Some(format!("({})", texts.iter().map(|text| format!("{text};")).collect::<String>()))
    }

    fn string(node: &Node) -> Option<&str> {
        match node {
            Node::Text(text) => text.known(),
            Node::Word(..) | Node::List(..) | Node::Map(..) | Node::Unknown(_) => None,
        }
    }
}
