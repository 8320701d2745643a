//! YAML to a value. The words that stand for other things than themselves are those of Terraform's own reader.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Place, Tag};

use crate::{
    origin::Origin,
    terraform::{
        eval::EntryList,
        functions::{Call, FunctionError, Outcome, limit, time},
    },
    text::Text,
    value::{Data, Number, Type, Unknown, Value},
};

/// How deep a document may nest.
const MAX_DEPTH: usize = 260;

/// A list or a map that is not complete.
struct Frame {
    anchor: usize,
    start: usize,
    kind: FrameKind,
}

enum FrameKind {
    List(Vec<Value>),
    /// Pairs, the key that waits for its value, and the maps that are merged in.
    Map(Vec<(Text, Value)>, Option<Key>, Vec<Value>),
}

enum Key {
    Text(Text),
    Merge,
}

/// The value of a document.
pub fn decode(call: &Call<'_>, text: &Text) -> Outcome {
    let decoded = text.decoded();
    let mut reader = Reader {
        call,
        text,
        // The parser counts characters.
        bytes: (!decoded.is_ascii()).then(|| decoded.char_indices().map(|(at, _)| at as u32).chain([decoded.len() as u32]).collect()),
        open: Vec::new(),
        anchors: HashMap::new(),
        document: None,
        nodes: 0,
    };
    let mut documents = 0;
    for event in Parser::new_from_str(decoded) {
        let (event, place) = event.map_err(|error| reader.error(format!("this is not YAML: {error}")))?;
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(reader.error("there is more than one document"));
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            event => reader.event(event, place)?,
        }
        if reader.nodes > limit::ELEMENTS || reader.open.len() > MAX_DEPTH {
            return Ok(call.too_large());
        }
    }
    reader.document.take().ok_or_else(|| reader.error("there is no document"))
}

struct Reader<'c, 'h> {
    call: &'c Call<'h>,
    text: &'c Text,
    bytes: Option<Vec<u32>>,
    open: Vec<Frame>,
    anchors: HashMap<usize, Value>,
    document: Option<Value>,
    nodes: usize,
}

impl Reader<'_, '_> {
    fn error(&self, message: impl Into<String>) -> FunctionError {
        self.call.error_at(0, message)
    }

    fn byte(&self, character: usize) -> u32 {
        let length = self.text.decoded().len() as u32;
        match &self.bytes {
            Some(bytes) => bytes.get(character).copied().unwrap_or(length),
            None => (character as u32).min(length),
        }
    }

    fn origin(&self, start: usize, end: usize) -> Origin {
        let (start, end) = (self.byte(start), self.byte(end));
        self.text.origin_of(start..end.max(start))
    }

