//! Typed views over a tree: bodies, blocks, attributes. `.tf.json` reads as the same bodies as `.tf`.
//!
//! Names and labels are borrowed from the text wherever they are written there as they are: every block of every file is looked at, and a
//! string for each name would cost more than parsing.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{
    decode, json,
    tree::{Kind, NodeId, Tree},
};
use crate::source::Span;

/// The block type that makes other blocks.
pub const DYNAMIC: &str = "dynamic";

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// HCL native syntax.
    Native,
    /// JSON: strings are templates, objects are bodies or maps.
    Json,
}

/// An expression: a node, and how to read it.
#[derive(Debug, Clone, Copy)]
pub struct Expr<'t> {
    /// The tree it stands in.
    pub tree: &'t Tree,
    /// Its node.
    pub node: NodeId,
    /// How it is written.
    pub form: Form,
}

/// The content of a file or a block.
#[derive(Debug, Clone, Copy)]
pub struct Body<'t> {
    tree: &'t Tree,
    node: NodeId,
    form: Form,
}

/// `name = expr`.
#[derive(Debug, Clone)]
pub struct Attribute<'t> {
    /// The name, decoded.
    pub name: Cow<'t, str>,
    /// Where the name is.
    pub name_span: Span,
    /// The value.
    pub expr: Expr<'t>,
}

/// The labels of a block: two at most, but for mistakes.
pub type Labels<'t> = SmallVec<[Cow<'t, str>; 2]>;

/// `kind "label" { … }`.
#[derive(Debug, Clone)]
pub struct Block<'t> {
    /// The block type, such as `resource`.
    pub kind: Cow<'t, str>,
    /// The labels, decoded.
    pub labels: Labels<'t>,
    /// From the type to the last label: what stands before the brace. In JSON the last label.
    pub header: Span,
    /// All of it.
    pub span: Span,
    /// What is in the braces.
    pub body: Body<'t>,
}

impl<'t> Expr<'t> {
    /// Where it is.
    #[must_use]
    pub fn span(self) -> Span {
        self.tree.span(self.node)
    }

    /// What its node is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.tree.kind(self.node)
    }

    /// Another node of the same tree.
    #[must_use]
    pub fn at(self, node: NodeId) -> Self {
        Self { node, ..self }
    }

    /// The children in text order.
    #[must_use]
    pub fn children(self) -> Vec<Expr<'t>> {
        self.tree.children(self.node).into_iter().map(|node| self.at(node)).collect()
    }

    /// Its text as written.
    #[must_use]
    pub fn raw(self) -> &'t str {
        self.tree.raw(self.node)
    }

    /// The attribute that the node of one is; `None` for any other node.
    #[must_use]
    pub fn attribute(self) -> Option<Attribute<'t>> {
        match self.form {
            Form::Native => self.native_attribute(),
            Form::Json => self.json_member(),
        }
    }

    fn native_attribute(self) -> Option<Attribute<'t>> {
        if self.kind() != Kind::Attribute {
            return None;
        }
        let mut children = self.tree.children_rev(self.node);
        let (expr, name) = (children.next()?, children.next()?);
        Some(Attribute { name: Cow::Borrowed(self.tree.raw(name)), name_span: self.tree.span(name), expr: self.at(expr) })
    }

    fn json_member(self) -> Option<Attribute<'t>> {
        if self.kind() != Kind::Item {
            return None;
        }
        let (key, value) = self.tree.key_and_value(self.node).filter(|(key, _)| self.tree.kind(*key) == Kind::String)?;
        let name = json_string(self.tree, key);
        // The conventional comment member of JSON configuration.
        (name != "//").then(|| Attribute { name, name_span: self.tree.span(key), expr: self.at(value) })
    }

    /// The characters of a string without interpolation.
    #[must_use]
    pub fn plain_string(self) -> Option<Cow<'t, str>> {
        let Kind::String = self.kind() else { return None };
        match self.form {
            Form::Json => Some(json_string(self.tree, self.node)),
            Form::Native => native_string(self.tree, self.node),
        }
    }
}

/// The characters of a quoted string without interpolation.
fn native_string(tree: &Tree, string: NodeId) -> Option<Cow<'_, str>> {
    match tree.plain_content(string) {
        Some(plain) => Some(Cow::Borrowed(plain)),
        None => Some(Cow::Owned(decode::plain(tree, string)?.decoded().to_owned())),
    }
}

/// The characters of a JSON string.
fn json_string(tree: &Tree, string: NodeId) -> Cow<'_, str> {
    match tree.plain_content(string) {
        Some(plain) => Cow::Borrowed(plain),
        None => Cow::Owned(json::decode(tree, string).decoded().to_owned()),
    }
}

impl Block<'_> {
    /// The type of the blocks that it stands for: for a `dynamic` block, its label.
    #[must_use]
    pub fn makes(&self) -> &str {
        match &*self.labels {
            [label] if self.kind == DYNAMIC => label,
            _ => &self.kind,
        }
    }
}

