//! JSON as policies have it: values that know where they were written, and which of them are not known.

use std::sync::Arc;

use super::PolicyPlace;
use crate::{
    origin::{HasOrigin, Origin},
    source::Span,
    subject::placeholder::{self, Variables},
    syntax::{Input, Kind, NodeId, Tree, json},
    text::Text,
};

/// A value of a policy document.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub data: NodeData,
    /// Where it was written.
    pub origin: Origin,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum NodeData {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(Box<str>),
    /// A string, perhaps known in part; what another tool fills in is not known.
    String(Text),
    /// A list.
    List(List),
    /// An object.
    Object(Object),
    /// Not known, and why.
    Unknown(&'static str),
    /// Could not be read: a problem of the document says so.
    Broken,
}

/// The elements of a list that are known.
#[derive(Debug, Clone)]
pub struct List {
    /// In the order of the text.
    pub items: Arc<[Node]>,
    /// Further elements are there, or may be, that are not known.
    pub open: bool,
}

/// The members of an object that are known.
#[derive(Debug, Clone)]
pub struct Object {
    /// In the order of the text, repeated ones included.
    pub members: Arc<[Member]>,
    /// Further members are there, or may be, that are not known.
    pub open: bool,
}

/// A member of an object.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name.
    pub name: Text,
    /// Its value.
    pub value: Node,
    /// Name and value.
    pub span: Span,
}

impl Object {
    /// The member of this name. The exact name wins; else the last one that differs only by letter case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Member> {
        let mut found: Option<&Member> = None;
        for member in self.members.iter().rev() {
            let written = member.name.decoded();
            if !written.eq_ignore_ascii_case(name) || !member.name.is_known() {
                continue;
            }
            if written == name {
                return Some(member);
            }
            found = found.or(Some(member));
        }
        found
    }
}

impl Node {
    /// Reads a node of a tree. The parser bounds the depth.
    ///
    /// A file may be part of a template whose tool puts values in; what stands in a request or in Terraform is sent as it is.
    #[must_use]
    pub fn read(tree: &Tree, node: NodeId, place: PolicyPlace) -> Self {
        let data = match tree.kind(node) {
            Kind::Null => NodeData::Null,
            Kind::Bool => NodeData::Bool(tree.raw(node) == "true"),
            Kind::Number => NodeData::Number(tree.raw(node).into()),
            Kind::String => NodeData::String(marked(tree, node)),
            Kind::Tuple => {
                let children = tree.children(node);
                let known = children.iter().filter(|child| !matches!(tree.kind(**child), Kind::Unknown));
                let items: Arc<[Node]> = known.map(|child| Node::read(tree, *child, place)).collect();
                NodeData::List(List { open: items.len() < children.len(), items })
            }
            Kind::Object => {
                let children = tree.children(node);
                let members: Arc<[Member]> = children.iter().filter_map(|child| Member::read(tree, *child, place)).collect();
                if let [only] = &*members
                    && place == PolicyPlace::File
                    && is_function(only.name.decoded())
                {
                    return Self { data: NodeData::Unknown(placeholder::REASON), origin: origin(tree, node) };
                }
                NodeData::Object(Object { open: members.len() < children.len(), members })
            }
            Kind::Unknown => NodeData::Unknown(unknown_reason(tree, node)),
            _ => NodeData::Broken,
        };
        Self { data, origin: origin(tree, node) }
    }

    /// The characters, if it is a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&Text> {
        match &self.data {
            NodeData::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members, if it is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        match &self.data {
            NodeData::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&List> {
        match &self.data {
            NodeData::List(list) => Some(list),
            _ => None,
        }
    }

    /// Whether all of it is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        match &self.data {
            NodeData::Null | NodeData::Bool(_) | NodeData::Number(_) => true,
            NodeData::String(text) => text.is_known(),
            NodeData::List(list) => !list.open && list.items.iter().all(Node::is_known),
            NodeData::Object(object) => {
                !object.open && object.members.iter().all(|member| member.name.is_known() && member.value.is_known())
            }
            NodeData::Unknown(_) | NodeData::Broken => false,
        }
    }

    /// The first thing in it that is not known: where it is, and why.
    #[must_use]
    pub fn first_unknown(&self) -> Option<(Span, &'static str)> {
        match &self.data {
            NodeData::Null | NodeData::Bool(_) | NodeData::Number(_) | NodeData::Broken => None,
            NodeData::String(text) => text.first_unknown(),
            NodeData::List(list) => list.items.iter().find_map(Node::first_unknown),
            NodeData::Object(object) => {
                object.members.iter().find_map(|member| member.name.first_unknown().or_else(|| member.value.first_unknown()))
            }
            NodeData::Unknown(reason) => Some((self.origin.span, reason)),
        }
    }

    /// What it is, with its article, for a message: `a string`, `an object`. `None` where it is not known.
    #[must_use]
    pub fn type_name(&self) -> Option<&'static str> {
        match &self.data {
            NodeData::Null => Some("`null`"),
            NodeData::Bool(_) => Some("a boolean"),
            NodeData::Number(_) => Some("a number"),
            NodeData::String(_) => Some("a string"),
            NodeData::List(_) => Some("a list"),
            NodeData::Object(_) => Some("an object"),
            NodeData::Unknown(_) | NodeData::Broken => None,
        }
    }
}

impl Member {
    fn read(tree: &Tree, item: NodeId, place: PolicyPlace) -> Option<Self> {
        let (name, value) = tree.key_and_value(item)?;
        (tree.kind(name) == Kind::String).then(|| Self {
            name: marked(tree, name),
            value: Node::read(tree, value, place),
            span: tree.span(item),
        })
    }

    /// Whether its name is exactly this.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.known() == Some(name)
    }
}

/// The characters of a string; what another tool fills in is not known.
fn marked(tree: &Tree, string: NodeId) -> Text {
    placeholder::mark(json::decode(tree, string), Variables::OfPolicies)
}

/// Whether an object with this member alone is what a template's tool puts a value for: `{"Ref": "Account"}`, `{"Fn::Sub": "…"}`.
fn is_function(name: &str) -> bool {
    name == "Ref" || name.starts_with("Fn::")
}

fn origin(tree: &Tree, node: NodeId) -> Origin {
    let at = tree.node(node);
    match tree.input() {
        Input::File(source) => Origin::at(Span::new(source.id(), at.start, at.end)),
        Input::Text(text) => text.origin_of(at.start..at.end),
    }
}

fn unknown_reason(tree: &Tree, node: NodeId) -> &'static str {
    let at = tree.node(node);
    match tree.input() {
        Input::File(_) => "not known",
        Input::Text(text) => text.slice(at.start..at.end).first_unknown().map_or("not known", |(_, reason)| reason),
    }
}

impl HasOrigin for Node {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }
}

/// A member is shown by its name.
impl HasOrigin for Member {
    fn origin(&self) -> Origin {
        self.name.origin()
    }
}
