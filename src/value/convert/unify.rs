//! Which types convert to which, and the type that several have in common. The order of the cases is that of Terraform's type system (cty).

use std::{cmp::Ordering, sync::Arc};

use crate::value::{Attribute, Type};

/// How deep types are compared.
const MAX_DEPTH: u32 = 300;

/// Whether values of one type convert to another. Safe conversions always succeed; the others may fail on a value, as `string` to `number`.
#[must_use]
pub fn converts(from: &Type, to: &Type, safe: bool) -> bool {
    converts_within(from, to, safe, MAX_DEPTH)
}

fn converts_within(from: &Type, to: &Type, safe: bool, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    if from == to {
        return true;
    }
    let inner = |from: &Type, to: &Type| from == to || converts_within(from, to, safe, depth);
    match (from, to) {
        (_, Type::Any) => true,
        (Type::Any | Type::Tuple | Type::Object, _) => !safe,
        (Type::Number | Type::Bool, Type::String) => true,
        (Type::String, Type::Number | Type::Bool) => !safe,
        (Type::ObjectOf(from), Type::ObjectOf(to)) => to.iter().all(|wanted| match find(from, &wanted.name) {
            Some(given) => inner(&given.ty, &wanted.ty),
            None => wanted.optional,
        }),
        (Type::TupleOf(from), Type::TupleOf(to)) => from.len() == to.len() && from.iter().zip(to.iter()).all(|(from, to)| inner(from, to)),
        (Type::List(from) | Type::Set(from), Type::List(to)) | (Type::Set(from), Type::Set(to)) | (Type::Map(from), Type::Map(to)) => {
            inner(from, to)
        }
        (Type::List(from), Type::Set(to)) => !safe && inner(from, to),
        (Type::TupleOf(from), Type::List(to) | Type::Set(to)) => elements(from, to, safe, depth),
        (Type::ObjectOf(from), Type::Map(to)) => {
            let types: Vec<Type> = from.iter().map(|attribute| attribute.ty.clone()).collect();
            elements(&types, to, safe, depth)
        }
        (Type::Map(from), Type::ObjectOf(to)) => !safe && to.iter().all(|wanted| wanted.optional || inner(from, &wanted.ty)),
        _ => false,
    }
}

/// Whether values of these types are elements of one type.
fn elements(from: &[Type], to: &Type, safe: bool, depth: u32) -> bool {
    if from.is_empty() {
        return true;
    }
    if *to != Type::Any {
        return from.iter().all(|from| converts_within(from, to, safe, depth));
    }
    match unify_within(from, safe, depth) {
        None => false,
        Some(Type::Any) => from.iter().all(|from| *from == Type::Any),
        Some(common) => from.iter().all(|from| converts_within(from, &common, safe, depth)),
    }
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.binary_search_by(|attribute| (*attribute.name).cmp(name)).ok().map(|at| &attributes[at])
}

/// The type that all of these convert to; `None` where there is none.
#[must_use]
pub fn unify(types: &[Type], safe: bool) -> Option<Type> {
    unify_within(types, safe, MAX_DEPTH)
}

