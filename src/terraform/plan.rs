//! Resources of a plan: their arguments as values, each with its place in the plan, and what joins them to their configuration.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, HashSet},
    ops::Range,
    rc::Rc,
    sync::Arc,
};

use super::{
    Evaluated, Given,
    eval::EntryList,
    functions,
    provider::{ProviderTags, merged},
};
use crate::{
    facts::{
        Facts,
        terraform::{ResourceType, TagArgument, TagShape},
    },
    origin::{Address, HasOrigin, HopKind, Origin},
    project::{
        Project,
        plan::{PlanFile, Planned, Unknowns, pairs, without_keys},
    },
    source::{Source, SourceId, Span},
    syntax::{
        Kind, NodeId, Tree,
        json::{
            self,
            skim::{self, Member, elements, is_named, member, members, span},
        },
    },
    text::Text,
    value::{Data, Open, Shadow, Unknown, Value},
};

/// The argument in which the provider says which tags a resource gets in the end.
const TAGS_ALL: &str = "tags_all";

/// A plan, and what is known of it as a whole.
#[derive(Debug)]
pub struct Plan<'p> {
    source: &'p Arc<Source>,
    file: &'p PlanFile,
    ambient: &'p BTreeMap<String, String>,
    /// Where the blocks of its configuration stand, by their addresses without keys.
    blocks: HashMap<String, Range<u32>>,
    /// What the configurations of providers do to tags, by their keys in the plan.
    providers: RefCell<HashMap<String, Rc<ProviderTags>>>,
    /// Where the arguments of the resource stand that was asked for last. Questions about one resource come together.
    parts: RefCell<Option<(u32, Rc<Parts>)>>,
}

/// What a plan says of one resource, as far as anybody asks for it.
#[derive(Debug, Clone)]
pub struct Arguments<'p> {
    plan: Rc<Plan<'p>>,
    planned: &'p Planned,
    ty: &'p ResourceType,
}

/// Where the arguments of one resource stand that anybody asks for.
#[derive(Debug)]
struct Parts {
    after: Vec<Member>,
    unknown: Vec<Member>,
    sensitive: Vec<Member>,
    /// What its block writes; `None` where the plan does not say.
    written: Option<Vec<Member>>,
}

impl<'p> Plan<'p> {
    /// The plan that a source is.
    #[must_use]
    pub fn of(project: &'p Project, id: SourceId) -> Option<Rc<Self>> {
        let file = project.document(id).plan.as_deref()?;
        let source = project.sources.get(id);
        let ambient = &project.inputs.ambient_default_tags;
        let (providers, parts) = Default::default();
        let mut plan = Self { source, file, ambient, blocks: HashMap::new(), providers, parts };
        plan.find_blocks();
        Some(Rc::new(plan))
    }

