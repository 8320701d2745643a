use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::TagSet,
};

pub struct NotInherited;

impl Rule for NotInherited {
    const META: Meta = meta! {
        /// ## What it checks
        /// Replicas of multi-Region keys that declare no tags.
        ///
        /// ## Why
        /// A replica does not get the tags of its primary key. It is missing in bills and reports that go by tag, and a policy that goes by
        /// tag allows or denies something else for it.
        ///
        /// ## Example
        /// ```json,bad
        /// { "KeyId": "mrk-1234abcd12ab34cd56ef1234567890ab", "ReplicaRegion": "eu-west-1" }
        /// ```
        /// ```json,good
        /// {
        ///   "KeyId": "mrk-1234abcd12ab34cd56ef1234567890ab",
        ///   "ReplicaRegion": "eu-west-1",
        ///   "Tags": [{ "TagKey": "team", "TagValue": "core" }]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Declare the tags of the primary key here too.
        "tag-not-inherited", "a replica has no tags: it does not get those of its original", Info, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        if set.not_inherited && set.tags.is_empty() && set.open.is_none() {
            cx.report(set, "the replica has no tags: those of the original are not copied")
                .label("declares no tags")
                .help("declare the tags that the replica should have");
        }
    }
}
