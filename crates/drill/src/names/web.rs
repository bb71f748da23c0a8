//! Web sites, what is fetched from them, and the programs that fetch.
//!
//! In: a stream of chance. Out: a site, a resource of it, a user agent, and their text appended to a buffer. All hosts are invented, under
//! `.example`; addresses of sites are not known here.

use std::sync::OnceLock;

use super::{filled, rows, weighted};
use crate::clock::{days_of, number};
use crate::rng::Rng;

/// A web site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its name.
    pub host: &'static str,
    /// What it is for: `news`, `saas`, `update`, …
    pub category: &'static str,
}

/// Something that is fetched from sites of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The category of the sites.
    pub category: &'static str,
    /// `GET`, `POST`, …
    pub method: &'static str,
    path: &'static str,
    /// The media type of the answer.
    pub content_type: &'static str,
    least: u64,
    most: u64,
    weight: u64,
}

/// A program that fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    /// `browser`, `phone`, `program` or `server`.
    pub kind: &'static str,
    text: &'static str,
    weight: u64,
}

/// All sites; those of a category stand together, the most visited first.
pub fn sites() -> &'static [Site] {
    static SITES: OnceLock<Vec<Site>> = OnceLock::new();
    SITES.get_or_init(|| {
        let cells = rows(include_str!("../../data/sites.tsv")).filter_map(|row| row.next_ones());
        cells.map(|[host, category]| Site { host, category }).collect()
    })
}

/// The sites of a category, the most visited first; none of an unknown one.
pub fn sites_of(category: &str) -> &'static [Site] {
    let all = sites();
    let first = all.iter().position(|site| site.category == category).unwrap_or(all.len());
    let from = all.get(first..).unwrap_or_default();
    let count = from.iter().take_while(|site| site.category == category).count();
    from.get(..count).unwrap_or_default()
}

/// A site of a category: the first of them much more often than the last.
pub fn site(rng: &mut Rng, category: &str) -> Option<&'static Site> {
    let sites = sites_of(category);
    sites.get(rng.early(sites.len() as u64) as usize)
}

/// Something that is fetched from sites of a category.
pub fn resource(rng: &mut Rng, category: &str) -> Option<&'static Resource> {
    let all = resources();
    let first = all.iter().position(|resource| resource.category == category)?;
    let from = all.get(first..).unwrap_or_default();
    let count = from.iter().take_while(|resource| resource.category == category).count();
    weighted(rng, from.get(..count).unwrap_or_default(), |resource| resource.weight)
}

impl Resource {
    /// A path with its query: `/article/48213.html`.
    pub fn path(&self, out: &mut Vec<u8>, rng: &mut Rng) {
        filled(out, self.path, |out, name| match name {
            b'h' => {
                let bits = rng.bits();
                out.extend((0..16).map(|at| {
                    b"0123456789abcdef".get((bits >> (4 * at) & 15) as usize).copied().unwrap_or(b'0')
                }));
            }
            _ => number(out, 1 + rng.below(99_999)),
        });
    }

    /// The bytes of an answer: most are small for their kind.
    pub fn size(&self, rng: &mut Rng) -> u64 {
        rng.amount(self.least, self.most - self.least + 1).min(self.most)
    }
}

/// A program of that kind.
pub fn agent(rng: &mut Rng, kind: &str) -> Option<&'static Agent> {
    let all = agents();
    let first = all.iter().position(|agent| agent.kind == kind)?;
    let from = all.get(first..).unwrap_or_default();
    let count = from.iter().take_while(|agent| agent.kind == kind).count();
    weighted(rng, from.get(..count).unwrap_or_default(), |agent| agent.weight)
}

impl Agent {
    /// What it calls itself on that day; browsers keep themselves up to date.
    pub fn text(&self, out: &mut Vec<u8>, days: i64) {
        filled(out, self.text, |out, name| match name {
            b'v' => number(out, major(days, 138, days_of(2025, 6, 24))),
            _ => number(out, major(days, 140, days_of(2025, 6, 24))),
        });
    }
}

fn resources() -> &'static [Resource] {
    static RESOURCES: OnceLock<Vec<Resource>> = OnceLock::new();
    RESOURCES.get_or_init(|| {
        let resource = |[category, method, path, content_type, least, most, weight]: [&'static str; 7]| {
            let [least, most, weight] = [least, most, weight].map(|number| number.parse().ok());
            Some(Resource {
                category,
                method,
                path,
                content_type,
                least: least?,
                most: most?,
                weight: weight?,
            })
        };
        rows(include_str!("../../data/resources.tsv")).filter_map(|row| resource(row.next_ones()?)).collect()
    })
}

fn agents() -> &'static [Agent] {
    static AGENTS: OnceLock<Vec<Agent>> = OnceLock::new();
    AGENTS.get_or_init(|| {
        let agent = |[kind, weight, text]: [&'static str; 3]| {
            Some(Agent { kind, text, weight: weight.parse().ok()? })
        };
        rows(include_str!("../../data/agents.tsv")).filter_map(|row| agent(row.next_ones()?)).collect()
    })
}

/// The version of a browser that has a new one every four weeks.
fn major(days: i64, known: i64, since: i64) -> u64 {
    (known + (days - since).div_euclid(28)).max(1) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_is_invented_and_can_be_fetched_from() {
        let mut rng = Rng::new(1);
        assert!(sites().len() > 300);
        for site in sites() {
            assert!(site.host.ends_with(".example"), "{site:?}");
            assert!(sites_of(site.category).contains(site), "{site:?} stands apart from its category");
            assert!(resource(&mut rng, site.category).is_some(), "{site:?}");
        }
    }

    #[test]
    fn every_row_of_the_tables_is_read() {
        assert_eq!(resources().len(), rows(include_str!("../../data/resources.tsv")).count());
        assert_eq!(agents().len(), rows(include_str!("../../data/agents.tsv")).count());
    }

    #[test]
    fn paths_are_filled_in_and_answers_are_of_their_kind_s_size() {
        let mut rng = Rng::new(2);
        for resource in resources() {
            let mut path = Vec::new();
            resource.path(&mut path, &mut rng);
            assert!(path.starts_with(b"/") && !path.contains(&b'{') && !path.contains(&b' '), "{resource:?}");
            assert!((resource.least..=resource.most).contains(&resource.size(&mut rng)), "{resource:?}");
        }
    }

    #[test]
    fn a_browser_has_the_version_of_the_day() {
        let edge = agents()[0];
        let text = |year, month, day| {
            let mut out = Vec::new();
            edge.text(&mut out, days_of(year, month, day));
            String::from_utf8(out).unwrap()
        };
        assert!(text(2025, 6, 25).ends_with("Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"));
        assert!(text(2026, 5, 7).ends_with("Edg/149.0.0.0"));
        let mut rng = Rng::new(3);
        assert!(["browser", "phone", "program", "server"].iter().all(|kind| agent(&mut rng, kind).is_some()));
    }
}
