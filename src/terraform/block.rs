//! Blocks as values: an argument is what it says, nested blocks are a sequence of entries.

use super::eval::{EntryList, Evaluator};
use crate::{
    origin::Origin,
    project::module::Layered,
    syntax::view::{Block, Body, DYNAMIC},
    text::Text,
    value::{Data, Type, Unknown, Value},
};

impl Evaluator<'_> {
    /// The argument or the nested blocks of that name; `None` where there are none.
    #[must_use]
    pub fn argument(&self, body: &Layered<'_>, name: &str) -> Option<Value> {
        match body.argument(name) {
            Some(expr) => Some(self.value(expr)),
            None => self.blocks(&body.nested(name)),
        }
    }

    /// Blocks of one type.
    fn blocks(&self, blocks: &[Block<'_>]) -> Option<Value> {
        let first = blocks.first()?;
        if let Some(dynamic) = blocks.iter().find(|block| block.kind == DYNAMIC) {
            return Some(Value::unknown(Unknown::Unsupported("dynamic block"), Origin::at(dynamic.header)));
        }
        let values = blocks.iter().map(|block| self.block(block.body)).collect();
        Some(Value::new(Data::Sequence(values), Type::Tuple, Origin::at(first.header)))
    }

    /// One block.
    fn block(&self, body: Body<'_>) -> Value {
        let mut entries = EntryList::default();
        for attribute in body.attributes() {
            let name = Text::derived(&attribute.name, Origin::at(attribute.name_span));
            entries.add(Value::string(name), self.value(attribute.expr));
        }
        let mut seen = Vec::new();
        for block in body.nested_blocks() {
            let kind = if block.kind == DYNAMIC { block.labels.first().unwrap_or(&block.kind) } else { &block.kind };
            if !seen.contains(kind) {
                seen.push(kind.clone());
                if let Some(value) = self.blocks(&body.nested(kind)) {
                    entries.add(Value::string(Text::derived(kind, Origin::at(block.header))), value);
                }
            }
        }
        entries.finish(Origin::at(body.span()))
    }
}
