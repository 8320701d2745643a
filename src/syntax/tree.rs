//! One flat tree for HCL and JSON.
//!
//! Nodes stand in post-order: a node comes after all of its descendants, and [`Tree::first`] names the first of them, so that its subtree is
//! `first..=itself`. An operator can wrap its left operand without moving anything, and walking everything needs no recursion.

use std::{
    ops::{Deref, Range},
    sync::Arc,
};

use crate::{
    origin::Origin,
    source::{Source, Span},
    text::Text,
};

/// The place of a node in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// What a node is. The children are listed in source order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// HCL: the content of a file or block. Children: `Attribute`, `Block`, `Error`.
    Body,
    /// `name = expr`. Children: `Name`, expression.
    Attribute,
    /// `name "label" { … }`. Children: `Name`, labels (`Name` or `String`), `Body`.
    Block,
    /// An identifier that names something: an attribute, a block type, a label, a function (with `::`), an attribute access, a `for` variable.
    Name,
    /// A number, kept as written.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
    /// A quoted string, quotes included. No children where all between the quotes is text. HCL, else: children `Literal`, `Interpolation`,
    /// `Directive`, `Error`.
    String,
    /// `<<EOT` or `<<-EOT` (flag [`Flags::INDENTED`]), from `<<` to the end of the closing word. Children as `String`.
    Heredoc,
    /// Text of a template as written, escapes and all. In an indented heredoc it still has its indentation.
    Literal,
    /// `${ expr }`. Child: expression. Flags: [`Flags::STRIP_LEFT`], [`Flags::STRIP_RIGHT`].
    Interpolation,
    /// `%{ if … }…%{ else }…%{ endif }` from the first `%{` to the last `}`. Children: condition, then `Template`, then perhaps `Template`.
    /// The strip flags are those of its outer ends.
    DirectiveIf,
    /// `%{ for k, v in … }…%{ endfor }`. Children: one or two `Name`s, collection, `Template`.
    DirectiveFor,
    /// Part of a template inside a directive, or a whole template without quotes. Children as `String`. In a directive the strip flags say
    /// that the marker before it ends with `~`, or the one behind it begins with it.
    Template,
    /// A root name: `var`, `local`, `each`, a `for` variable. No children.
    Variable,
    /// `base.name`. Children: base, `Name`.
    GetAttr,
    /// `base[key]`. Children: base, key.
    Index,
    /// `base.0`. Children: base, `Number`.
    LegacyIndex,
    /// `base.*` and what follows: the whole is one node over `base.*.a.b`. Children: base, then `SplatStep`s.
    AttrSplat,
    /// `base[*]` and what follows. Children: base, then `SplatStep`s.
    FullSplat,
    /// `.name` or `[key]` or `.0` after a splat. Child: `Name`, key expression or `Number`.
    SplatStep,
    /// `name(args)`. Children: `Name`, arguments. Flag [`Flags::EXPANDED`] for `...`.
    Call,
    /// `( expr )`. Child: expression.
    Paren,
    /// `!x` or `-x`. Children: `Operator`, operand.
    Unary,
    /// `a + b`. Children: left, `Operator`, right.
    Binary,
    /// The characters of an operator.
    Operator,
    /// `c ? a : b`. Children: condition, then, else.
    Conditional,
    /// `[a, b]`, and a JSON array. Children: elements.
    Tuple,
    /// `{ k = v }`, and a JSON object. Children: `Item`.
    Object,
    /// `k = v` or `k : v` in an object. Children: key expression, value. A bare word as key is a `Variable` (HCL) and means its own name.
    Item,
    /// `[for k, v in c : e if f]`. Children: one or two `Name`s, collection, result, perhaps condition ([`Flags::CONDITION`]).
    ForTuple,
    /// `{for k, v in c : ke => ve if f}`. Children: one or two `Name`s, collection, key, value, perhaps condition. Flag [`Flags::GROUPED`] for `...`.
    ForObject,
    /// JSON in a text that is known in part: a value that is not known. Among members or elements: more of them may follow. No children.
    Unknown,
    /// What could not be read. No children that mean anything.
    Error,
}

/// Small facts about a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(pub u8);

