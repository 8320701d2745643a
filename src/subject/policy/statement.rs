//! Statements: what a policy's objects say, element by element.

use std::sync::{Arc, OnceLock};

use super::{
    access::Who,
    form::Form,
    node::{Member, Node, NodeData, Object},
};
use crate::{
    facts::{
        Facts,
        policy::{ConditionKey, Covered, Family, Host, ServicePolicy, TagInKey, WrittenOperator},
    },
    origin::{HasOrigin, Origin},
    text::Text,
};

/// One statement. The typed fields read what has the right shape and leave out what has not; `object` has all of it.
///
/// An element whose name differs only by letter case is read as if it were right: one mistake is one finding.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Its place among the entries of `Statement`, from 0.
    pub index: usize,
    /// All of its members. `object.open`: more may follow, a condition among them.
    pub object: Object,
    elements: Elements,
    /// Where it is written.
    pub origin: Origin,
    /// `Sid`, if it is a string.
    pub sid: Option<Text>,
    /// `Effect`, if it is known and has one of the two values.
    pub effect: Option<Effect>,
    /// `Principal` or `NotPrincipal`.
    pub principals: Option<Principals>,
    /// `Action` or `NotAction`.
    pub actions: Option<Strings>,
    /// `Resource` or `NotResource`.
    pub resources: Option<Strings>,
    /// `Condition`.
    pub conditions: Conditions,
}

/// The elements of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// `Sid`
    Sid,
    /// `Effect`
    Effect,
    /// `Principal`
    Principal,
    /// `NotPrincipal`
    NotPrincipal,
    /// `Action`
    Action,
    /// `NotAction`
    NotAction,
    /// `Resource`
    Resource,
    /// `NotResource`
    NotResource,
    /// `Condition`
    Condition,
}

impl Element {
    /// Their names, in order.
    pub const NAMES: [&str; 9] =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// Which member of a statement each element is: looked for once, and asked by many rules.
#[derive(Debug, Clone, Copy, Default)]
struct Elements {
    places: [Option<u32>; Element::NAMES.len()],
    has_others: bool,
}

impl Elements {
    /// As [`Object::get`]: the exact name wins; else the last member that differs only by letter case.
    fn of(object: &Object) -> Self {
        let mut elements = Self::default();
        let mut exact = [false; Element::NAMES.len()];
        for (member, at) in object.members.iter().zip(0_u32..) {
            let Some(name) = member.name.known() else {
                elements.has_others = true;
                continue;
            };
            let found = Element::NAMES.iter().position(|element| element.eq_ignore_ascii_case(name));
            let is_exact = found.is_some_and(|found| Element::NAMES[found] == name);
            elements.has_others |= !is_exact;
            if let Some(found) = found.filter(|found| is_exact || !exact[*found]) {
                elements.places[found] = Some(at);
                exact[found] = is_exact;
            }
        }
        elements
    }

    fn get<'o>(&self, object: &'o Object, element: Element) -> Option<&'o Member> {
        object.members.get(self.places[element as usize]? as usize)
    }

    /// The element, or its opposite; the first wins where both are written, which is a finding of its own.
    fn either<'o>(&self, object: &'o Object, plain: Element, negated: Element) -> Option<(&'o Member, bool)> {
        self.get(object, plain).map(|member| (member, false)).or_else(|| self.get(object, negated).map(|member| (member, true)))
    }
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// An element that is a string or a list of strings.
#[derive(Debug, Clone)]
pub struct Strings {
    /// Whether it is the element that begins with `Not`.
    pub negated: bool,
    /// The element itself.
    pub member: Member,
    /// Its strings, perhaps known in part.
    pub values: Vec<Text>,
    /// There are, or may be, strings that are not known at all, or values that are no strings.
    pub open: bool,
    /// What each value covers as an action, once a rule asked.
    covered: OnceLock<Box<[Covered]>>,
}

/// Who a statement is about.
#[derive(Debug, Clone)]
pub struct Principals {
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// The element itself.
    pub member: Member,
    /// Each value, with the member it stands in.
    pub entries: Vec<Principal>,
    /// There are, or may be, principals that are not known at all, or values that are no strings.
    pub open: bool,
}

/// One principal.
#[derive(Debug, Clone)]
pub struct Principal {
    /// `AWS`, `Service` and so on; `None` where the element is a string (`"Principal": "*"`).
    pub group: Option<Text>,
    /// Its value, perhaps known in part.
    pub value: Text,
    stands: Stands,
    who: OnceLock<Who>,
    host: OnceLock<Option<Host>>,
}

/// The member that a principal stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Identities,
    Services,
    Elsewhere,
}

/// The member of `Principal` for accounts, users and roles. It and the next are words of the policy language, as `Principal` is.
const IDENTITIES: &str = "AWS";
/// The member for services.
const SERVICES: &str = "Service";

/// The conditions of a statement: all of them must hold.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// The element itself.
    pub member: Option<Member>,
    /// One for each key under each operator.
    pub tests: Vec<Condition>,
    /// There are, or may be, tests that are not known.
    pub open: bool,
}

