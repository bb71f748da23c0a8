//! Which kinds of pages somebody looks at: by what their department does, and by the hour.

use crate::clock::{HOUR, MINUTE};
use crate::company::AccountId;
use crate::names::weighted;
use crate::rng::Rng;
use crate::world::World;

/// A kind of site, and how often anybody looks at it while they work.
const USUAL: [(&str, u64); 19] = [
    ("search", 110),
    ("portal", 60),
    ("news", 70),
    ("saas", 260),
    ("storage", 16),
    ("mail", 14),
    ("update", 12),
    ("certificate", 16),
    ("social", 22),
    ("video", 14),
    ("shopping", 18),
    ("travel", 22),
    ("bank", 5),
    ("government", 18),
    ("technology", 35),
    ("maps", 30),
    ("recruit", 4),
    ("partner", 90),
    ("overseas", 16),
];

/// What the company does not want to be looked at: one of these.
const BLOCKED: [&str; 3] = ["video", "social", "recruit"];

impl World {
    /// The kind of site that somebody looks at now.
    pub(super) fn taste(&mut self, account: AccountId) -> &'static str {
        let company = self.company.clone();
        let person = company.account(account).person.map(|id| company.person(id));
        let department = person.and_then(|person| company.departments.get(usize::from(person.department)));
        let code = department.map_or("it", |one| one.code.as_str());
        let offset = person.map_or(540, |person| company.site(person.site).offset);
        let hour = (self.clock.micros() + i64::from(offset) * MINUTE).div_euclid(HOUR).rem_euclid(24);
        let idle = hour == 12 || !(8..18).contains(&hour);
        let blocked = self.blocked();
        let weight = |(category, usual): &(&'static str, u64)| {
            let own = usual * special(code, category);
            let own = if idle && is_private(category) { own * 4 } else { own };
            // Most know by now.
            if *category == blocked { (own / 3).max(1) } else { own }
        };
        weighted(&mut self.rng, &USUAL, weight).map_or("saas", |(category, _)| category)
    }

    /// Whether the proxy refuses pages of a kind.
    pub(super) fn is_blocked(&self, category: &str) -> bool {
        self.blocked() == category
    }

    fn blocked(&self) -> &'static str {
        self.company.rng.of("blocked", 0).pick(&BLOCKED).copied().unwrap_or_default()
    }
}

/// How much oftener a department looks at a kind of site than others.
fn special(department: &str, category: &str) -> u64 {
    match (department, category) {
        ("netops" | "netdesign" | "cloudops" | "dev" | "research" | "it" | "security", "technology") => 5,
        ("accounting" | "finance", "bank") => 14,
        ("accounting" | "finance" | "hr" | "legal" | "govsales" | "affairs", "government") => 4,
        ("hr", "recruit") => 12,
        ("overseas", "overseas") => 7,
        ("marketing" | "pr" | "product", "social" | "video") => 4,
        ("procurement" | "affairs", "shopping") => 4,
        ("procurement" | "orders", "partner") => 3,
        ("sales" | "corpsales" | "govsales" | "overseas" | "construction", "maps" | "travel") => 3,
        _ => 1,
    }
}

fn is_private(category: &str) -> bool {
    matches!(category, "news" | "portal" | "social" | "video" | "shopping" | "travel" | "maps")
}

/// What comes along with a page.
pub(super) fn along(rng: &mut Rng) -> &'static str {
    const ALONG: [(&str, u64); 5] =
        [("cdn", 40), ("ads", 28), ("analytics", 20), ("certificate", 5), ("telemetry", 7)];
    weighted(rng, &ALONG, |(_, weight)| *weight).map_or("cdn", |(category, _)| category)
}

/// Whether proxies keep content of a type.
pub(super) fn is_kept(content_type: &str) -> bool {
    let parts = [
        "image/",
        "font/",
        "text/css",
        "application/javascript",
        "application/pkix",
        "application/vnd.ms-cab",
    ];
    parts.iter().any(|part| content_type.starts_with(part))
}

/// The media type that servers say by a path's ending.
pub(super) fn content_type(path: &str) -> &'static str {
    let path = path.split('?').next().unwrap_or_default();
    let ending =
        path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
    match ending {
        "" | "html" | "htm" | "php" => "text/html",
        "js" => "application/javascript",
        "css" => "text/css",
        "json" => "application/json",
        "xml" => "application/xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "deb" => "application/vnd.debian.binary-package",
        "rpm" => "application/x-rpm",
        "cab" => "application/vnd.ms-cab-compressed",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::web;

    #[test]
    fn every_kind_of_site_has_sites() {
        let mut rng = Rng::new(1);
        for (category, _) in USUAL {
            assert!(web::site(&mut rng, category).is_some(), "{category}");
        }
        for _ in 0..100 {
            let category = along(&mut rng);
            assert!(web::site(&mut rng, category).is_some(), "{category}");
        }
    }

    #[test]
    fn a_path_has_the_media_type_of_its_ending() {
        assert_eq!(content_type("/a/b.pdf?x=1.js"), "application/pdf");
        assert_eq!(content_type("/a.b/c"), "text/html");
        assert_eq!(content_type("/setup.exe"), "application/octet-stream");
    }
}
