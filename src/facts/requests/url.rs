//! Which operation of AWS a method and a URL mean: the host names the service, or an ARN in the path does.

use std::ops::Range;

/// The parts of a URL that tell an operation.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Url<'u> {
    /// What stands before the Region in a host of AWS: `lambda`, or `bucket.s3`.
    pub endpoint: Option<&'u str>,
    pub path: &'u str,
    pub query: &'u str,
}

/// What hosts of AWS end with.
const HOSTS: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];

impl<'u> Url<'u> {
    pub fn read(url: &'u str) -> Self {
        let rest = url.split('#').next().unwrap_or(url);
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let after = address.find("://").map_or(address, |at| &address[at + 3..]);
        let (host, path) = after.split_at(after.find('/').unwrap_or(after.len()));
        let host = host.split(':').next().unwrap_or(host);
        let known = HOSTS.iter().find_map(|end| host.strip_suffix(end));
        Self { endpoint: known.map(without_region), path: if path.is_empty() { "/" } else { path }, query }
    }

    /// The third word of an ARN in the path.
    pub fn arn(&self) -> Option<&'u str> {
        self.path.split('/').find_map(|step| {
            let after = step.strip_prefix("arn:").or_else(|| step.strip_prefix("arn%3A")).or_else(|| step.strip_prefix("arn%3a"))?;
            let (_, service) = split_colon(after)?;
            split_colon(service).map(|(service, _)| service)
        })
    }

    /// The endpoint is `prefix`, or a name of something before it.
    pub fn is_at(&self, prefix: &str) -> bool {
        self.endpoint.is_some_and(|endpoint| endpoint == prefix || self.is_below(prefix))
    }

    fn is_below(&self, prefix: &str) -> bool {
        self.endpoint.and_then(|endpoint| endpoint.strip_suffix(prefix)).is_some_and(|name| name.ends_with('.'))
    }

    /// How well a template of a path fits, and where its parameters are: the more of it is written out, the better.
    pub fn fit<'t>(&self, template: &'t str, prefix: Option<&str>) -> Option<(usize, Parameters<'t>)> {
        let (path, query) = template.split_once('?').unwrap_or((template, ""));
        // What is named in the host is not in the path.
        let path = match path.strip_prefix("/{Bucket}") {
            Some("") if prefix.is_some_and(|prefix| self.is_below(prefix)) => "/",
            Some(rest) if prefix.is_some_and(|prefix| self.is_below(prefix)) => rest,
            _ => path,
        };
        let has = |wanted: &str| self.query.split('&').any(|part| part == wanted || part.strip_suffix('=') == Some(wanted));
        let wanted = query.split('&').filter(|part| !part.is_empty());
        let flags = self.query.split('&').filter(|part| !part.is_empty() && !part.contains('='));
        let fits = wanted.clone().all(has) && flags.into_iter().all(|flag| query.split('&').any(|part| part == flag));
        let found = fits.then(|| parameters(path, self.path)).flatten()?;
        let written = path.split('/').filter(|step| !step.starts_with('{')).count() * 2 + wanted.count();
        Some((written * 2 + usize::from(!path.contains("+}")), found))
    }
}

fn split_colon(text: &str) -> Option<(&str, &str)> {
    ["%3A", "%3a", ":"].iter().filter_map(|colon| text.split_once(*colon)).min_by_key(|(before, _)| before.len())
}

/// A host without the Region at its end.
fn without_region(host: &str) -> &str {
    let is_region = |word: &str| word.split('-').count() >= 3 && word.ends_with(|c: char| c.is_ascii_digit());
    match host.rsplit_once('.') {
        Some((service, last)) if is_region(last) || last.starts_with(['$', '{', '<']) => service,
        _ => host,
    }
}

/// Name and byte range of each parameter of a path.
pub(super) type Parameters<'t> = Vec<(&'t str, Range<usize>)>;

