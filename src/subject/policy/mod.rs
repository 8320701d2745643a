//! Policies of keys and secrets: documents that were recognised as one, read into statements.
//!
//! [`Policy::read`] takes the characters that would be sent, wherever they come from: a file, a string in a request, a Terraform argument.
//! What is not known stays not known: a text in part, a list or an object that is `open`, an element that is absent from the typed fields.

pub mod access;
pub mod admin;
pub mod context;
pub mod form;
pub mod node;
pub mod recognise;
pub mod statement;
pub mod terraform;

use std::sync::{Arc, OnceLock};

pub use self::{
    admin::Administrators,
    context::PolicyContext,
    form::Form,
    node::{List, Member, Node, NodeData, Object},
    statement::{Condition, Conditions, Effect, Element, Principal, Principals, Statement, Strings},
};
pub use crate::facts::policy::PolicyKind;
use crate::{
    origin::{Address, HasOrigin, Origin},
    source::Span,
    subject::placeholder::{self, Variables},
    syntax::{Tree, json},
    terraform::run::TOO_LARGE,
    text::Text,
};

/// The elements of a policy document.
pub const ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

/// A policy document.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whose policy it is.
    pub kind: PolicyKind,
    /// Where it stands.
    pub place: PolicyPlace,
    /// The characters that would be sent.
    pub text: Text,
    /// What is no JSON.
    pub problems: Vec<Problem>,
    /// The document; `None` where nothing could be read.
    pub root: Option<Node>,
    /// The entries of `Statement` that are objects, in order.
    pub statements: Vec<Statement>,
    /// There are, or may be, statements that are not known or could not be read: absence proves nothing.
    pub open: bool,
    /// What is known of the key or secret, and of the request.
    pub context: Arc<PolicyContext>,
    administrators: OnceLock<Option<Administrators>>,
}

/// A key or secret of a configuration, and the policies it gets.
#[derive(Debug, Clone)]
pub struct Key {
    /// What it is.
    pub kind: PolicyKind,
    /// The block that makes it.
    pub origin: Origin,
    /// What is known of it.
    pub context: Arc<PolicyContext>,
    /// The policies that are set for it in the same module, those that are not known included.
    pub policies: Vec<KeyPolicy>,
}

/// A place that sets the policy of a key or secret.
#[derive(Debug, Clone)]
pub struct KeyPolicy {
    /// The resource that does.
    pub address: Address,
    /// The value.
    pub origin: Origin,
}

/// A request or a resource switches off the service's check that the policy can be changed again.
#[derive(Debug, Clone)]
pub struct Bypass {
    /// The member or argument that does.
    pub written: Arc<str>,
    /// Its value.
    pub origin: Origin,
}

/// Where a policy stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyPlace {
    /// A file is the document.
    File,
    /// A string in a request.
    Request,
    /// An argument of a Terraform resource.
    Terraform,
}

/// Something in a document that is no JSON.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Where.
    pub origin: Origin,
    /// What is wrong, in the words of a finding's message.
    pub message: String,
    /// What to do, where it is known.
    pub help: Option<&'static str>,
}

impl Policy {
    /// The longest text that is read. No service takes a tenth of it.
    const MAX_TEXT: usize = 1 << 20;

    /// Reads the characters of a document.
    #[must_use]
    pub fn read(text: Text, kind: PolicyKind, place: PolicyPlace, context: Arc<PolicyContext>) -> Self {
        if text.decoded().len() > Self::MAX_TEXT {
            let root = Node { data: NodeData::Unknown(TOO_LARGE.reason()), origin: text.origin() };
            let (problems, statements, administrators) = Default::default();
            return Self { kind, place, text, problems, root: Some(root), statements, open: true, context, administrators };
        }
        let (text, tree) = parse(text);
        let problems = tree
            .problems()
            .iter()
            .map(|problem| Problem {
                origin: text.origin_of(problem.start..problem.end),
                message: problem.message.clone(),
                help: problem.help,
            })
            .collect();
        let root = tree.root().map(|root| Node::read(&tree, root, place));
        let (statements, open) = root.as_ref().map_or((Vec::new(), true), statements);
        Self { kind, place, text, problems, root, statements, open, context, administrators: OnceLock::new() }
    }

    /// A document that was read already: all of it is JSON.
    #[must_use]
    pub fn of_document(text: Text, root: Node, kind: PolicyKind, place: PolicyPlace, context: Arc<PolicyContext>) -> Self {
        let (statements, open) = statements(&root);
        Self { kind, place, text, problems: Vec::new(), root: Some(root), statements, open, context, administrators: OnceLock::new() }
    }

    /// How it is written.
    #[must_use]
    pub fn form(&self) -> Form {
        self.root.as_ref().and_then(|root| Some(Form::of(root.as_object()?, &root.origin))).unwrap_or(Form::Json)
    }

    /// The document's object, if it is one.
    #[must_use]
    pub fn object(&self) -> Option<&Object> {
        self.root.as_ref().and_then(Node::as_object)
    }

    /// An element of the document, letter case aside.
    #[must_use]
    pub fn element(&self, name: &str) -> Option<&Member> {
        self.object().and_then(|object| object.get(name))
    }

    /// The known characters of `Version`; `None` where it is absent, not known or no string.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.element("Version")?.value.as_text()?.known()
    }

    /// Whether the statements are certainly all there and could be read, so that what is absent is absent.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        !self.open && self.problems.is_empty()
    }

    /// Whether each statement may be compared with each other. No service takes a document with more statements than these.
    #[must_use]
    pub fn is_comparable(&self) -> bool {
        const MOST: usize = 1000;
        self.statements.len() <= MOST
    }

    /// The first thing in it that is not known: where it is, and why.
    #[must_use]
    pub fn first_unknown(&self) -> Option<(Span, &'static str)> {
        self.text.first_unknown().or_else(|| self.root.as_ref().and_then(Node::first_unknown))
    }
}

/// Reads JSON. What another tool fills in may also stand outside of strings, and may be all there is.
fn parse(text: Text) -> (Text, Tree) {
    let tree = json::parse_text(&text);
    if !tree.problems().is_empty() {
        let marked = placeholder::mark(text.clone(), Variables::OfPolicies);
        let read = json::parse_text(&marked);
        if read.problems().is_empty() {
            return (marked, read);
        }
    }
    (text, tree)
}

/// The statements of a document, and whether there may be others.
fn statements(root: &Node) -> (Vec<Statement>, bool) {
    let Some(object) = root.as_object() else { return (Vec::new(), true) };
    let Some(member) = object.get("Statement") else { return (Vec::new(), true) };
    match &member.value.data {
        NodeData::Object(_) => (Statement::read(0, &member.value).into_iter().collect(), false),
        NodeData::List(list) => {
            let statements: Vec<Statement> =
                list.items.iter().enumerate().filter_map(|(index, item)| Statement::read(index, item)).collect();
            let open = list.open || statements.len() < list.items.len();
            (statements, open)
        }
        NodeData::Null | NodeData::Bool(_) | NodeData::Number(_) | NodeData::String(_) | NodeData::Unknown(_) | NodeData::Broken => {
            (Vec::new(), true)
        }
    }
}

impl HasOrigin for Key {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }
}

impl HasOrigin for Bypass {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }
}

impl HasOrigin for Policy {
    fn origin(&self) -> Origin {
        self.root.as_ref().map_or_else(|| self.text.origin(), |root| root.origin.clone())
    }
}