    fn text(&self) -> &'p str {
        self.source.text()
    }

    /// Finds the blocks of the configuration, module by module.
    fn find_blocks(&mut self) {
        let text = self.text();
        let root = self.file.configuration.clone().and_then(|configuration| member(text, configuration, "root_module"));
        let mut modules: Vec<(String, Range<u32>)> = root.map(|root| (String::new(), root)).into_iter().collect();
        while let Some((prefix, module)) = modules.pop() {
            for part in members(text, module) {
                if is_named(text, &part, "resources") {
                    for resource in elements(text, part.value) {
                        let address = member(text, resource.clone(), "address").and_then(|address| skim::string(text, address));
                        self.blocks.extend(address.map(|address| (format!("{prefix}{address}"), resource)));
                    }
                } else if is_named(text, &part, "module_calls") {
                    for call in members(text, part.value) {
                        if let (Some(name), Some(module)) = (skim::string(text, call.name), member(text, call.value, "module")) {
                            modules.push((format!("{prefix}module.{name}."), module));
                        }
                    }
                }
            }
        }
    }

    /// The resources whose types are known, in the order of the plan.
    #[must_use]
    pub fn resources(self: &Rc<Self>, facts: &'p Facts) -> Vec<Evaluated<'p>> {
        let known = self.file.resources.iter().filter_map(|planned| Some((planned, facts.resource_type(&planned.ty)?)));
        known.map(|(planned, ty)| self.evaluated(planned, ty)).collect()
    }

    fn evaluated(self: &Rc<Self>, planned: &'p Planned, ty: &'p ResourceType) -> Evaluated<'p> {
        let arguments = Arguments::new(self, planned, ty);
        Evaluated {
            address: Address(planned.address.as_str().into()),
            header: span(self.source, &planned.header),
            span: span(self.source, &planned.span),
            ty,
            given: Given::Plan(arguments),
        }
    }

    /// Puts a configuration and this plan of it together. A resource that both have keeps its places in the configuration, and has the plan's
    /// values where the configuration alone does not decide them. Instances that only the plan can tell have the block of all of them.
    #[must_use]
    pub fn join(self: &Rc<Self>, resources: Vec<Evaluated<'p>>, facts: &'p Facts) -> Vec<Evaluated<'p>> {
        let by_address: HashMap<&str, &Planned> = self.file.resources.iter().map(|planned| (planned.address.as_str(), planned)).collect();
        let mut by_block: HashMap<String, Vec<&Planned>> = HashMap::new();
        for planned in &self.file.resources {
            by_block.entry(without_keys(&planned.address)).or_default().push(planned);
        }
        let known: HashSet<String> = resources.iter().map(|resource| resource.address.0.to_string()).collect();
        let mut used: HashSet<&str> = HashSet::new();
        let mut joined = Vec::with_capacity(resources.len());
        for mut resource in resources {
            if let Some(planned) = by_address.get(&*resource.address.0) {
                used.insert(&planned.address);
                resource.plan(Arguments::new(self, planned, resource.ty));
                joined.push(resource);
                continue;
            }
            let block = without_keys(&resource.address.0);
            let instances = by_block.get(block.as_str()).map_or(&[][..], Vec::as_slice);
            let instances: Vec<&&Planned> = instances.iter().filter(|planned| !known.contains(&planned.address)).collect();
            if instances.is_empty() || !resource.is_one_of_many() {
                joined.push(resource);
                continue;
            }
            for planned in instances {
                if used.insert(&planned.address) {
                    let mut instance = resource.clone();
                    instance.address = Address(planned.address.as_str().into());
                    instance.plan(Arguments::new(self, planned, resource.ty));
                    joined.push(instance);
                }
            }
        }
        let left = self.file.resources.iter().filter(|planned| !used.contains(planned.address.as_str()));
        let left = left.filter_map(|planned| Some((planned, facts.resource_type(&planned.ty)?)));
        joined.extend(left.map(|(planned, ty)| self.evaluated(planned, ty)));
        joined
    }

    /// What the provider of a block does to tags, as the configuration in the plan says it; `None` where it does not.
    fn provider(&self, block: Range<u32>) -> Option<Rc<ProviderTags>> {
        let text = self.text();
        let key = skim::string(text, member(text, block, "provider_config_key")?)?;
        if let Some(known) = self.providers.borrow().get(&key) {
            return Some(Rc::clone(known));
        }
        let configured = member(text, self.file.configuration.clone()?, "provider_config");
        let named = configured.and_then(|all| {
            let mut named = members(text, all).filter(|member| skim::string(text, member.name.clone()).as_deref() == Some(&key));
            named.next().map(|member| member.value)
        });
        let tags = match named {
            Some(block) => self.tags_of(block),
            // The key of a module's own provider: who passes it is not told.
            None if key.contains(':') => return None,
            None => ProviderTags::default(),
        };
        let tags = Rc::new(tags);
        self.providers.borrow_mut().insert(key, Rc::clone(&tags));
        Some(tags)
    }

    fn tags_of(&self, provider: Range<u32>) -> ProviderTags {
        let text = self.text();
        let expressions = member(text, provider, "expressions");
        let argument = |block: &str, name: &str| {
            let blocks = member(text, expressions.clone()?, block)?;
            let block = elements(text, blocks.clone()).next().unwrap_or(blocks);
            let expression = member(text, block, name)?;
            Some(match member(text, expression.clone(), "constant_value") {
                Some(constant) => self.value(constant),
                None => Value::unknown(Unknown::AfterApply, Origin::at(span(self.source, &expression))),
            })
        };
        ProviderTags::read(argument)
    }

    fn value(&self, part: Range<u32>) -> Value {
        let tree = skim::parse(self.source, part);
        let open = Open { why: Unknown::Error, span: Span::default() };
        tree.root().map_or_else(|| Value::unknown(open.why, Origin::at(open.span)), |root| functions::json::value(&tree, root, open))
    }
}

