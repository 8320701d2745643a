use super::quote;
use crate::{
    finding::{Meta, meta},
    origin::{HasOrigin, HopKind, Origin},
    rule::{Context, NoOptions, Rule},
    subject::{Tag, TagSet},
};

pub struct NotOnChildren;

impl Rule for NotOnChildren {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tags of a resource that makes further things, where nothing hands them on: an Auto Scaling group without `propagate_at_launch`, a
        /// launch template without `tag_specifications`, an instance without `volume_tags`, a service without `propagate_tags`, a database
        /// that does not copy its tags to snapshots.
        ///
        /// ## Why
        /// What costs money is often the instance, the volume or the snapshot, and it is there that bills and access rules look for tags.
        /// Something else may tag them, as an Auto Scaling group does for a launch template; that is not for this resource to show.
        /// Many teams tag only what they write down themselves, so this is off by default. Turn it on where costs are split by tags, or
        /// where access is given by them.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_launch_template" "app" {
        ///   name = "app"
        ///   tags = { Team = "core" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_launch_template" "app" {
        ///   name = "app"
        ///   tags = { Team = "core" }
        ///   tag_specifications {
        ///     resource_type = "instance"
        ///     tags          = { Team = "core" }
        ///   }
        /// }
        /// ```
        ///
        /// ## Fix
        /// The help names the argument that hands tags on.
        "tag-not-on-children", "tags do not reach what the resource makes", Warning, since "0.1.0", optional true
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        let (Some(children), Some(holder)) = (&set.not_on_children, &set.holder) else { return };
        // What `default_tags` gives is on everything that the provider makes, and not meant for anything of this resource.
        let is_own = |tag: &&Tag| !tag.key.origin().path().iter().any(|hop| hop.kind == HopKind::DefaultTags);
        let keys: Vec<&str> = set.tags.iter().filter(is_own).filter_map(|tag| tag.key.known()).collect();
        let message = match keys[..] {
            [] => return,
            [key] => format!("tag {} is not handed on to {}", quote(key), children.are),
            [first, ..] => format!("tag {} and {} more are not handed on to {}", quote(first), keys.len() - 1, children.are),
        };
        let origin = Origin::at(holder.header);
        cx.report(&origin, message).label("hands no tags on").help(children.help.clone());
    }
}