/// One key under one operator: it holds if one of the values fits (with a negated operator: if none does).
#[derive(Debug, Clone)]
pub struct Condition {
    /// As written: `ForAnyValue:StringEqualsIfExists`.
    pub operator: Text,
    /// The condition key.
    pub key: Text,
    /// Its values: strings, booleans, numbers and what is none of these.
    pub values: Arc<[Node]>,
    /// There are, or may be, values that are not known.
    pub open: bool,
    /// The values as they are written: one, or a list.
    pub value: Node,
    /// What operator and key are, once a rule asked.
    meaning: OnceLock<(Option<WrittenOperator<'static>>, Option<&'static ConditionKey>)>,
}

impl Statement {
    pub(super) fn read(index: usize, node: &Node) -> Option<Self> {
        let object = node.as_object()?;
        let elements = Elements::of(object);
        let member = |element| elements.get(object, element);
        let either = |plain, negated| elements.either(object, plain, negated);
        Some(Self {
            index,
            origin: node.origin.clone(),
            sid: member(Element::Sid).and_then(|sid| sid.value.as_text()).cloned(),
            effect: member(Element::Effect).and_then(|effect| match effect.value.as_text()?.known()? {
                "Allow" => Some(Effect::Allow),
                "Deny" => Some(Effect::Deny),
                _ => None,
            }),
            principals: either(Element::Principal, Element::NotPrincipal).map(|(member, negated)| Principals::read(member, negated)),
            actions: either(Element::Action, Element::NotAction).map(|(member, negated)| Strings::read(member, negated)),
            resources: either(Element::Resource, Element::NotResource).map(|(member, negated)| Strings::read(member, negated)),
            conditions: Conditions::read(member(Element::Condition), object.open),
            object: object.clone(),
            elements,
        })
    }

    /// The element as it is written, letter case aside.
    #[must_use]
    pub fn element(&self, element: Element) -> Option<&Member> {
        self.elements.get(&self.object, element)
    }

    /// Whether a member is no element as it is written, or may be none: perhaps the one that seems to be absent.
    #[must_use]
    pub fn has_other_members(&self) -> bool {
        self.elements.has_others
    }

    /// What messages call it: its Sid in backticks, else its number.
    #[must_use]
    pub fn name(&self) -> String {
        match self.sid.as_ref().filter(|sid| !sid.decoded().is_empty()) {
            Some(sid) => format!("statement `{}`", sid.shown()),
            None => format!("statement {}", self.index + 1),
        }
    }

    /// What tells its findings from those of others whatever the lines: its Sid, else its number.
    #[must_use]
    pub fn identity(&self) -> String {
        match self.sid.as_ref().and_then(Text::known).filter(|sid| !sid.is_empty()) {
            Some(sid) => sid.to_owned(),
            None => format!("#{}", self.index + 1),
        }
    }

    /// How it is written.
    #[must_use]
    pub fn form(&self) -> Form {
        Form::of(&self.object, &self.origin)
    }

    /// Whether it certainly allows.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.effect == Some(Effect::Allow)
    }

    /// Whether it certainly denies.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.effect == Some(Effect::Deny)
    }

    /// Whether it certainly has no condition.
    #[must_use]
    pub fn is_unconditional(&self) -> bool {
        self.conditions.tests.is_empty() && !self.conditions.open
    }
}

/// The strings of a value that is one or a list of them, and whether that is certainly all.
fn strings(node: &Node) -> (Vec<Text>, bool) {
    match &node.data {
        NodeData::String(text) => (vec![text.clone()], false),
        NodeData::List(list) => {
            let values: Vec<Text> = list.items.iter().filter_map(Node::as_text).cloned().collect();
            let open = list.open || values.len() < list.items.len();
            (values, open)
        }
        NodeData::Null | NodeData::Bool(_) | NodeData::Number(_) | NodeData::Object(_) | NodeData::Unknown(_) | NodeData::Broken => {
            (Vec::new(), true)
        }
    }
}

impl Strings {
    fn read(member: &Member, negated: bool) -> Self {
        let (values, open) = strings(&member.value);
        Self { negated, member: member.clone(), values, open, covered: OnceLock::new() }
    }

    /// What each value covers as an action in the policy of `service`; nothing where it is not known.
    pub fn covered(&self, service: &ServicePolicy) -> &[Covered] {
        let of = |value: &Text| value.known().map_or_else(Covered::default, |known| service.covered(known));
        self.covered.get_or_init(|| self.values.iter().map(of).collect())
    }

    /// Whether every value is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.open && self.values.iter().all(Text::is_known)
    }
}

impl Principals {
    fn read(member: &Member, negated: bool) -> Self {
        let (entries, open) = match &member.value.data {
            NodeData::String(text) => (vec![Principal::new(None, text.clone())], false),
            NodeData::Object(object) => {
                let mut open = object.open;
                let mut entries = Vec::new();
                for group in object.members.iter() {
                    let (values, more) = strings(&group.value);
                    open |= more || !group.name.is_known();
                    entries.extend(values.into_iter().map(|value| Principal::new(Some(group.name.clone()), value)));
                }
                (entries, open)
            }
            NodeData::Null | NodeData::Bool(_) | NodeData::Number(_) | NodeData::List(_) | NodeData::Unknown(_) | NodeData::Broken => {
                (Vec::new(), true)
            }
        };
        Self { negated, member: member.clone(), entries, open }
    }