fn unify_within(types: &[Type], safe: bool, depth: u32) -> Option<Type> {
    let depth = depth.checked_sub(1)?;
    let first = types.first()?;
    if types.iter().all(|ty| ty == first) && !matches!(first, Type::Tuple | Type::Object) {
        return Some(first.clone());
    }
    let count = |wanted: fn(&Type) -> bool| types.iter().filter(|ty| wanted(ty)).count();
    let any = count(|ty| matches!(ty, Type::Any | Type::Tuple | Type::Object));
    let (maps, objects) = (count(|ty| matches!(ty, Type::Map(_))), count(|ty| matches!(ty, Type::ObjectOf(_))));
    let (lists, tuples) = (count(|ty| matches!(ty, Type::List(_))), count(|ty| matches!(ty, Type::TupleOf(_))));
    let sets = count(|ty| matches!(ty, Type::Set(_)));
    let all = types.len();
    for (some, make) in [(maps, Type::Map as fn(Arc<Type>) -> Type), (lists, Type::List), (sets, Type::Set)] {
        if some > 0 && some + any == all {
            // What is not decided may turn out to be anything.
            return if any > 0 { Some(Type::Any) } else { Some(make(unify_within(&inner_types(types), safe, depth)?.into())) };
        }
    }
    if maps > 0
        && maps + objects + any == all
        && let Some(found) = unify_as(types, |ty| matches!(ty, Type::ObjectOf(_)), Type::Map, safe, depth)
    {
        return Some(found);
    }
    if lists > 0
        && lists + tuples + any == all
        && let Some(found) = unify_as(types, |ty| matches!(ty, Type::TupleOf(_)), Type::List, safe, depth)
    {
        return Some(found);
    }
    if objects > 0 && objects + any == all {
        return if any > 0 { Some(Type::Any) } else { unify_objects(types, safe, depth) };
    }
    if tuples > 0 && tuples + any == all {
        return if any > 0 { Some(Type::Any) } else { unify_tuples(types, safe, depth) };
    }
    if objects > 0 && tuples > 0 {
        return None;
    }
    let fits = |wanted: &&Type| types.iter().all(|ty| ty == *wanted || converts_within(ty, wanted, safe, depth));
    by_preference(types).into_iter().map(|at| &types[at]).find(fits).cloned()
}

/// The types of what a collection or structure holds.
fn inner_types(types: &[Type]) -> Vec<Type> {
    let mut inner = Vec::new();
    for ty in types {
        match ty {
            Type::List(element) | Type::Set(element) | Type::Map(element) => inner.push((**element).clone()),
            Type::TupleOf(elements) => inner.extend(elements.iter().cloned()),
            Type::ObjectOf(attributes) => inner.extend(attributes.iter().map(|attribute| attribute.ty.clone())),
            Type::Any | Type::Bool | Type::Number | Type::String | Type::Tuple | Type::Object => {}
        }
    }
    inner
}

/// Tuples are often lists in disguise, objects maps: takes them for such, and all of them together.
fn unify_as(types: &[Type], disguised: fn(&Type) -> bool, make: fn(Arc<Type>) -> Type, safe: bool, depth: u32) -> Option<Type> {
    let structures: Vec<Type> = types.iter().filter(|ty| disguised(ty)).cloned().collect();
    let common = make(unify_within(&inner_types(&structures), safe, depth)?.into());
    if !structures.iter().all(|ty| converts_within(ty, &common, safe, depth)) {
        return None;
    }
    let as_collections: Vec<Type> = types.iter().map(|ty| if disguised(ty) { common.clone() } else { ty.clone() }).collect();
    let found = unify_within(&as_collections, safe, depth)?;
    matches!((&found, &common), (Type::Map(_), Type::Map(_)) | (Type::List(_), Type::List(_))).then_some(found)
}

fn unify_objects(types: &[Type], safe: bool, depth: u32) -> Option<Type> {
    let lists: Vec<&[Attribute]> = types.iter().filter_map(|ty| if let Type::ObjectOf(list) = ty { Some(&**list) } else { None }).collect();
    let (first, rest) = lists.split_first()?;
    let same_names =
        |list: &&[Attribute]| list.len() == first.len() && list.iter().zip(first.iter()).all(|(left, right)| left.name == right.name);
    if rest.iter().all(same_names) {
        let mut attributes = Vec::new();
        for at in 0..first.len() {
            let across: Vec<Type> = lists.iter().map(|list| list[at].ty.clone()).collect();
            attributes.push((first[at].name.clone(), unify_within(&across, safe, depth)?));
        }
        let common = Type::object(attributes);
        if types.iter().all(|ty| converts_within(ty, &common, safe, depth)) {
            return Some(common);
        }
    }
    collection(types, Type::Map, safe, depth)
}

fn unify_tuples(types: &[Type], safe: bool, depth: u32) -> Option<Type> {
    let lists: Vec<&[Type]> = types.iter().filter_map(|ty| if let Type::TupleOf(list) = ty { Some(&**list) } else { None }).collect();
    let (first, rest) = lists.split_first()?;
    if rest.iter().all(|list| list.len() == first.len()) {
        let mut elements = Vec::new();
        for at in 0..first.len() {
            let across: Vec<Type> = lists.iter().map(|list| list[at].clone()).collect();
            elements.push(unify_within(&across, safe, depth)?);
        }
        let common = Type::TupleOf(elements.into());
        if types.iter().all(|ty| converts_within(ty, &common, safe, depth)) {
            return Some(common);
        }
    }
    collection(types, Type::List, safe, depth)
}

