//! Typed views over a tree: bodies, blocks, attributes. `.tf.json` reads as the same bodies as `.tf`.

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
    pub name: String,
    /// Where the name is.
    pub name_span: Span,
    /// The value.
    pub expr: Expr<'t>,
}

/// `kind "label" { … }`.
#[derive(Debug, Clone)]
pub struct Block<'t> {
    /// The block type, such as `resource`.
    pub kind: String,
    /// The labels, decoded.
    pub labels: Vec<String>,
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

    /// The characters of a string without interpolation.
    #[must_use]
    pub fn plain_string(self) -> Option<String> {
        match (self.form, self.kind()) {
            (Form::Json, Kind::String) => Some(json::decode(self.tree, self.node).decoded().to_owned()),
            (Form::Native, Kind::String) => Some(decode::plain(self.tree, self.node)?.decoded().to_owned()),
            _ => None,
        }
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
        let children = self.tree.children(self.node).into_iter();
        match self.form {
            Form::Native => children
                .filter(|child| self.tree.kind(*child) == Kind::Attribute)
                .filter_map(|child| self.native_attribute(child))
                .collect(),
            Form::Json => children.filter_map(|item| self.json_member(item)).collect(),
        }
    }

    /// The attribute of that name; the first, where it is written twice.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<Attribute<'t>> {
        self.attributes().into_iter().find(|attribute| attribute.name == name)
    }

    /// The blocks of that type, with this many labels, in text order.
    #[must_use]
    pub fn blocks(self, kind: &str, labels: usize) -> Vec<Block<'t>> {
        let mut found = Vec::new();
        match self.form {
            Form::Native => {
                for child in self.tree.children(self.node) {
                    if self.tree.kind(child) == Kind::Block {
                        found.extend(self.native_block(child).filter(|block| block.kind == kind && block.labels.len() == labels));
                    }
                }
            }
            Form::Json => {
                for member in self.attributes().into_iter().filter(|member| member.name == kind) {
                    self.json_blocks(kind, labels, &mut Vec::new(), member.name_span, member.expr.node, &mut found);
                }
            }
        }
        found
    }

    /// The nested blocks of that type and the `dynamic` blocks that make such, in text order; in JSON the `dynamic` ones last.
    #[must_use]
    pub fn nested(self, kind: &str) -> Vec<Block<'t>> {
        let makes = |block: &Block<'t>| match &*block.labels {
            [] => block.kind == kind,
            [label] => block.kind == DYNAMIC && label == kind,
            _ => false,
        };
        match self.form {
            Form::Native => self.nested_blocks().into_iter().filter(makes).collect(),
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
        let children = self.tree.children(self.node).into_iter().filter(|child| self.tree.kind(*child) == Kind::Block);
        children.filter_map(|child| self.native_block(child)).collect()
    }

    fn native_attribute(self, node: NodeId) -> Option<Attribute<'t>> {
        let mut children = self.tree.children_rev(node);
        let (expr, name) = (children.next()?, children.next()?);
        Some(Attribute {
            name: self.tree.raw(name).to_owned(),
            name_span: self.tree.span(name),
            expr: Expr { tree: self.tree, node: expr, form: Form::Native },
        })
    }

    fn native_block(self, node: NodeId) -> Option<Block<'t>> {
        let children = self.tree.children(node);
        let (&kind, rest) = children.split_first()?;
        let (&body, labels) = rest.split_last()?;
        if self.tree.kind(body) != Kind::Body {
            return None;
        }
        let read = |label: &NodeId| match self.tree.kind(*label) {
            Kind::Name => Some(self.tree.raw(*label).to_owned()),
            _ => Expr { tree: self.tree, node: *label, form: Form::Native }.plain_string(),
        };
        let last = labels.last().copied().unwrap_or(kind);
        Some(Block {
            kind: self.tree.raw(kind).to_owned(),
            labels: labels.iter().map(read).collect::<Option<_>>()?,
            header: self.tree.span_of(self.tree.node(kind).start, self.tree.node(last).end),
            span: self.tree.span(node),
            body: Self { node: body, ..self },
        })
    }

    fn json_member(self, item: NodeId) -> Option<Attribute<'t>> {
        if self.tree.kind(item) != Kind::Item {
            return None;
        }
        let mut children = self.tree.children_rev(item);
        let (value, key) = (children.next()?, children.next()?);
        let name = json::decode(self.tree, key).decoded().to_owned();
        // The conventional comment member of JSON configuration.
        (name != "//").then(|| Attribute {
            name,
            name_span: self.tree.span(key),
            expr: Expr { tree: self.tree, node: value, form: Form::Json },
        })
    }

    /// Blocks in JSON: an object per label, and at every level perhaps a list of such objects.
    fn json_blocks(self, kind: &str, missing: usize, labels: &mut Vec<String>, header: Span, node: NodeId, found: &mut Vec<Block<'t>>) {
        match self.tree.kind(node) {
            Kind::Tuple => {
                for element in self.tree.children(node) {
                    // A list in a list is no block; that also bounds the recursion.
                    if self.tree.kind(element) == Kind::Object {
                        self.json_blocks(kind, missing, labels, header, element, found);
                    }
                }
            }
            Kind::Object if missing == 0 => found.push(Block {
                kind: kind.to_owned(),
                labels: labels.clone(),
                header,
                span: self.tree.span(node),
                body: Self { node, ..self },
            }),
            Kind::Object => {
                for member in (Self { node, ..self }).attributes() {
                    labels.push(member.name);
                    self.json_blocks(kind, missing - 1, labels, member.name_span, member.expr.node, found);
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
    fn module_sources_stay_in_the_tree() {
        assert_eq!(join("envs/prod", "../../modules/kms"), Some("modules/kms".into()));
        assert_eq!(join("envs", "./x/"), Some("envs/x".into()));
        assert_eq!(join("envs", "../../x"), None);
        assert_eq!(join("", "terraform-aws-modules/kms/aws"), None);
    }
}