    /// Whether every value is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.open && self.entries.iter().all(|entry| entry.value.is_known())
    }
}

impl Principal {
    fn new(group: Option<Text>, value: Text) -> Self {
        let stands = match &group {
            None => Stands::Identities,
            Some(group) => match group.known() {
                Some(name) if name.eq_ignore_ascii_case(IDENTITIES) => Stands::Identities,
                Some(name) if name.eq_ignore_ascii_case(SERVICES) => Stands::Services,
                Some(_) | None => Stands::Elsewhere,
            },
        };
        Self { group, value, stands, who: OnceLock::new(), host: OnceLock::new() }
    }

    /// Who it is.
    #[must_use]
    pub fn who(&self) -> &Who {
        self.who.get_or_init(|| Who::of(self))
    }

    /// The host of a service that its value is, whatever member it stands in; `None` where it is none, or not known.
    #[must_use]
    pub fn host(&self) -> Option<&Host> {
        let read = || self.value.known().and_then(|written| Facts::builtin().policy().principals().host(written));
        self.host.get_or_init(read).as_ref()
    }

    /// The known name of its group; `*` alone counts as `AWS`, as it does for the services.
    #[must_use]
    pub fn group_name(&self) -> Option<&str> {
        match &self.group {
            Some(group) => group.known(),
            None => Some(IDENTITIES),
        }
    }

    /// Whether it stands where accounts, users and roles do.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.group.is_some() && self.is_or_counts_as_identity()
    }

    /// Whether it stands where services do.
    #[must_use]
    pub fn is_service(&self) -> bool {
        self.stands == Stands::Services
    }

    /// Whether it stands where accounts, users and roles do, or is `*` alone.
    #[must_use]
    pub fn is_or_counts_as_identity(&self) -> bool {
        self.stands == Stands::Identities
    }
}

impl Conditions {
    fn read(member: Option<&Member>, more_elements: bool) -> Self {
        let Some(member) = member else { return Self { open: more_elements, ..Self::default() } };
        let mut conditions = Self { member: Some(member.clone()), tests: Vec::new(), open: false };
        let Some(operators) = member.value.as_object() else {
            conditions.open = true;
            return conditions;
        };
        conditions.open = operators.open;
        for operator in operators.members.iter() {
            let Some(keys) = operator.value.as_object() else {
                conditions.open = true;
                continue;
            };
            conditions.open |= keys.open;
            for key in keys.members.iter() {
                let (values, open) = match &key.value.data {
                    NodeData::List(list) => (list.items.clone(), list.open),
                    NodeData::Unknown(_) | NodeData::Broken => (Arc::default(), true),
                    _ => (Arc::from([key.value.clone()]), false),
                };
                conditions.tests.push(Condition {
                    operator: operator.name.clone(),
                    key: key.name.clone(),
                    values,
                    open,
                    value: key.value.clone(),
                    meaning: OnceLock::new(),
                });
            }
        }
        conditions
    }
}

impl Condition {
    fn meaning(&self) -> (Option<WrittenOperator<'static>>, Option<&'static ConditionKey>) {
        *self.meaning.get_or_init(|| {
            let facts = Facts::builtin().policy();
            (self.operator.known().and_then(|written| facts.operator(written)), self.key.known().and_then(|written| facts.key(written)))
        })
    }

    /// What is known of its operator; `None` where it is none, or not known.
    #[must_use]
    pub fn known_operator(&self) -> Option<WrittenOperator<'static>> {
        self.meaning().0
    }

    /// What is known of its key, whatever service has it; `None` where it is none, or not known.
    #[must_use]
    pub fn known_key(&self) -> Option<&'static ConditionKey> {
        self.meaning().1
    }

    /// Its key, if requests to a service may have it.
    #[must_use]
    pub fn key_in(&self, service: &ServicePolicy) -> Option<&'static ConditionKey> {
        self.known_key().filter(|key| Facts::builtin().policy().is_in(key, service))
    }

    /// Whether it fails where the request lacks its key; so it does not where that is not known.
    #[must_use]
    pub fn fails_without_key(&self) -> bool {
        let Some(written) = self.known_operator() else { return false };
        let holds_without =
            written.if_exists || written.operator.negated || written.qualifier.is_some_and(|qualifier| qualifier.true_when_absent);
        !holds_without && written.operator.family != Family::Null
    }

    /// What its key says of tags, if requests to a service may have it.
    #[must_use]
    pub fn tag_in(&self, service: &ServicePolicy) -> Option<TagInKey<'_>> {
        Facts::builtin().policy().tag_in(service, self.key_in(service)?, self.key.known()?)
    }

    /// Whether operator, key and all values are known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.open && self.operator.is_known() && self.key.is_known() && self.values.iter().all(Node::is_known)
    }
}

impl HasOrigin for Statement {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }
}

impl HasOrigin for Principal {
    fn origin(&self) -> Origin {
        self.value.origin()
    }
}