fn collection(types: &[Type], make: fn(Arc<Type>) -> Type, safe: bool, depth: u32) -> Option<Type> {
    let common = make(unify_within(&inner_types(types), safe, depth)?.into());
    types.iter().all(|ty| converts_within(ty, &common, safe, depth)).then_some(common)
}

/// The order in which types are tried: more general ones first, else as given.
fn by_preference(types: &[Type]) -> Vec<usize> {
    let count = types.len();
    // Most lists have few types; of many only the distinct ones matter.
    let mut distinct: Vec<usize> = Vec::new();
    for at in 0..count {
        if distinct.len() < 64 && !distinct.iter().any(|known| types[*known] == types[at]) {
            distinct.push(at);
        }
    }
    let mut before = vec![0; distinct.len()];
    let mut edges = vec![Vec::new(); distinct.len()];
    for left in 0..distinct.len() {
        for right in left + 1..distinct.len() {
            match generality(&types[distinct[left]], &types[distinct[right]]) {
                Ordering::Less => edges[left].push(right),
                Ordering::Greater => edges[right].push(left),
                Ordering::Equal => {}
            }
        }
    }
    for targets in &edges {
        for target in targets {
            before[*target] += 1;
        }
    }
    let mut queue: Vec<usize> = (0..distinct.len()).filter(|at| before[*at] == 0).collect();
    let mut next = 0;
    while let Some(at) = queue.get(next).copied() {
        next += 1;
        for target in &edges[at] {
            before[*target] -= 1;
            if before[*target] == 0 {
                queue.push(*target);
            }
        }
    }
    queue.into_iter().map(|at| distinct[at]).collect()
}

/// `Less` where the left type is the more general one.
fn generality(left: &Type, right: &Type) -> Ordering {
    match (left, right) {
        (Type::Any | Type::Tuple | Type::Object, Type::Any | Type::Tuple | Type::Object) => Ordering::Equal,
        (Type::Any | Type::Tuple | Type::Object, _) => Ordering::Greater,
        (_, Type::Any | Type::Tuple | Type::Object) => Ordering::Less,
        (Type::String, Type::Number | Type::Bool) => Ordering::Less,
        (Type::Number | Type::Bool, Type::String) => Ordering::Greater,
        (Type::List(left), Type::List(right)) | (Type::Set(left), Type::Set(right)) | (Type::Map(left), Type::Map(right)) => {
            generality(left, right)
        }
        (Type::TupleOf(_) | Type::List(_), Type::Set(_)) | (Type::List(_), Type::TupleOf(_)) | (Type::Map(_), Type::ObjectOf(_)) => {
            Ordering::Less
        }
        (Type::Set(_), Type::TupleOf(_) | Type::List(_)) | (Type::TupleOf(_), Type::List(_)) | (Type::ObjectOf(_), Type::Map(_)) => {
            Ordering::Greater
        }
        (Type::ObjectOf(left), Type::ObjectOf(right)) => {
            if left.len() != right.len() || left.iter().zip(right.iter()).any(|(left, right)| left.name != right.name) {
                return Ordering::Equal;
            }
            together(left.iter().zip(right.iter()).map(|(left, right)| generality(&left.ty, &right.ty)))
        }
        (Type::TupleOf(left), Type::TupleOf(right)) => {
            if left.len() != right.len() {
                return Ordering::Equal;
            }
            together(left.iter().zip(right.iter()).map(|(left, right)| generality(left, right)))
        }
        _ => Ordering::Equal,
    }
}

fn together(parts: impl Iterator<Item = Ordering>) -> Ordering {
    let (mut less, mut greater) = (false, false);
    for part in parts {
        less |= part == Ordering::Less;
        greater |= part == Ordering::Greater;
    }
    match (less, greater) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