    fn event(&mut self, event: Event<'_>, place: Place) -> Result<(), FunctionError> {
        self.nodes += 1;
        let start = place.start.index();
        match event {
            Event::Scalar(characters, style, anchor, tag) => {
                let origin = self.origin(start, place.end.index());
                let is_key = matches!(self.open.last(), Some(Frame { kind: FrameKind::Map(_, None, _), .. }));
                if is_key && characters == "<<" && style == ScalarStyle::Plain && tag.is_none() {
                    if let Some(Frame { kind: FrameKind::Map(_, key, _), .. }) = self.open.last_mut() {
                        *key = Some(Key::Merge);
                    }
                    return Ok(());
                }
                let written = self.written(&characters, start, place.end.index(), &origin);
                let value = self.scalar(&characters, written, style, tag.as_deref(), origin)?;
                self.complete(value, anchor)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(value) => self.complete(value.clone(), 0),
                None => Err(self.error("an alias stands for what contains it")),
            },
            Event::SequenceStart(anchor, _) => {
                self.open.push(Frame { anchor, start, kind: FrameKind::List(Vec::new()) });
                Ok(())
            }
            Event::MappingStart(anchor, _) => {
                self.open.push(Frame { anchor, start, kind: FrameKind::Map(Vec::new(), None, Vec::new()) });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(frame) = self.open.pop() else { return Ok(()) };
                let origin = self.origin(frame.start, place.end.index());
                let value = match frame.kind {
                    FrameKind::List(values) => Value::new(Data::Sequence(values.into()), Type::Tuple, origin),
                    FrameKind::Map(pairs, _, merged) => {
                        let mut entries = EntryList::default();
                        let own = |key: &Text| pairs.iter().any(|(known, _)| known == key);
                        for map in &merged {
                            let Data::Entries { entries: list, .. } = &map.data else { continue };
                            for entry in list.iter().filter(|entry| entry.shadowed.is_none() && !own(&entry.key)) {
                                entries.add(Value::string(entry.key.clone()), entry.value.clone());
                            }
                        }
                        for (key, value) in pairs {
                            entries.add(Value::string(key), value);
                        }
                        entries.finish(origin)
                    }
                };
                self.complete(value, frame.anchor)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => Ok(()),
        }
    }

    /// A value is complete: it is a key, a member, an element or the document.
    fn complete(&mut self, value: Value, anchor: usize) -> Result<(), FunctionError> {
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut().map(|frame| &mut frame.kind) {
            None => self.document = Some(value),
            Some(FrameKind::List(values)) => values.push(value),
            Some(FrameKind::Map(pairs, key, merged)) => match key.take() {
                None => match value.to_text() {
                    Some(text) => *key = Some(Key::Text(text)),
                    None => return Err(self.error("a key must be a string, a number or a bool")),
                },
                Some(Key::Text(text)) => pairs.push((text, value)),
                Some(Key::Merge) => match &value.data {
                    Data::Entries { .. } | Data::Unknown(_) => merged.push(value),
                    _ => return Err(self.error(format!("`<<` takes a map, and this is {}", value.noun()))),
                },
            },
        }
        Ok(())
    }

    /// The characters of a scalar, with their places where they stand as they are.
    fn written(&self, characters: &str, start: usize, end: usize, origin: &Origin) -> Text {
        let (start, end) = (self.byte(start) as usize, self.byte(end) as usize);
        let raw = self.text.decoded().get(start..end).unwrap_or_default();
        match raw.find(characters).filter(|_| !characters.is_empty()) {
            Some(at) => self.text.slice((start + at) as u32..(start + at + characters.len()) as u32),
            None => Text::derived(characters, origin.clone()),
        }
    }

    fn scalar(&self, characters: &str, written: Text, style: ScalarStyle, tag: Option<&Tag>, origin: Origin) -> Outcome {
        let string = |text: Text| {
            let mut value = self.call.string(text);
            value.sensitive = self.call.value(0).sensitive;
            Ok(value)
        };
        match tag {
            Some(tag) if !tag.is_yaml_core_schema() => {
                return Err(self.error(format!("the tag `{}{}` is not supported", tag.handle, tag.suffix)));
            }
            Some(tag) if tag.suffix == "str" => return string(written),
            Some(tag) if tag.suffix == "null" => return Ok(Value::new(Data::Null, Type::Any, origin)),
            Some(tag) if tag.suffix == "binary" => return Ok(self.call.unknown(Unknown::Unsupported("binary data in YAML"))),
            _ => {}
        }
        if style != ScalarStyle::Plain {
            return string(written);
        }
        let bool = |bool| Ok(Value::new(Data::Bool(bool), Type::Bool, origin.clone()));
        match characters {
            "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::new(Data::Null, Type::Any, origin)),
            "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return bool(true),
            "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => return bool(false),
            ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" => {
                return Ok(Value::new(Data::Number(Number::infinity(characters.starts_with('-'))), Type::Number, origin));
            }
            ".nan" | ".NaN" | ".NAN" => return Err(self.error("what is not a number is not supported")),
            _ => {}
        }
        if let Some(number) = number(characters) {
            return Ok(Value::new(Data::Number(number), Type::Number, origin));
        }
        match time::yaml_timestamp(characters) {
            Some(timestamp) => string(written.with_decoded(&timestamp)),
            None => string(written),
        }
    }
}

/// The number that a plain word is.
fn number(word: &str) -> Option<Number> {
    let radix =
        |digits: &str, radix| num_bigint::BigInt::parse_bytes(digits.as_bytes(), radix).map(|integer| Number::from_integer(&integer));
    let unsigned = word.strip_prefix(['-', '+']).unwrap_or(word);
    let negated = |number: Number| if word.starts_with('-') { number.negated() } else { number };
    let is_plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if let Some(digits) = unsigned.strip_prefix("0x").filter(|digits| is_plain(digits)) {
        return radix(digits, 16).map(negated);
    }
    if let Some(digits) = unsigned.strip_prefix("0o").filter(|digits| is_plain(digits)) {
        return radix(digits, 8).map(negated);
    }
    let begins = unsigned.starts_with(|character: char| character.is_ascii_digit() || character == '.');
    begins.then(|| Number::parse(word)).flatten()
}
