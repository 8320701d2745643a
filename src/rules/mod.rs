//! Every rule, one file each; the file name is the id.

use crate::rule::Entry;

pub mod built_in;
mod policy;
mod request;
mod tag;

/// Sorted by id.
pub static RULES: &[Entry] = &[
    Entry::of::<policy::lockout_bypass_flag::LockoutBypassFlag>(),
    Entry::of::<policy::policy_name::PolicyName>(),
    Entry::of::<request::body::Body>(),
    Entry::of::<request::elsewhere::Elsewhere>(),
    Entry::of::<request::header::Header>(),
    Entry::of::<request::identifier::Identifier>(),
    Entry::of::<request::member_conflict::MemberConflict>(),
    Entry::of::<request::member_duplicate::MemberDuplicate>(),
    Entry::of::<request::member_missing::MemberMissing>(),
    Entry::of::<request::member_type::MemberType>(),
    Entry::of::<request::member_unknown::MemberUnknown>(),
    Entry::of::<request::member_value::MemberValue>(),
    Entry::of::<request::method::Method>(),
    Entry::of::<request::path::Path>(),
    Entry::of::<request::secret::Secret>(),
    Entry::of::<request::without_effect::WithoutEffect>(),
    Entry::built_in(&built_in::SUPPRESSION_EXPIRED),
    Entry::built_in(&built_in::SUPPRESSION_UNKNOWN_RULE),
    Entry::built_in(&built_in::SUPPRESSION_UNUSED),
    Entry::built_in(&built_in::SUPPRESSION_WITHOUT_REASON),
    Entry::built_in(&built_in::SYNTAX_HCL),
    Entry::built_in(&built_in::SYNTAX_JSON),
    Entry::of::<tag::count::Count>(),
    Entry::of::<tag::key_case_duplicate::KeyCaseDuplicate>(),
    Entry::of::<tag::key_characters::KeyCharacters>(),
    Entry::of::<tag::key_duplicate::KeyDuplicate>(),
    Entry::of::<tag::key_empty::KeyEmpty>(),
    Entry::of::<tag::key_too_long::KeyTooLong>(),
    Entry::of::<tag::not_inherited::NotInherited>(),
    Entry::of::<tag::reserved_prefix::ReservedPrefix>(),
    Entry::of::<tag::value_characters::ValueCharacters>(),
    Entry::of::<tag::value_empty::ValueEmpty>(),
    Entry::of::<tag::value_null::ValueNull>(),
    Entry::of::<tag::value_too_long::ValueTooLong>(),
];
