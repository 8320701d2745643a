//! Blocks as values: an argument is what it says, nested blocks are a sequence of entries.

use super::{
    eval::{Binding, EntryList, Items, MAX_ENTRIES, Scope, items},
    run::TOO_LARGE,
};
use crate::{
    origin::{HopKind, Origin},
    project::module::Layered,
    source::Span,
    syntax::view::{Block, Body, DYNAMIC},
    text::Text,
    value::{Data, Type, Unknown, Value},
};

impl Scope<'_, '_> {
    /// The argument or the nested blocks of that name; `None` where there are none.
    #[must_use]
    pub fn argument(self, body: &Layered<'_>, name: &str) -> Option<Value> {
        match body.argument(name) {
            Some(expr) => Some(self.value(expr)),
            None if body.has_more_than(MAX_ENTRIES) => Some(self.too_large(body.span())),
            None => self.blocks(&body.nested(name)),
        }
    }

    fn too_large(self, place: Span) -> Value {
        self.instance.run.is_too_large(place);
        Value::unknown(TOO_LARGE, Origin::at(place))
    }

    /// Blocks of one type, those that `dynamic` ones make among them.
    fn blocks(self, blocks: &[Block<'_>]) -> Option<Value> {
        let first = blocks.first()?;
        let origin = Origin::at(first.header);
        let mut values = Vec::new();
        for block in blocks {
            if values.len() > MAX_ENTRIES {
                return Some(self.too_large(block.header));
            }
            if block.kind != DYNAMIC {
                values.push(self.block(block.body));
                continue;
            }
            match self.dynamic(block) {
                Ok(made) => values.extend(made),
                Err(why) => return Some(Value::unknown(why, Origin::at(block.header))),
            }
        }
        Some(Value::new(Data::Sequence(values.into()), Type::Tuple, origin))
    }

    /// The blocks that a `dynamic` block makes; why they are not known.
    fn dynamic(self, block: &Block<'_>) -> Result<Vec<Value>, Unknown> {
        let argument = |name: &str| block.body.attribute(name).map(|attribute| attribute.expr);
        let (Some(for_each), [content, ..]) = (argument("for_each"), &*block.body.blocks("content", 0)) else { return Err(Unknown::Error) };
        let iterator = argument("iterator").map_or_else(|| block.makes().to_owned(), |expr| expr.raw().trim_matches('"').to_owned());
        let collection = self.value(for_each);
        let items = match items(&collection) {
            Items::Known(items, None) => items,
            Items::Known(_, Some(open)) => return Err(open.why),
            Items::Unknown(why) => return Err(why),
            Items::None if matches!(collection.data, Data::Null) => {
                self.refuse(for_each.span(), "`for_each` of a dynamic block must not be null");
                return Err(Unknown::Error);
            }
            Items::None => {
                self.refuse(for_each.span(), format!("`for_each` takes a collection, and this is {}", collection.noun()));
                return Err(Unknown::Error);
            }
        };
        let made = items.into_iter().map(|(key, value)| {
            let mut entries = EntryList::default();
            let name = |name: &str| Value::string(Text::derived(name, Origin::at(block.header)));
            entries.add(name("key"), key);
            entries.add(name("value"), value);
            let binding = Binding { name: &iterator, value: entries.finish(Origin::at(block.header)), outer: self.bindings };
            let scope = Scope { bindings: Some(&binding), ..self };
            scope.block(content.body).through(HopKind::Dynamic, block.header)
        });
        Ok(made.collect())
    }

    /// One block.
    fn block(self, body: Body<'_>) -> Value {
        if body.has_more_than(MAX_ENTRIES) {
            return self.too_large(body.span());
        }
        let mut entries = EntryList::default();
        for attribute in body.attributes() {
            let name = Text::derived(&attribute.name, Origin::at(attribute.name_span));
            entries.add(Value::string(name), self.value(attribute.expr));
        }
        let blocks = body.nested_blocks();
        let mut kinds: Vec<(&str, Vec<Block<'_>>)> = Vec::new();
        for block in &blocks {
            let kind = block.makes();
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, list)) => list.push(block.clone()),
                None => kinds.push((kind, vec![block.clone()])),
            }
        }
        for (kind, list) in kinds {
            if let (Some(value), Some(first)) = (self.blocks(&list), list.first()) {
                entries.add(Value::string(Text::derived(kind, Origin::at(first.header))), value);
            }
        }
        entries.finish(Origin::at(body.span()))
    }
}