impl Flags {
    /// `<<-`.
    pub const INDENTED: u8 = 1;
    /// `${~` or `%{~`.
    pub const STRIP_LEFT: u8 = 2;
    /// `~}`.
    pub const STRIP_RIGHT: u8 = 4;
    /// The last argument is followed by `...`.
    pub const EXPANDED: u8 = 8;
    /// A `for` groups with `...`.
    pub const GROUPED: u8 = 16;
    /// A `for` has an `if`.
    pub const CONDITION: u8 = 32;
    /// A `for` names two variables.
    pub const TWO_NAMES: u8 = 64;
    /// A string without children may have an escape (`\`, `$${`, `%%{`): its text must be decoded.
    pub const ESCAPED: u8 = 128;

    /// Whether all bits of `flag` are set.
    #[must_use]
    pub fn has(self, flag: u8) -> bool {
        self.0 & flag == flag
    }
}

/// A node: 12 bytes, for a text has one for every eight of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// First byte in the text that was parsed.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// What it is.
    pub kind: Kind,
    /// Small facts.
    pub flags: Flags,
    /// How many nodes are below it; [`Node::FAR`] where [`Nodes::far`] says it.
    below: u16,
}

impl Node {
    const FAR: u16 = u16::MAX;
}

/// Nodes in post-order, as a parser makes them.
#[derive(Debug, Clone, Default)]
pub struct Nodes {
    list: Vec<Node>,
    /// The first nodes of large subtrees, by the place of their root.
    far: Vec<(u32, u32)>,
}

impl Nodes {
    /// From here on there is room for twice the nodes that most texts have.
    const LARGE: usize = 1 << 20;

    /// Room for the nodes that most texts of this length have.
    #[must_use]
    pub fn for_text(length: usize) -> Self {
        let expected = if length < Self::LARGE { length / 12 + 8 } else { length / 6 };
        Self { list: Vec::with_capacity(expected), far: Vec::new() }
    }

    /// Adds a node over all since `first`.
    #[inline]
    pub fn push(&mut self, kind: Kind, start: u32, end: u32, first: u32, flags: Flags) {
        let at = self.list.len() as u32;
        let below = u16::try_from(at - first).unwrap_or(Node::FAR);
        if below == Node::FAR {
            self.far.push((at, first));
        }
        self.list.push(Node { start, end, kind, flags, below });
    }

    /// Takes the last node away, if it is a leaf of that kind.
    pub fn pop_leaf(&mut self, kind: Kind) -> bool {
        self.list.pop_if(|last| last.kind == kind && last.below == 0).is_some()
    }

    /// The first node of a subtree; the node itself where it has no children.
    #[inline]
    #[must_use]
    pub fn first(&self, at: u32) -> u32 {
        let below = self.list[at as usize].below;
        if below == Node::FAR { self.first_far(at) } else { at - u32::from(below) }
    }

    #[cold]
    fn first_far(&self, at: u32) -> u32 {
        let place = self.far.binary_search_by_key(&at, |(root, _)| *root);
        place.map_or(at, |place| self.far[place].1)
    }

    /// Gives back room for nodes, if much is left. In a large text it costs nothing: what was never written to is no memory yet, and moving
    /// the nodes would hold them twice.
    pub fn fit(&mut self) {
        if self.list.len() * size_of::<Node>() < Self::LARGE && self.list.capacity() > self.list.len() + self.list.len() / 4 + 16 {
            self.list.shrink_to_fit();
        }
    }
}

impl Deref for Nodes {
    type Target = [Node];

    #[inline]
    fn deref(&self) -> &[Node] {
        &self.list
    }
}

/// What could not be read as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// First byte, in the text that was parsed.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// What is wrong, in the words of a finding's message.
    pub message: String,
    /// What to do, where it is known.
    pub help: Option<&'static str>,
}

/// The text that a tree was parsed from.
#[derive(Debug, Clone)]
pub enum Input {
    /// A file.
    File(Arc<Source>),
    /// Decoded characters of a string: JSON in a heredoc, a template in a JSON string.
    Text(Text),
}

/// A parsed text and the problems met on the way. The root is the last node.
#[derive(Debug, Clone)]
pub struct Tree {
    input: Input,
    nodes: Nodes,
    problems: Vec<Problem>,
}

impl Tree {
    /// A tree of nodes in post-order. A parser's last step.
    #[must_use]
    pub fn new(input: Input, nodes: Nodes, problems: Vec<Problem>) -> Self {
        Self { input, nodes, problems }
    }

