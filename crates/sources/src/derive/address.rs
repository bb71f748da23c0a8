//! Parts of request targets and of full addresses.

/// What stands before the first `?`.
pub fn stem(target: &str) -> &str {
    target.split_once('?').map_or(target, |(stem, _)| stem)
}

/// What stands behind the first `?`.
pub fn query(target: &str) -> Option<&str> {
    target.split_once('?').map(|(_, query)| query)
}

/// `host:port/path?query` of `http://name@host:port/path?query`: host with port, and the path with what follows it.
fn parts(address: &str) -> Option<(&str, &str)> {
    let rest = match address.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        _ => return None,
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end)?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some((host, rest))
}

fn is_scheme(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 16
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// The path, without query and fragment; `None` for `host:port` of a tunnel.
pub fn path(address: &str) -> Option<&str> {
    let rest = match parts(address) {
        Some((_, rest)) => rest,
        None if address.starts_with('/') => address,
        None => return None,
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    (!path.is_empty()).then_some(path)
}

/// The host, with its port unless that is 80 or 443; of a tunnel's `host:port` both.
pub fn host(address: &str) -> Option<&str> {
    let Some((host, _)) = parts(address) else {
        let (host, port) = address.rsplit_once(':')?;
        let is_name = !host.is_empty() && !host.contains(['/', '?', '@', ' ', '\\']);
        return (is_name && port.parse::<u16>().is_ok()).then_some(address);
    };
    let bare = host.strip_suffix(":80").or_else(|| host.strip_suffix(":443"));
    // Of an address in IPv6's form without brackets it would be the last part.
    let host = bare.filter(|bare| bare.ends_with(']') || !bare.contains(':')).unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

/// What the path's last name ends with, without the dot.
pub fn extension(address: &str) -> Option<&str> {
    let name = path(address)?.rsplit('/').next()?;
    let name = name.split(';').next()?;
    let (_, extension) = name.rsplit_once('.')?;
    let is_one =
        (1..=12).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_one.then_some(extension)
}
