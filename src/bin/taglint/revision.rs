//! Of which repository and revision a tree is: what git says, without credentials.

use std::path::Path;

use taglint::report::Revision;

use crate::since;

/// What git knows of a tree; `None` outside of a repository, and where its remote is no address that others can use.
pub fn of_tree(root: &Path) -> Option<Revision> {
    let git = |arguments: &[&str]| {
        let answer = since::git(root, arguments).ok()?;
        Some(String::from_utf8(answer).ok()?.trim().to_owned())
    };
    Some(Revision { repository: address(&git(&["remote", "get-url", "origin"])?)?, id: git(&["rev-parse", "HEAD"])? })
}

/// The address of a remote, without the user, who may be a token. `host:path` is what `ssh://host/path` is.
fn address(remote: &str) -> Option<String> {
    let (scheme, rest) = match remote.split_once("://") {
        Some((scheme @ ("https" | "http" | "ssh" | "git"), rest)) => (scheme, rest.to_owned()),
        Some(_) => return None,
        None => {
            let (host, path) = remote.split_once(':').filter(|(host, _)| host.len() > 1 && !host.contains(['/', '\\']))?;
            ("ssh", format!("{host}/{}", path.trim_start_matches('/')))
        }
    };
    let (host, path) = rest.split_once('/')?;
    let host = host.rsplit('@').next().unwrap_or(host);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    (!host.is_empty() && !path.is_empty()).then(|| format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_credentials() {
        let of = |remote| address(remote).unwrap_or_default();
        assert_eq!(of("https://x-token:s3cr3t@example.com/a/b.git"), "https://example.com/a/b.git");
        assert_eq!(of("https://example.com/a/b?token=x"), "https://example.com/a/b");
        assert_eq!(of("git@example.com:a/b.git"), "ssh://example.com/a/b.git");
        assert_eq!(of("ssh://git@example.com:2222/a/b"), "ssh://example.com:2222/a/b");
        for remote in ["/srv/git/a", "../a", "C:\\a", "file:///srv/a", "https://example.com", ""] {
            assert_eq!(of(remote), "", "{remote}");
        }
    }
}