impl<'p> Arguments<'p> {
    fn new(plan: &Rc<Plan<'p>>, planned: &'p Planned, ty: &'p ResourceType) -> Self {
        Self { plan: Rc::clone(plan), planned, ty }
    }

    fn parts(&self) -> Rc<Parts> {
        let key = self.planned.span.start;
        if let Some((known, parts)) = &*self.plan.parts.borrow()
            && *known == key
        {
            return Rc::clone(parts);
        }
        let text = self.plan.text();
        let names = names(self.ty);
        let wanted = |part: Option<Range<u32>>| -> Vec<Member> {
            let all = part.into_iter().flat_map(|part| members(text, part));
            all.filter(|member| names.iter().any(|name| is_named(text, member, name))).collect()
        };
        let unknown = match &self.planned.unknown {
            Unknowns::Told(part) => part.clone(),
            Unknowns::LeftOut => None,
        };
        let parts = Rc::new(Parts {
            after: wanted(Some(self.planned.after.clone())),
            unknown: wanted(unknown),
            sensitive: wanted(self.planned.sensitive.clone()),
            written: self.block().map(|block| wanted(member(text, block, "expressions"))),
        });
        *self.plan.parts.borrow_mut() = Some((key, Rc::clone(&parts)));
        parts
    }

    /// The block in the plan's configuration.
    fn block(&self) -> Option<Range<u32>> {
        self.plan.blocks.get(&without_keys(&self.planned.address)).cloned()
    }

    fn find(&self, members: &[Member], name: &str) -> Option<Member> {
        skim::last(self.plan.text(), members, name).cloned()
    }

    /// Whether the block certainly has no such argument. Blocks that `dynamic` makes are not told.
    fn is_absent(&self, name: &str) -> bool {
        let is_entries = |argument: &TagArgument| argument.shape == TagShape::Entries && argument.path.split('.').next() == Some(name);
        let may_be_block =
            self.ty.tags.iter().any(is_entries) || self.ty.tags.iter().any(|argument| argument.path.starts_with(&format!("{name}.")));
        !may_be_block && self.parts().written.as_ref().is_some_and(|written| self.find(written, name).is_none())
    }

    /// The value of a top-level argument; `None` where there is none.
    pub(super) fn argument(&self, name: &str) -> Option<Value> {
        let here = Origin::at(span(self.plan.source, &self.planned.header));
        let unknown = self.find(&self.parts().unknown, name).map(|member| skim::parse(self.plan.source, member.value));
        let is_unknown = unknown.as_ref().is_some_and(|tree| tree.root().is_some_and(|root| is_true(tree, root)));
        let after = self.find(&self.parts().after, name);
        // What the provider fills in is not what anybody wrote: the policy that a key has already may be set by another resource.
        let is_filled_in = is_unknown || after.is_none() || self.ty.policies.iter().any(|policy| policy == name);
        if name != TAGS_ALL && is_filled_in && self.is_absent(name) {
            return None;
        }
        let left_out = self.planned.unknown == Unknowns::LeftOut;
        let Some(after) = after else {
            return (is_unknown || left_out).then(|| Value::unknown(Unknown::AfterApply, here));
        };
        let mut value = self.plan.value(after.value);
        if let Some(tree) = unknown
            && let Some(root) = tree.root()
        {
            value = with_unknown(value, &tree, root);
        }
        if left_out {
            value = open(value);
        }
        if let Some(marks) = self.find(&self.parts().sensitive, name) {
            let tree = skim::parse(self.plan.source, marks.value);
            if let Some(root) = tree.root() {
                mark_sensitive(&mut value, &tree, root);
            }
        }
        if self.ty.policies.iter().any(|policy| policy == name) && value.is_sensitive() {
            // What is wrong with it could not be said without saying what it is.
            return Some(Value::unknown(Unknown::Unsupported("sensitive"), value.origin));
        }
        match &value.data {
            // An argument that is not written, and a block that is not there.
            Data::Null => None,
            Data::Sequence(none) if none.is_empty() => None,
            _ => Some(value),
        }
    }

