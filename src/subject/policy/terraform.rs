//! Policies in Terraform: arguments of keys and secrets, resources that set a policy for them, and what is known of the keys.

use std::{collections::HashMap, sync::Arc};

use super::{Bypass, Key, KeyPolicy, Policy, PolicyContext, PolicyKind, PolicyPlace, context::Flag, recognise};
use crate::{
    facts::{
        Facts,
        tags::Channel,
        terraform::{Setting, SettingArgument, SettingDefault},
    },
    origin::Origin,
    subject::{Subject, SubjectKind, UnknownValue, tags},
    terraform::Evaluated,
    value::{Data, Unknown, Value},
};

/// The policies of some of a module's resources, the keys they belong to, and the policies that are not known at all. `owners` is what
/// [`owners`] says of all resources; a key and what sets its policy are looked at together.
pub fn of_resources(
    resources: &[Evaluated<'_>],
    owners: &[Option<u32>],
    some: &[u32],
    subjects: &mut Vec<Subject>,
    unknowns: &mut Vec<UnknownValue>,
) {
    let mut owned: HashMap<u32, Owner> = HashMap::new();
    for (resource, owner) in some.iter().map(|at| (&resources[*at as usize], owners[*at as usize])) {
        let Some(kind) = resource.ty.service.as_ref().and_then(PolicyKind::of_service) else { continue };
        subjects.extend(bypass(resource).map(|bypass| subject(resource, kind, SubjectKind::Bypass(bypass))));
        for (_, value) in resource.policies() {
            let alternatives = value.alternatives();
            let ways: Vec<_> = alternatives.iter().filter_map(written).collect();
            if ways.is_empty() {
                continue;
            }
            let owner = owner.map(|owner| {
                let known = owned.entry(owner).or_insert_with(|| Owner::new(&resources[owner as usize]));
                known.policies.push(KeyPolicy { address: resource.address.clone(), origin: value.origin.clone() });
                &*known.context
            });
            // Where there may be no policy at all, nothing is wrong with it in that case.
            let perhaps_none = ways.len() < alternatives.len();
            let undecided = || Err(Unknown::Unsupported("conditional on an unknown value"));
            let ways: Result<Vec<_>, Unknown> = if perhaps_none { undecided() } else { ways.into_iter().collect() };
            let texts = match ways {
                Ok(texts) => texts,
                Err(why) => {
                    let address = resource.address.clone();
                    unknowns.push(UnknownValue { address, span: value.origin.span, reason: why.reason() });
                    continue;
                }
            };
            let context = match owner {
                Some(context) if is_owner(resource) => context.clone(),
                Some(context) => with_switches(resource, context.clone()),
                None => with_switches(resource, PolicyContext::default()),
            };
            let context = Arc::new(placed(resource, context));
            let read = |text| Policy::read(text, kind, PolicyPlace::Terraform, Arc::clone(&context));
            let mut policies = texts.into_iter().map(read);
            if let Some(policy) = policies.next() {
                let otherwise = policies.map(SubjectKind::Policy).collect();
                let subject = recognise::subject(resource.address.clone(), policy);
                subjects.push(Subject { span: resource.span, calls: resource.calls(), otherwise, ..subject });
            }
        }
    }
    for at in some {
        let resource = &resources[*at as usize];
        let (Some(service), Some(Owner { context, policies })) = (&resource.ty.service, owned.remove(at)) else { continue };
        let Some(kind) = PolicyKind::of_service(service) else { continue };
        let key = Key { kind, origin: Origin::at(resource.header), context, policies };
        subjects.push(subject(resource, kind, SubjectKind::Key(key)));
    }
}

fn subject(resource: &Evaluated<'_>, of: PolicyKind, kind: SubjectKind) -> Subject {
    Subject {
        address: resource.address.clone(),
        service: of.service(),
        channel: Channel::Terraform,
        span: resource.span,
        otherwise: Vec::new(),
        calls: resource.calls(),
        kind,
    }
}

/// The argument that switches the service's check of the policy off, where it does.
fn bypass(resource: &Evaluated<'_>) -> Option<Bypass> {
    let written = resource.ty.settings.get(&Setting::Bypass)?.path.as_deref()?;
    let flag = flag(resource, Setting::Bypass).filter(|flag| flag.is_set)?;
    Some(Bypass { written: written.into(), origin: flag.origin })
}

/// The number of the key or secret that the policy of each resource belongs to: its own, where it is one. `None` where there is none here.
#[must_use]
pub fn owners(resources: &[Evaluated<'_>]) -> Vec<Option<u32>> {
    let known = resources.iter().enumerate().filter(|(_, resource)| is_owner(resource));
    let known: HashMap<&str, u32> = known.map(|(at, resource)| (&*resource.address.0, at as u32)).collect();
    let number = |resource| owner(resource, &|address| known.contains_key(address)).and_then(|owner| known.get(owner.as_str()).copied());
    let has_policy =
        |resource: &&Evaluated<'_>| resource.ty.service.as_ref().is_some_and(|service| PolicyKind::of_service(service).is_some());
    resources.iter().map(|resource| Some(resource).filter(has_policy).and_then(number)).collect()
}

/// A key or secret with a policy: most have none.
struct Owner {
    context: Arc<PolicyContext>,
    policies: Vec<KeyPolicy>,
}

impl Owner {
    fn new(resource: &Evaluated<'_>) -> Self {
        Self { context: Arc::new(context(resource)), policies: Vec::new() }
    }
}

/// Whether a resource is a key or secret itself, and not a policy of one.
fn is_owner(resource: &Evaluated<'_>) -> bool {
    !resource.ty.policies.is_empty()
        && !resource.ty.settings.contains_key(&Setting::Of)
        && resource.ty.service.as_ref().is_some_and(|service| PolicyKind::of_service(service).is_some())
}

/// The address of the key or secret that a resource's policy belongs to.
fn owner(resource: &Evaluated<'_>, is_owner: &dyn Fn(&str) -> bool) -> Option<String> {
    let own = &*resource.address.0;
    let Some(SettingArgument { path: Some(path), .. }) = resource.ty.settings.get(&Setting::Of) else {
        return is_owner(own).then(|| own.to_owned());
    };
    if let Some(owner) = resource.joined_by(path).filter(|owner| is_owner(owner)) {
        return Some(owner.to_string());
    }
    let module = own.strip_suffix(&instance_of(own, &resource.ty.name)?)?;
    let mut found = resource.references(path).into_iter().filter_map(|reference| referred(&reference, module, own, is_owner));
    let first = found.next()?;
    // Where only the names are told, two of them leave open which it is.
    found.all(|other| other == first).then_some(first)
}

/// The key or secret of a module that an expression refers to. Of several instances, the one with the same key as `own`.
fn referred(reference: &str, module: &str, own: &str, is_owner: &dyn Fn(&str) -> bool) -> Option<String> {
    // `aws_kms_key.a.id`, `aws_kms_key.a[0].key_id`: the type, the name, and perhaps which instance.
    let mut steps = reference.split('.');
    let (ty, name) = (steps.next()?, steps.next()?);
    let exact = format!("{module}{ty}.{name}");
    if is_owner(&exact) {
        return Some(exact);
    }
    let plain = name.split('[').next()?;
    let key = own.rfind('[').map_or("", |at| &own[at..]);
    let same = format!("{module}{ty}.{plain}{key}");
    is_owner(&same).then_some(same)
}

/// An address without the modules around it.
fn instance_of(address: &str, ty: &str) -> Option<String> {
    let at = address.rfind(&format!("{ty}."))?;
    Some(address[at..].to_owned())
}

/// The characters of a policy argument; `None` where there is no policy: `null`, or the empty string, which the provider takes for absent.
fn written(value: &Value) -> Option<Result<crate::text::Text, Unknown>> {
    match &value.data {
        Data::Null => None,
        Data::Unknown(why) => Some(Err(*why)),
        Data::String(text) if text.known() == Some("") => None,
        Data::String(text) if text.decoded().trim().is_empty() && !text.is_known() => Some(Err(Unknown::AfterApply)),
        Data::String(text) => Some(Ok(text.clone())),
        Data::OneOf(_) => Some(Err(Unknown::Unsupported("conditional on an unknown value"))),
        Data::Bool(_) | Data::Number(_) | Data::Sequence(_) | Data::Entries { .. } => Some(Err(Unknown::Error)),
    }
}

fn context(resource: &Evaluated<'_>) -> PolicyContext {
    let word = |setting| match setting_of(resource, setting)? {
        (Data::String(text), _) => text.known().map(Arc::from),
        _ => None,
    };
    let switch = |setting| flag(resource, setting).map(|flag| flag.is_set);
    let context = PolicyContext {
        usage: word(Setting::Usage),
        spec: word(Setting::Spec),
        origin: word(Setting::Origin),
        multi_region: switch(Setting::MultiRegion),
        tags: tags_of(resource),
        ..PolicyContext::default()
    };
    with_switches(resource, context)
}

/// Where a resource is, as far as it or its provider says so in so many words.
fn placed(resource: &Evaluated<'_>, context: PolicyContext) -> PolicyContext {
    let facts = Facts::builtin().policy();
    let arguments = &facts.access().provider;
    let known = |value: Value| match value.data {
        Data::String(text) => text.known().map(Arc::<str>::from),
        _ => None,
    };
    let own = resource.get(&arguments.region).filter(|value| !matches!(value.data, Data::Null));
    let region = match own {
        Some(own) => known(own),
        None => resource.provider_literal(&arguments.region).and_then(known),
    };
    // Of several accounts any may be meant.
    let account = resource.provider_literal(&arguments.accounts).and_then(|accounts| match accounts.data {
        Data::Sequence(accounts) if accounts.len() == 1 => accounts.first().cloned().and_then(known),
        _ => None,
    });
    let partition = region.as_deref().and_then(|region| facts.partition_of(region)).map(Arc::from);
    PolicyContext { region, account, partition, ..context }
}

/// What the resource that sets a policy says of it.
fn with_switches(resource: &Evaluated<'_>, context: PolicyContext) -> PolicyContext {
    let block_public_policy = flag(resource, Setting::BlockPublicPolicy);
    PolicyContext { bypass: flag(resource, Setting::Bypass), block_public_policy, ..context }
}

fn flag(resource: &Evaluated<'_>, setting: Setting) -> Option<Flag> {
    match setting_of(resource, setting)? {
        (Data::Bool(is_set), origin) => Some(Flag { is_set, origin }),
        (Data::String(text), origin) => match text.known()? {
            "true" => Some(Flag { is_set: true, origin }),
            "false" => Some(Flag { is_set: false, origin }),
            _ => None,
        },
        _ => None,
    }
}

/// What is written, else what holds where nothing is; `None` where that is not known.
fn setting_of(resource: &Evaluated<'_>, setting: Setting) -> Option<(Data, Origin)> {
    let argument = resource.ty.settings.get(&setting)?;
    let value = argument.path.as_ref().and_then(|path| resource.get(path)).filter(|value| !matches!(value.data, Data::Null));
    if let Some(value) = value {
        return Some((value.data, value.origin));
    }
    let beside = |path: &String| resource.get(path).is_some_and(|value| !matches!(value.data, Data::Null));
    if argument.unless.iter().any(beside) {
        return None;
    }
    let origin = Origin::at(resource.header);
    let data = match argument.default.as_ref()? {
        SettingDefault::Bool(bool) => Data::Bool(*bool),
        SettingDefault::Word(word) => Data::String(crate::text::Text::derived(word, origin.clone())),
    };
    Some((data, origin))
}

/// The tags that a key gets, as far as its own arguments say.
fn tags_of(resource: &Evaluated<'_>) -> Option<crate::subject::TagSet> {
    let mut subjects = Vec::new();
    tags::of_resource(resource, &mut subjects, &mut Vec::new());
    subjects.into_iter().find_map(|subject| match subject.kind {
        // Where nothing is written, whether the key has tags is not for its policy to say.
        SubjectKind::Tags(tags) => Some(tags).filter(|tags| !tags.is_absent()),
        SubjectKind::Request(_)
        | SubjectKind::Policy(_)
        | SubjectKind::Key(_)
        | SubjectKind::NoTags(_)
        | SubjectKind::Bypass(_)
        | SubjectKind::Configuration(_) => None,
    })
}