/// The parameters of a path that has the form of a template; `None` where it has another form. `{name+}` takes several steps.
pub(super) fn parameters<'t>(template: &'t str, path: &str) -> Option<Parameters<'t>> {
    let wanted: Vec<&str> = template.split('/').collect();
    let steps: Vec<&str> = path.split('/').collect();
    let further = steps.len().checked_sub(wanted.len())?;
    // An ARN at the end may have a `/` of its own.
    let ends_with_arn = || steps[wanted.len() - 1].starts_with("arn:").then_some(wanted.len() - 1);
    let greedy = wanted.iter().position(|step| step.ends_with("+}")).or_else(ends_with_arn);
    if greedy.is_none() && further > 0 {
        return None;
    }
    let (mut found, mut at, mut next) = (Vec::new(), 0, steps.iter());
    for (index, wanted) in wanted.iter().enumerate() {
        let mut length = next.next()?.len();
        if greedy == Some(index) {
            length += next.by_ref().take(further).map(|step| step.len() + 1).sum::<usize>();
        }
        match wanted.strip_prefix('{').and_then(|wanted| wanted.strip_suffix('}')) {
            Some(_) if length == 0 => return None,
            Some(name) => found.push((name.trim_end_matches('+'), at..at + length)),
            None if *wanted == &path[at..at + length] => {}
            None => return None,
        }
        at += length + 1;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_its_parameters() {
        let template = "/v1.0/{project}/kms/{key}/tags";
        let found = parameters(template, "/v1.0/p1/kms/k-2/tags").expect("it fits");
        assert_eq!(found, [("project", 6..8), ("key", 13..16)]);
        for other in ["/v1.0/p1/kms/k-2/tags/x", "/v1.0/p1/kms/k-2", "/v1.0//kms/k/tags", "/v2/p1/kms/k-2/tags"] {
            assert_eq!(parameters(template, other), None, "{other}");
        }
        assert_eq!(parameters("/tags/{arn+}", "/tags/arn:aws:a:b/c"), Some(vec![("arn", 6..19)]));
        assert_eq!(parameters("/tags/{arn}", "/tags/arn:aws:a:b/c"), Some(vec![("arn", 6..19)]));
        assert_eq!(parameters("/tags/x", "/tags/arn:aws:a:b/c"), None);
        assert_eq!(parameters("/{a+}/x", "/1/2/x"), Some(vec![("a", 1..4)]));
    }

    #[test]
    fn a_host_names_its_service() {
        for (url, endpoint, path, query) in [
            ("https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions", Some("lambda"), "/2015-03-31/functions", ""),
            ("https://b.s3.eu-central-1.amazonaws.com/?tagging", Some("b.s3"), "/", "tagging"),
            ("https://iam.amazonaws.com", Some("iam"), "/", ""),
            ("https://lambda.${REGION}.amazonaws.com/x", Some("lambda"), "/x", ""),
            ("https://example.com/tags", None, "/tags", ""),
            ("/v1/tags", None, "/v1/tags", ""),
        ] {
            assert_eq!(Url::read(url), Url { endpoint, path, query }, "{url}");
        }
        assert_eq!(Url::read("/tags/arn%3Aaws%3Abatch%3Aeu-central-1%3A1%3Ax").arn(), Some("batch"));
        assert_eq!(Url::read("/tags/arn:aws:batch:eu-central-1:1:x").arn(), Some("batch"));
        assert_eq!(Url::read("/tags/batch").arn(), None);
    }

    #[test]
    fn a_flag_of_a_query_means_something_else() {
        let fits = |url: &str, template: &str| Url::read(url).fit(template, Some("s3")).is_some();
        assert!(fits("https://s3.eu-central-1.amazonaws.com/b?tagging", "/{Bucket}?tagging"));
        assert!(fits("https://b.s3.eu-central-1.amazonaws.com/?tagging", "/{Bucket}?tagging"));
        assert!(fits("https://b.s3.eu-central-1.amazonaws.com/", "/{Bucket}"));
        assert!(!fits("https://b.s3.eu-central-1.amazonaws.com/?tagging", "/{Bucket}"));
        assert!(!fits("https://b.s3.eu-central-1.amazonaws.com/", "/{Bucket}?tagging"));
    }
}
