//! Every function with every kind of argument: whatever comes in, something comes out.

use proptest::prelude::*;

use super::{Argument, Function, find};
use crate::{
    origin::Origin,
    source::{SourceId, Span},
    terraform::eval::EntryList,
    text::Text,
    value::{Data, Number, Open, Type, Unknown, Value},
};

const SPAN: Span = Span { source: SourceId(0), start: 0, end: 9 };

fn origin() -> Origin {
    Origin::at(SPAN)
}

fn text(characters: &str) -> Value {
    Value::string(Text::derived(characters, origin()))
}

/// A text with a part that is not known.
fn partial() -> Value {
    let mut builder = Text::build(origin());
    builder.push_folded("aé", origin());
    builder.push_unknown(origin(), "known after apply");
    builder.push_folded("%s-9", origin());
    Value::string(builder.finish())
}

fn leaf() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        Just(String::new()),
        "[a-z0-9,.:/%{}\\[\\]()*+?\\\\'\" \n-]{0,12}",
        any::<String>(),
        Just("10.0.0.0/8".to_owned()),
        Just("fd00::/8".to_owned()),
        Just("2018-01-02T23:12:01Z".to_owned()),
        Just("%5.2f %v %[2]q".to_owned()),
        Just("a: [1, {b: c}]".to_owned()),
        Just("{\"a\": [1]}".to_owned()),
        Just("e\u{301}👨‍👩‍👧".to_owned()),
    ];
    let numbers = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (-40i64..40).prop_map(|number| number.to_string()),
        Just("1e300".to_owned()),
        Just("-1e4000".to_owned()),
        Just("0.1".to_owned()),
        Just("-0".to_owned()),
    ];
    prop_oneof![
        8 => words.prop_map(|word| text(&word)),
        8 => numbers.prop_map(|number| Value::new(Number::parse(&number).map_or(Data::Null, Data::Number), Type::Number, origin())),
        1 => any::<bool>().prop_map(|bool| Value::new(Data::Bool(bool), Type::Bool, origin())),
        1 => Just(Value::new(Data::Null, Type::Any, origin())),
        1 => Just(Value::new(Data::Null, Type::List(Type::String.into()), origin())),
        1 => Just(Value::unknown(Unknown::AfterApply, origin())),
        1 => Just(partial()),
        1 => Just(Value::one_of(vec![text("a"), text("b")], origin())),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 24, 5, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..5);
        let map = prop::collection::vec((leaf(), inner), 0..5);
        prop_oneof![
            list.prop_map(|values| Value::new(Data::Sequence(values.into()), Type::Tuple, origin())),
            (map, any::<bool>()).prop_map(|(pairs, open)| {
                let mut entries = EntryList::default();
                for (key, value) in pairs {
                    entries.add(key, value);
                }
                if open {
                    entries.open(Open { why: Unknown::NoDefault, span: SPAN });
                }
                entries.finish(origin())
            }),
        ]
    })
}

fn call(function: &Function, values: &[Value]) {
    let arguments = values.iter().map(|value| Argument { value: value.clone(), span: SPAN }).collect();
    if let Ok(value) = function.call(arguments, SPAN) {
        // The result is one that others can work with.
        drop(value.full_type());
        drop(super::json::encode(&value));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_argument_breaks_a_function(values in prop::collection::vec(any_value(), 0..4)) {
        for line in include_str!("../../../fixtures/terraform/functions/signatures.jsonl").lines() {
            let signature: serde_json::Value = serde_json::from_str(line).expect("JSON");
            call(find(signature["name"].as_str().expect("a name")).expect("it is there"), &values);
        }
        for name in ["arn_build", "arn_parse", "trim_iam_role_path"] {
            call(find(&format!("provider::aws::{name}")).expect("it is there"), &values);
        }
    }
}

/// More spaces than there is memory are made for no line.
#[test]
fn a_number_of_spaces_takes_no_memory_by_itself() {
    let spaces = Value::new(Data::Number(Number::parse("9000000000000000000").expect("a number")), Type::Number, origin());
    let indent = |given: &str| {
        let arguments = [spaces.clone(), text(given)].map(|value| Argument { value, span: SPAN });
        find("indent").expect("it is there").call(arguments.to_vec(), SPAN).expect("a value")
    };
    assert_eq!(indent("one line").to_text().map(|text| text.decoded().to_owned()), Some("one line".to_owned()));
    assert!(matches!(indent("two\nlines").data, Data::Unknown(_)));
}