impl<'t> Body<'t> {
    /// The body that a whole file is; `None` where nothing was read, or a JSON file is no object.
    #[must_use]
    pub fn of_file(tree: &'t Tree, form: Form) -> Option<Self> {
        let node = tree.root()?;
        let fits = match form {
            Form::Native => tree.kind(node) == Kind::Body,
            Form::Json => tree.kind(node) == Kind::Object,
        };
        fits.then_some(Self { tree, node, form })
    }

    /// Where it is.
    #[must_use]
    pub fn span(self) -> Span {
        self.tree.span(self.node)
    }

    /// Its attributes in text order. In JSON these are all members: whether one is a block is the reader's to know.
    #[must_use]
    pub fn attributes(self) -> Vec<Attribute<'t>> {
        let mut found: Vec<Attribute<'t>> = self.attributes_rev().collect();
        found.reverse();
        found
    }

    /// Whether it has more arguments and blocks than that.
    #[must_use]
    pub fn has_more_than(self, count: usize) -> bool {
        self.tree.has_more_children_than(self.node, count)
    }

    /// How many nodes are in it: what going through it costs.
    #[must_use]
    pub fn size(self) -> u64 {
        u64::from(self.node.0 - self.tree.first(self.node).0)
    }

    /// Its attributes, last first: the order that costs nothing.
    pub fn attributes_rev(self) -> impl Iterator<Item = Attribute<'t>> {
        self.tree.children_rev(self.node).filter_map(move |child| self.at(child).attribute())
    }

    /// The nodes of its attributes, last first: see [`Expr::attribute`].
    pub fn members_rev(self) -> impl Iterator<Item = Expr<'t>> {
        self.tree.children_rev(self.node).map(move |child| self.at(child)).filter(|child| child.attribute().is_some())
    }

    fn at(self, node: NodeId) -> Expr<'t> {
        Expr { tree: self.tree, node, form: self.form }
    }

    /// The attribute of that name; the first, where it is written twice.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<Attribute<'t>> {
        // The first in the text is the last of these.
        match self.form {
            Form::Native => {
                let named = self.tree.children_rev(self.node).filter(|child| {
                    let node = self.tree.node(*child);
                    node.kind == Kind::Attribute && self.tree.is_written(self.tree.first(*child), name)
                });
                named.last().and_then(|child| self.at(child).attribute())
            }
            Form::Json => self.attributes_rev().filter(|attribute| attribute.name == name).last(),
        }
    }

    /// The blocks of that type, with this many labels, in text order.
    #[must_use]
    pub fn blocks(self, kind: &str, labels: usize) -> Vec<Block<'t>> {
        let mut found = Vec::new();
        self.each_block(&[(kind, labels)], &mut |block| found.push(block));
        found
    }

    /// Visits the blocks of these types, each with this many labels: in text order, in JSON by type. A large file has many: they are not held.
    pub fn each_block(self, kinds: &[(&str, usize)], visit: &mut dyn FnMut(Block<'t>)) {
        match self.form {
            Form::Native => {
                let wanted = |child: NodeId| {
                    let written = (self.tree.kind(child) == Kind::Block).then(|| self.tree.first(child))?;
                    let (_, labels) = kinds.iter().find(|(wanted, _)| self.tree.is_written(written, wanted))?;
                    Some((child, *labels))
                };
                // Those that come last are met first: of these only the place is held.
                let places: Vec<(NodeId, usize)> = self.tree.children_rev(self.node).filter_map(wanted).collect();
                let blocks = places.into_iter().rev().filter_map(|(child, labels)| Some((self.native_block(child)?, labels)));
                blocks.filter(|(block, labels)| block.labels.len() == *labels).for_each(|(block, _)| visit(block));
            }
            Form::Json => {
                let members = self.attributes();
                for (kind, labels) in kinds {
                    for member in members.iter().filter(|member| member.name == *kind) {
                        self.json_blocks(member, *labels, &mut Labels::new(), member.name_span, member.expr.node, visit);
                    }
                }
            }
        }
    }

    /// The nested blocks of that type and the `dynamic` blocks that make such, in text order; in JSON the `dynamic` ones last.
    #[must_use]
    pub fn nested(self, kind: &str) -> Vec<Block<'t>> {
        let makes = |block: &Block<'t>| match &*block.labels {
            [] => block.kind == kind,
            [label] => block.kind == DYNAMIC && *label == kind,
            _ => false,
        };
        match self.form {
            Form::Native => {
                let may_make = |child: &NodeId| self.native_block_kind(*child).is_some_and(|written| written == kind || written == DYNAMIC);
                let blocks = self.tree.children_rev(self.node).filter(may_make).filter_map(|child| self.native_block(child));
                let mut found: Vec<Block<'t>> = blocks.filter(makes).collect();
                found.reverse();
                found
            }
            Form::Json => {
                let mut blocks = self.blocks(kind, 0);
                blocks.extend(self.blocks(DYNAMIC, 1).into_iter().filter(makes));
                blocks
            }
        }
    }

    /// All blocks in text order. In JSON there are none: only its reader knows which members are blocks.
    #[must_use]
    pub fn nested_blocks(self) -> Vec<Block<'t>> {
        let mut found: Vec<Block<'t>> = self.tree.children_rev(self.node).filter_map(|child| self.native_block(child)).collect();
        found.reverse();
        found
    }

    /// The type of a block, read from its first child: a subtree begins with it.
    fn native_block_kind(self, node: NodeId) -> Option<&'t str> {
        (self.tree.kind(node) == Kind::Block).then(|| self.tree.raw(self.tree.first(node)))
    }

    fn native_block(self, node: NodeId) -> Option<Block<'t>> {
        let kind = self.native_block_kind(node)?;
        let mut children = self.tree.children_rev(node);
        let body = children.next()?;
        if self.tree.kind(body) != Kind::Body {
            return None;
        }
        let first = self.tree.first(node);
        let kind_node = self.tree.node(first);
        let mut labels = Labels::new();
        let mut header_end = kind_node.end;
        for (at, label) in children.enumerate() {
            if label == first {
                break;
            }
            if at == 0 {
                header_end = self.tree.node(label).end;
            }
            labels.push(match self.tree.kind(label) {
                Kind::Name => Cow::Borrowed(self.tree.raw(label)),
                Kind::String => native_string(self.tree, label)?,
                _ => return None,
            });
        }
        labels.reverse();
        Some(Block {
            kind: Cow::Borrowed(kind),
            labels,
            header: self.tree.span_of(kind_node.start, header_end),
            span: self.tree.span(node),
            body: Self { node: body, ..self },
        })
    }

    /// Blocks in JSON: an object per label, and at every level perhaps a list of such objects.
    fn json_blocks(
        self,
        top: &Attribute<'t>,
        missing: usize,
        labels: &mut Labels<'t>,
        header: Span,
        node: NodeId,
        visit: &mut dyn FnMut(Block<'t>),
    ) {
        match self.tree.kind(node) {
            Kind::Tuple => {
                for element in self.tree.children(node) {
                    // A list in a list is no block; that also bounds the recursion.
                    if self.tree.kind(element) == Kind::Object {
                        self.json_blocks(top, missing, labels, header, element, visit);
                    }
                }
            }
            Kind::Object if missing == 0 => visit(Block {
                kind: top.name.clone(),
                labels: labels.clone(),
                header,
                span: self.tree.span(node),
                body: Self { node, ..self },
            }),
            Kind::Object => {
                for member in self.tree.children(node).into_iter().filter_map(|child| self.at(child).attribute()) {
                    labels.push(member.name);
                    self.json_blocks(top, missing - 1, labels, member.name_span, member.expr.node, visit);
                    labels.pop();
                }
            }
            _ => {}
        }
    }
}

