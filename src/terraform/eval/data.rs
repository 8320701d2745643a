//! Data sources that need no provider.

use super::{Evaluator, Scope};
use crate::{
    origin::Origin,
    syntax::{Kind, view::Expr},
    terraform::data,
    value::{Unknown, Value},
};

impl Evaluator<'_> {
    /// What `data.TYPE.NAME` yields, where `base` is `data.TYPE` and the configuration alone decides it.
    pub(super) fn data_source(&self, base: Expr<'_>, name: &str, origin: &Origin) -> Option<Value> {
        if base.kind() != Kind::GetAttr {
            return None;
        }
        let [root, ty] = *base.children() else { return None };
        if root.kind() != Kind::Variable || root.raw() != "data" {
            return None;
        }
        let source = self.module.data.iter().find(|source| source.ty == ty.raw() && source.name == name)?;
        if source.body.argument("count").or(source.body.argument("for_each")).is_some() {
            return None;
        }
        let read = || {
            let read = data::read(&source.ty, &|argument| self.argument(&source.body, argument), source.header);
            match read {
                Some(Ok(value)) => value,
                Some(Err(_)) => Value::unknown(Unknown::Error, origin.clone()),
                None => Value::unknown(Unknown::AfterApply, origin.clone()),
            }
        };
        Some(self.named(Scope::Data, &format!("{}.{name}", source.ty), origin, read))
    }
}
