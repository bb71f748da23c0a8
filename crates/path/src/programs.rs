//! Programs that tell how something was started: by a web server, a service, a task, a call from afar.

use model::Via;

use crate::arrivals::Means;

/// What started a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starter {
    /// The service manager.
    Service,
    /// The task scheduler.
    Task,
    /// Windows Management Instrumentation.
    Wmi,
    /// Windows Remote Management.
    Winrm,
}

impl Starter {
    /// The way of a session over the network in which it started something. A service that was there before says nothing.
    pub fn via(self) -> Option<Via> {
        match self {
            Starter::Wmi => Some(Via::Wmi),
            Starter::Winrm => Some(Via::Winrm),
            Starter::Service | Starter::Task => None,
        }
    }
}

/// By the names of parent and program (paths of either system, any case).
pub fn starter(parent: &str, program: &str) -> Option<Starter> {
    let is = |path: &str, name: &str| base(path).eq_ignore_ascii_case(name);
    if is(parent, "wmiprvse.exe") || is(program, "wmiprvse.exe") {
        Some(Starter::Wmi)
    } else if is(parent, "wsmprovhost.exe")
        || is(program, "wsmprovhost.exe")
        || is(parent, "winrshost.exe")
        || is(program, "winrshost.exe")
    {
        Some(Starter::Winrm)
    } else if is_service_manager(parent) {
        Some(Starter::Service)
    } else if is(parent, "taskeng.exe") || is(parent, "taskhostw.exe") || is(parent, "svchost.exe") {
        Some(Starter::Task)
    } else {
        None
    }
}

/// The way of those for whom a program does what it does: the two that Windows' management does its work in.
pub fn provider(program: &str) -> Option<Via> {
    starter("", program).and_then(Starter::via)
}

/// The way that something done shows which nobody's session explains, by the program that did it and the one that had started that (paths, any
/// case): the service manager and the providers of management do what they are told from afar. Whether anybody was there is not said.
pub fn way_shown(parent: &str, program: &str) -> Option<Via> {
    match starter(parent, program) {
        Some(Starter::Service) => Some(Via::Service),
        _ if is_service_manager(program) => Some(Via::Service),
        starter => starter.and_then(Starter::via),
    }
}

/// The service manager, which takes no other calls than those to make, change and start services.
pub fn is_service_manager(program: &str) -> bool {
    base(program).eq_ignore_ascii_case("services.exe")
}

/// By what a program shows that it was started from afar.
pub fn means(parent: &str, program: &str) -> Means {
    let is = |path: &str, name: &str| base(path).eq_ignore_ascii_case(name);
    match starter(parent, program) {
        Some(Starter::Wmi) if !is(program, "wmiprvse.exe") => Means::Wmi,
        Some(Starter::Winrm) => Means::Winrm,
        _ if is(program, "rdpclip.exe") => Means::Screen,
        _ => Means::Parent,
    }
}

/// Whether a program is one that answers requests from the web and may start others for them.
pub fn is_web_server(path: &str) -> bool {
    const SERVERS: [&str; 16] = [
        "httpd",
        "apache2",
        "nginx",
        "php-fpm",
        "php-cgi",
        "w3wp.exe",
        "httpd.exe",
        "nginx.exe",
        "php-cgi.exe",
        "tomcat",
        "tomcat9.exe",
        "uwsgi",
        "gunicorn",
        "lighttpd",
        "caddy",
        "iisexpress.exe",
    ];
    let name = base(path);
    // PHP's managers have the version in their name.
    SERVERS.iter().any(|server| name.eq_ignore_ascii_case(server)) || name.starts_with("php-fpm")
}

/// Whether an account is one that only web servers run as.
pub fn is_web_account(name: &str) -> bool {
    const ACCOUNTS: [&str; 8] = ["www-data", "apache", "nginx", "httpd", "www", "tomcat", "wwwrun", "http"];
    let bare = name.rsplit('\\').next().unwrap_or(name);
    ACCOUNTS.contains(&bare) || name.starts_with("iis apppool\\")
}

/// The last name of a path of either system.
pub fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_their_last_name() {
        assert_eq!(starter("C:\\Windows\\System32\\wbem\\WmiPrvSE.exe", "x"), Some(Starter::Wmi));
        assert!(is_web_server("/usr/sbin/php-fpm8.2") && is_web_server("C:\\x\\W3WP.exe"));
        assert!(!is_web_server("/usr/bin/bash") && is_web_account("web01\\www-data"));
    }
}