    /// Its nodes and problems, without the text: to give the text another number.
    #[must_use]
    pub fn into_parts(self) -> (Nodes, Vec<Problem>) {
        (self.nodes, self.problems)
    }

    /// What it was parsed from.
    #[must_use]
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// The whole text that was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.input {
            Input::File(source) => source.text(),
            Input::Text(text) => text.decoded(),
        }
    }

    /// What could not be read, in text order.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// All nodes, in post-order.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The last node; `None` for an empty text in which nothing was read.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        self.nodes.len().checked_sub(1).map(|at| NodeId(at as u32))
    }

    /// The node itself.
    #[inline]
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The first node of its subtree; itself where it has no children.
    #[must_use]
    pub fn first(&self, id: NodeId) -> NodeId {
        NodeId(self.nodes.first(id.0))
    }

    /// What is between the quotes of a `String` without children, escapes and all; `None` for any other node.
    #[must_use]
    pub fn content(&self, string: NodeId) -> Option<Range<u32>> {
        let node = self.node(string);
        if node.kind != Kind::String {
            return None;
        }
        let is_closed = node.end - node.start > 1 && self.text().as_bytes()[node.end as usize - 1] == b'"';
        (node.below == 0).then(|| node.start + 1..node.end - u32::from(is_closed))
    }

    /// The characters of a `String` without children and without escapes.
    #[must_use]
    pub fn plain_content(&self, string: NodeId) -> Option<&str> {
        let content = self.content(string).filter(|_| !self.node(string).flags.has(Flags::ESCAPED))?;
        Some(&self.text()[content.start as usize..content.end as usize])
    }

    /// What the node is.
    #[inline]
    #[must_use]
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// Its text as written.
    #[inline]
    #[must_use]
    pub fn raw(&self, id: NodeId) -> &str {
        let node = self.node(id);
        &self.text()[node.start as usize..node.end as usize]
    }

    /// Whether its text as written is this one.
    #[inline]
    #[must_use]
    pub fn is_written(&self, id: NodeId, text: &str) -> bool {
        let node = self.node(id);
        let length = (node.end - node.start) as usize;
        length == text.len() && self.text().as_bytes()[node.start as usize..node.end as usize] == *text.as_bytes()
    }

    /// Where it is in its file, whatever strings lie between.
    #[inline]
    #[must_use]
    pub fn span(&self, id: NodeId) -> Span {
        let node = self.node(id);
        self.span_of(node.start, node.end)
    }

    /// Where a range of the parsed text is in its file.
    #[must_use]
    pub fn span_of(&self, start: u32, end: u32) -> Span {
        match &self.input {
            Input::File(source) => Span::new(source.id(), start, end),
            Input::Text(text) => text.span_of(start..end),
        }
    }

    /// Whether it is a file that was parsed, or a part of one, and not a text inside a file.
    #[must_use]
    pub fn is_file(&self) -> bool {
        matches!(self.input, Input::File(_))
    }

    /// Where a range of the parsed text is written, with the way from there to the text.
    #[must_use]
    pub fn origin_of(&self, start: u32, end: u32) -> Origin {
        match &self.input {
            Input::File(source) => Origin::at(Span::new(source.id(), start, end)),
            Input::Text(text) => text.origin_of(start..end),
        }
    }

    /// The key and the value of an `Item`.
    #[must_use]
    pub fn key_and_value(&self, item: NodeId) -> Option<(NodeId, NodeId)> {
        let mut children = self.children_rev(item);
        let (value, key) = (children.next()?, children.next()?);
        Some((key, value))
    }

    /// Whether it has more children than that. Few nodes have so many below them that it takes a look.
    #[must_use]
    pub fn has_more_children_than(&self, id: NodeId, count: usize) -> bool {
        (id.0 - self.nodes.first(id.0)) as usize > count && self.children_rev(id).nth(count).is_some()
    }

    /// The children, last first: the order that costs nothing.
    pub fn children_rev(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let first = self.nodes.first(id.0);
        let mut next = id.0;
        std::iter::from_fn(move || {
            if next <= first {
                return None;
            }
            let child = next - 1;
            next = self.nodes.first(child);
            Some(NodeId(child))
        })
    }

    /// The children in text order.
    #[must_use]
    pub fn children(&self, id: NodeId) -> Vec<NodeId> {
        let mut list: Vec<NodeId> = self.children_rev(id).collect();
        list.reverse();
        list
    }
}
