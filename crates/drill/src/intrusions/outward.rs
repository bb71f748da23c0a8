//! How intruders talk to the outside: calls home of what they left behind, and data that is taken out.
//!
//! In: a machine that speaks, a site that listens; both are invented anew for each seed. Out: names looked up, requests through the proxy, or
//! sessions that go out directly, as updates and uploads of anybody do.

use crate::clock::{HOUR, MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, dotted};
use crate::names::web;
use crate::truth::Stage;
use crate::world::{Flow, Visit, World, internet};

use super::script::{Hand, Script};

/// A site outside, and the machine that speaks with it.
#[derive(Clone, Debug)]
pub struct Outlet {
    host: HostId,
    domain: String,
    /// Through the proxy, or else directly.
    proxied: bool,
    /// Whose account the proxy is told.
    account: Option<AccountId>,
    /// Smallest and largest call, in bytes.
    call: (i64, i64),
}

impl Outlet {
    /// Something outside for a machine.
    pub fn of(script: &mut Script, company: &Company, host: HostId, account: Option<AccountId>) -> Outlet {
        let least = script.rng.between(300, 1_500);
        Outlet {
            host,
            domain: domain(script),
            // Servers of Linux go out directly more often than those of Windows.
            proxied: script.rng.chance(if company.host(host).os == Os::Windows { 3 } else { 2 }, 4),
            account,
            call: (least, least + script.rng.between(0, 2_500)),
        }
    }

    /// A site that stores files for anybody, for somebody at their machine.
    pub fn to_storage(script: &mut Script, host: HostId, account: AccountId) -> Outlet {
        let site = web::site(&mut script.rng, "storage").map_or("", |site| site.host);
        Outlet { host, domain: site.to_owned(), proxied: true, account: Some(account), call: (800, 2_000) }
    }

    /// Calls home, from now on, with the pauses of this seed.
    pub fn calls(&self, script: &mut Script) {
        let days = script.span() / (24 * HOUR);
        // Over months, what calls every few minutes would be found soon.
        let mean = if days > 20 {
            script.rng.between(2 * HOUR, 9 * HOUR)
        } else {
            script.rng.between(4 * MINUTE, 45 * MINUTE)
        };
        let spread = mean / script.rng.between(3, 20);
        let outlet = self.clone();
        let pauses = (mean - spread, mean + spread);
        script.routine(pauses, Stage::CommandAndControl, "call home", move |world, hand| {
            outlet.call(world, hand)
        });
    }

    /// A program is fetched from outside.
    pub fn fetch(&self, world: &mut World, hand: &mut Hand) {
        let received = world.rng.between(180_000, 9_000_000) as u64;
        let sent = world.rng.amount(700, 900);
        self.exchange(world, hand, sent, received, 4 * SECOND);
    }

    fn call(&self, world: &mut World, hand: &mut Hand) {
        let sent = world.rng.between(self.call.0, self.call.1) as u64;
        let received = world.rng.between(200, 4_000) as u64;
        self.exchange(world, hand, sent, received, SECOND);
    }

    /// What was collected is taken out, in pieces.
    pub fn send(&self, world: &mut World, hand: &mut Hand) {
        // Packed before it goes.
        let packed = world.rng.between(35, 95) as u64;
        let mut left = (hand.loot / 100 * packed).max(150_000);
        hand.loot = 0;
        let piece = (left / 20).max(world.rng.between(6_000_000, 60_000_000) as u64);
        while left > 0 {
            let sent = left.min(piece);
            left -= sent;
            // Some megabytes in a second.
            let lasts = sent as i64 / world.rng.between(2, 12) + SECOND;
            let received = world.rng.amount(2_600, 900) + sent / world.rng.between(250, 500) as u64;
            self.exchange(world, hand, sent, received, lasts);
            world.pass(lasts, lasts + 40 * SECOND);
        }
    }

    fn exchange(&self, world: &mut World, hand: &mut Hand, sent: u64, received: u64, lasts: i64) {
        hand.entity(world, "domain", &self.domain);
        let lasts = world.rng.between(lasts / 2, lasts * 3 / 2);
        if self.proxied {
            let visit = Visit { host: &self.domain, method: "CONNECT", path: "/", sent, received, lasts };
            world.visit(self.host, self.account, &visit);
            return;
        }
        world.resolve(self.host, &self.domain, "A");
        let (from, to) = (world.address(self.host), internet(&self.domain));
        hand.entity(world, "address", &dotted(to));
        world.flow(Flow { from, to, port: 443, protocol: 6, sent, received, lasted: lasts, allowed: true });
    }
}

/// A name as other sites have them: built as one of them is, of the words of two others.
pub fn domain(script: &mut Script) -> String {
    loop {
        let mut site = || script.rng.pick(web::sites()).map_or("", |site| site.host);
        let (model, one, other) = (site(), site(), site());
        let mut words = [one, other].into_iter().flat_map(words);
        let (Some(first), Some(last)) = (words.next(), words.next_back()) else { continue };
        let labels: Vec<&str> = model.split('.').collect();
        // The registered name and the ending; what stands before is the model's.
        let Some((before, own)) = labels.split_last_chunk::<2>() else { continue };
        let [registered, ending] = own;
        let made =
            if registered.contains('-') { format!("{first}-{last}") } else { format!("{first}{last}") };
        let tail = format!("{made}.{ending}");
        if first != last && !web::sites().iter().any(|site| site.host.ends_with(&tail)) {
            let before: String = before.iter().map(|label| format!("{label}.")).collect();
            return before + &tail;
        }
    }
}

/// The words of a site's registered name, without digits.
fn words(host: &'static str) -> impl DoubleEndedIterator<Item = &'static str> {
    let name = host.rsplit('.').nth(1).unwrap_or_default();
    name.split('-').filter(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}
