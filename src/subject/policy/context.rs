//! What is known of a key or secret beside its policy, and of the request that sets it.

use std::sync::Arc;

use crate::{
    config::{AwsConfig, KmsConfig, Word},
    origin::Origin,
    subject::{Subject, SubjectKind, TagSet},
};

/// What is known of a key or secret beside its policy. `None` everywhere means not known: rules that need it stay silent.
#[derive(Debug, Clone, Default)]
pub struct PolicyContext {
    /// What the key is for: `ENCRYPT_DECRYPT`. What is not written is the service's default where the file creates the key.
    pub usage: Option<Arc<str>>,
    /// The key's kind: `SYMMETRIC_DEFAULT`.
    pub spec: Option<Arc<str>>,
    /// Where its material comes from: `AWS_KMS`.
    pub origin: Option<Arc<str>>,
    /// Whether it is a multi-Region key.
    pub multi_region: Option<bool>,
    /// The tags it gets.
    pub tags: Option<TagSet>,
    /// The account it is in.
    pub account: Option<Arc<str>>,
    /// The Region it is in.
    pub region: Option<Arc<str>>,
    /// The partition it is in.
    pub partition: Option<Arc<str>>,
    /// Whether the service's check against lock-out is off.
    pub bypass: Option<Flag>,
    /// ARNs, with wildcards, of who deploys: one of them must be able to set the policy again. Empty where nothing is said.
    pub deployers: Arc<[Arc<str>]>,
    /// Accounts whose access needs no word.
    pub trusted_accounts: Arc<[Arc<str>]>,
    /// Whether the service refuses a policy that gives broad access.
    pub block_public_policy: Option<Flag>,
}

/// A known switch, and where it is set.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Its value.
    pub is_set: bool,
    /// Where it is written.
    pub origin: Origin,
}

impl Subject {
    /// Tells policies and keys what the configuration knows of where they are. What the files say goes before it.
    pub fn place_in(&mut self, aws: &AwsConfig, kms: &KmsConfig) {
        let context = match &mut self.kind {
            SubjectKind::Policy(policy) => &mut policy.context,
            SubjectKind::Key(key) => &mut key.context,
            SubjectKind::Tags(_)
            | SubjectKind::NoTags(_)
            | SubjectKind::Request(_)
            | SubjectKind::Bypass(_)
            | SubjectKind::Configuration(_) => return,
        };
        if *aws == AwsConfig::default() && *kms == KmsConfig::default() {
            return;
        }
        let context = Arc::make_mut(context);
        let fill = |known: &mut Option<Arc<str>>, word: &Option<Word>| {
            if known.is_none() {
                *known = word.as_ref().map(|word| word.as_str().into());
            }
        };
        fill(&mut context.account, &aws.account);
        fill(&mut context.region, &aws.region);
        fill(&mut context.partition, &aws.partition);
        let words = |words: &[Word]| words.iter().map(|word| word.as_str().into()).collect();
        context.deployers = words(&kms.deployers);
        context.trusted_accounts = words(&kms.trusted_accounts);
    }
}