    /// The tags that a resource gets where its provider may add to them: the provider's own answer, at the places where they are written.
    pub(super) fn effective_tags(&self, own: Option<Value>) -> Option<Value> {
        let Some(all) = self.find(&self.parts().after, TAGS_ALL).or_else(|| self.find(&self.parts().unknown, TAGS_ALL)) else { return own };
        match self.argument(TAGS_ALL) {
            None => own,
            Some(value) if value.why_unknown().is_some() => {
                // The provider answers as a whole or not at all.
                let here = span(self.plan.source, &self.planned.header);
                let provider = self.block().and_then(|block| self.plan.provider(block));
                let unknown = || Rc::new(ProviderTags { default: Some(value.clone()), ..ProviderTags::default() });
                let provider = provider.unwrap_or_else(unknown);
                merged(&provider, provider.default.as_ref(), self.plan.ambient, own.as_ref(), here)
            }
            Some(value) => Some(both(own, value, span(self.plan.source, &all.name))),
        }
    }

    /// What an argument refers to, as far as the plan tells: `aws_kms_key.a.id`.
    pub(super) fn references(&self, name: &str) -> Vec<String> {
        let Some(written) = self.parts().written.as_ref().and_then(|written| self.find(written, name)) else { return Vec::new() };
        let text = self.plan.text();
        let list = member(text, written.value, "references").into_iter().flat_map(|list| elements(text, list));
        list.filter_map(|part| skim::string(text, part)).collect()
    }
}