/// How a module file's tree is to be read: JSON trees are told by their root.
#[must_use]
pub fn form_of(tree: &Tree) -> Form {
    match tree.root().map(|root| tree.kind(root)) {
        Some(Kind::Body) | None => Form::Native,
        Some(_) => Form::Json,
    }
}

/// The directory that a local module source names, relative to the tree; `None` where it is no local source or leaves the tree.
#[must_use]
pub fn join(directory: &str, source: &str) -> Option<String> {
    if !(source.starts_with("./") || source.starts_with("../") || source == "." || source == "..") {
        return None;
    }
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in source.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_decoded() {
        let text = "output \"a\\u0062\" {}\noutput plain {}\noutput \"q\\\"\\\\\" {}\noutput \"$${x}\" {}\noutput \"${x}\" {}\n";
        let tree =
            crate::syntax::hcl::parse(&std::sync::Arc::new(crate::source::Source::new(crate::source::SourceId(0), "a.tf", text.into())));
        let blocks = Body::of_file(&tree, Form::Native).expect("a body").blocks("output", 1);
        let labels: Vec<&str> = blocks.iter().map(|block| &*block.labels[0]).collect();
        // What is no plain text is no label.
        assert_eq!(labels, ["ab", "plain", "q\"\\", "${x}"]);
    }

    #[test]
    fn a_member_without_a_name_is_none() {
        let text = "{ \"a\": 1, \u{feff}http: 2, \"b\"\u{feff}: 3, 4: 5, \"c\": 6 }";
        let tree = json::parse(&std::sync::Arc::new(crate::source::Source::new(crate::source::SourceId(0), "a.json", text.into())));
        let body = Body::of_file(&tree, Form::Json).expect("an object");
        let names: Vec<_> = body.attributes().into_iter().map(|attribute| attribute.name).collect();
        assert!(names.contains(&"a".into()) && names.contains(&"c".into()), "{names:?}");
        assert!(!names.iter().any(|name| name.contains("http") || name.contains('4')), "{names:?}");
    }

    #[test]
    fn module_sources_stay_in_the_tree() {
        assert_eq!(join("envs/prod", "../../modules/kms"), Some("modules/kms".into()));
        assert_eq!(join("envs", "./x/"), Some("envs/x".into()));
        assert_eq!(join("envs", "../../x"), None);
        assert_eq!(join("", "terraform-aws-modules/kms/aws"), None);
    }
}
