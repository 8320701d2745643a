//! Encodings of one byte a character, by the tables of `rules/encodings/`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use serde::Deserialize;

/// An encoding of one byte a character.
#[derive(Debug)]
pub struct SingleByte {
    /// The character of each byte, if it has one.
    characters: [Option<char>; 256],
    bytes: HashMap<char, u8>,
}

impl SingleByte {
    fn new(other: &BTreeMap<String, Option<char>>) -> Self {
        let character = |byte: u8| other.get(&format!("{byte:02x}")).copied().unwrap_or_else(|| Some(char::from(byte)));
        let mut characters = [None; 256];
        let mut bytes = HashMap::new();
        for byte in 0..=u8::MAX {
            characters[usize::from(byte)] = character(byte);
            if let Some(character) = character(byte) {
                bytes.entry(character).or_insert(byte);
            }
        }
        Self { characters, bytes }
    }

    /// The bytes of a text; `None` where it has a character that is not among them.
    #[must_use]
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        text.chars().map(|character| self.bytes.get(&character).copied()).collect()
    }

    /// The text of bytes; `None` where one of them stands for nothing.
    #[must_use]
    pub fn decode(&self, bytes: &[u8]) -> Option<String> {
        bytes.iter().map(|byte| self.characters[usize::from(*byte)]).collect()
    }
}

#[derive(Deserialize)]
struct File {
    encodings: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    names: Vec<String>,
    other: BTreeMap<String, Option<char>>,
}

/// The encoding of a name in small letters, as the IANA registry has it.
#[must_use]
pub fn named(name: &str) -> Option<&'static SingleByte> {
    static TABLES: LazyLock<(HashMap<String, usize>, Vec<SingleByte>)> = LazyLock::new(|| {
        let text = include_str!("../../../rules/encodings/single-byte.json");
        let File { encodings } = serde_json::from_str(text).expect("rules/encodings is checked by a test");
        let names = encodings.iter().enumerate().flat_map(|(at, row)| row.names.iter().map(move |name| (name.clone(), at))).collect();
        (names, encodings.iter().map(|row| SingleByte::new(&row.other)).collect())
    });
    let (names, tables) = &*TABLES;
    names.get(name).map(|at| &tables[*at])
}