/// The top-level arguments of a type that anybody asks for.
fn names(ty: &ResourceType) -> Vec<&str> {
    let tags = ty.tags.iter().flat_map(|tag| [&*tag.path, &tag.key, &tag.value].into_iter().chain(tag.when.iter().map(|when| &*when.path)));
    let settings = ty.settings.values().flat_map(|setting| setting.path.iter().chain(&setting.unless));
    let all = tags.chain(ty.policies.iter().map(String::as_str)).chain(settings.map(String::as_str));
    let all = all.chain(ty.no_tags.iter().map(|no_tags| no_tags.argument.as_str())).chain([TAGS_ALL]);
    let mut names: Vec<&str> = all.filter_map(|path| path.split('.').next()).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The tags that the provider computed, at the places where the resource writes them; those that only the provider has joined them.
fn both(own: Option<Value>, all: Value, joined: Span) -> Value {
    let Data::Entries { entries, open } = &all.data else { return own.unwrap_or(all) };
    let written: Vec<&crate::value::Entry> = match own.as_ref().map(|own| &own.data) {
        Some(Data::Entries { entries, .. }) => entries.iter().collect(),
        _ => Vec::new(),
    };
    let same = |left: &Value, right: &Value| match (left.to_text(), right.to_text()) {
        (Some(left), Some(right)) => left == right,
        (None, None) => left.why_unknown().is_some() && right.why_unknown().is_some(),
        _ => false,
    };
    let by_key: HashMap<&str, &crate::value::Entry> = written.iter().filter_map(|entry| Some((entry.key.known()?, *entry))).collect();
    let mut list = EntryList::default();
    for entry in entries.iter() {
        let is_written = |written: &&&crate::value::Entry| same(&written.value, &entry.value);
        if entry.key.known().and_then(|key| by_key.get(key)).filter(is_written).is_none() {
            let entry = entry.through(HopKind::DefaultTags, joined);
            list.add_written(Value::string(entry.key), entry.value, entry.item);
        }
    }
    let arrives: HashSet<&str> = entries.iter().filter_map(|entry| entry.key.known()).collect();
    for entry in written {
        let is_null = matches!(entry.value.data, Data::Null);
        let arrives = entry.key.known().is_some_and(|key| arrives.contains(key));
        let replaced = entry.key.known().is_some_and(|key| list.has(key));
        if !replaced && (is_null || arrives) {
            list.add_written(Value::string(entry.key.clone()), entry.value.clone(), entry.item);
        } else {
            list.keep_shadowed(crate::value::Entry { shadowed: Some(Shadow::Merged), ..entry.clone() });
        }
    }
    if let Some(open) = open {
        list.open(*open);
    }
    let mut value = list.finish(own.as_ref().map_or_else(|| all.origin.clone(), HasOrigin::origin));
    value.sensitive = all.sensitive || own.is_some_and(|own| own.sensitive);
    value
}

fn is_true(tree: &Tree, node: NodeId) -> bool {
    tree.kind(node) == Kind::Bool && tree.raw(node) == "true"
}

/// Whether there is `true` in it.
fn has_true(tree: &Tree, node: NodeId) -> bool {
    (tree.first(node).0..=node.0).any(|at| is_true(tree, NodeId(at)))
}

/// The value, with what is marked in `marks` as not known.
fn with_unknown(value: Value, marks: &Tree, mark: NodeId) -> Value {
    if is_true(marks, mark) {
        return Value::unknown(Unknown::AfterApply, value.origin);
    }
    if !has_true(marks, mark) {
        return value;
    }
    match (&value.data, marks.kind(mark)) {
        (Data::Entries { entries, open }, Kind::Object) => {
            let pairs: Vec<(Text, NodeId)> =
                pairs(marks, mark).into_iter().map(|(name, inner)| (json::decode(marks, name), inner)).collect();
            let at: HashMap<&str, NodeId> = pairs.iter().map(|(name, inner)| (name.decoded(), *inner)).collect();
            let mut list = EntryList::default();
            let mut has = HashSet::new();
            for entry in entries.iter() {
                let inner = match at.get(entry.key.decoded()) {
                    Some(mark) => with_unknown(entry.value.clone(), marks, *mark),
                    None => entry.value.clone(),
                };
                has.insert(entry.key.decoded());
                list.add_written(Value::string(entry.key.clone()), inner, entry.item);
            }
            for (name, mark) in pairs.iter().filter(|(name, mark)| !has.contains(name.decoded()) && has_true(marks, *mark)) {
                list.add(Value::string(name.clone()), Value::unknown(Unknown::AfterApply, Origin::at(marks.span(*mark))));
            }
            if let Some(open) = open {
                list.open(*open);
            }
            list.finish(value.origin.clone())
        }
        (Data::Sequence(elements), Kind::Tuple) => {
            let inner = marks.children(mark);
            if inner.len() != elements.len() {
                return Value::unknown(Unknown::AfterApply, value.origin);
            }
            let elements = elements.iter().zip(inner).map(|(element, mark)| with_unknown(element.clone(), marks, mark)).collect();
            Value { data: Data::Sequence(elements), ..value }
        }
        _ => Value::unknown(Unknown::AfterApply, value.origin),
    }
}

/// A map from which what is not known was left out.
fn open(mut value: Value) -> Value {
    let span = value.origin.span;
    value.set_open(Open { why: Unknown::AfterApply, span });
    if let Data::Sequence(elements) = &value.data {
        value.data = Data::Sequence(elements.iter().cloned().map(open).collect());
    }
    value
}

/// Marks what Terraform hides.
fn mark_sensitive(value: &mut Value, marks: &Tree, mark: NodeId) {
    if is_true(marks, mark) {
        value.sensitive = true;
        return;
    }
    if !has_true(marks, mark) {
        return;
    }
    match (&mut value.data, marks.kind(mark)) {
        (Data::Entries { entries, .. }, Kind::Object) => {
            let pairs = pairs(marks, mark);
            let at: HashMap<String, NodeId> =
                pairs.into_iter().map(|(name, inner)| (json::decode(marks, name).decoded().to_owned(), inner)).collect();
            let mut list = entries.to_vec();
            for entry in &mut list {
                if let Some(mark) = at.get(entry.key.decoded()) {
                    mark_sensitive(&mut entry.value, marks, *mark);
                }
            }
            *entries = list.into();
        }
        (Data::Sequence(elements), Kind::Tuple) => {
            let mut list = elements.to_vec();
            for (element, mark) in list.iter_mut().zip(marks.children(mark)) {
                mark_sensitive(element, marks, mark);
            }
            *elements = list.into();
        }
        _ => value.sensitive = true,
    }
}
