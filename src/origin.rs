//! Where a value was written, and the way it took from there.

use std::{fmt, sync::Arc};

use crate::source::Span;

/// Where a value was written, and the way it took from there. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The literal.
    pub span: Span,
    /// The way, newest step first; `None` where the value is used as it is written.
    pub hops: Option<Arc<Hop>>,
}

/// One step away from the literal: newest first, like a call stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// What the step was.
    pub kind: HopKind,
    /// The expression that made the step.
    pub span: Span,
    /// The steps before it.
    pub earlier: Option<Arc<Hop>>,
}

/// What a step does with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HopKind {
    /// Read through `local.x`.
    Local,
    /// Read through `var.x`.
    Variable,
    /// The key or the value of an instance, read through `each`.
    Each,
    /// Passed to a module call's argument.
    ModuleInput,
    /// Read through `module.x.y`.
    ModuleOutput,
    /// Went through this function.
    Function(&'static str),
    /// Spliced into a template.
    Interpolation,
    /// Came from a `dynamic` block.
    Dynamic,
    /// Joined by a provider's `default_tags`.
    DefaultTags,
}

impl Origin {
    /// Used where it is written.
    #[must_use]
    pub fn at(span: Span) -> Self {
        Self { span, hops: None }
    }

    /// The same origin, one step further.
    #[must_use]
    pub fn through(&self, kind: HopKind, span: Span) -> Self {
        Self { span: self.span, hops: Some(Arc::new(Hop { kind, span, earlier: self.hops.clone() })) }
    }

    /// The same way, another literal: for a part of the text.
    #[must_use]
    pub fn narrowed(&self, span: Span) -> Self {
        Self { span, hops: self.hops.clone() }
    }

    /// The steps, in reading order: from the literal to the place of use.
    #[must_use]
    pub fn path(&self) -> Vec<&Hop> {
        let mut hops: Vec<&Hop> = std::iter::successors(self.hops.as_deref(), |hop| hop.earlier.as_deref()).collect();
        hops.reverse();
        hops
    }
}

/// Anything that was written somewhere.
pub trait HasOrigin {
    /// Where, and the way from there.
    fn origin(&self) -> Origin;
}

impl HasOrigin for Origin {
    fn origin(&self) -> Origin {
        self.clone()
    }
}

impl HasOrigin for Span {
    fn origin(&self) -> Origin {
        Origin::at(*self)
    }
}

/// What a subject is called: Terraform's address (`module.a.aws_kms_key.k["eu"]`), or the name of a request (`kms:TagResource`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub Arc<str>);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
