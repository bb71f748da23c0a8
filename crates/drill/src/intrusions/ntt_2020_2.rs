//! The second case of 2020: a private device is compromised, and the intruder comes with its owner's account, over remote access and a virtual
//! desktop, and looks through file servers. Nothing is broken, nothing installed: only who reads what, from where, is not as usual.

use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, PersonId, Remote};
use crate::truth::{Stage, Via};
use crate::world::World;

use super::script::{Hand, Script};
use super::{looks, moves};

/// Writes the script.
pub fn write(script: &mut Script, company: &Company) {
    let Some(victim) = victim(script, company) else { return };
    let person = company.person(victim).clone();
    let account = person.account;
    let outside = moves::outside(script);
    let sittings = script.rng.between(5, 9) as usize;
    script.sittings(sittings);
    let mistakes = if script.rng.chance(1, 2) { script.rng.between(1, 2) } else { 0 };
    for number in 0..sittings {
        // Now and then another address of the same provider.
        let outside = outside + script.rng.below(3) as u32;
        let mistakes = if number == 0 { mistakes } else { 0 };
        script.sit(Stage::InitialAccess, "remote login with the stolen account", move |world, hand| {
            moves::tunnel(world, hand, account, outside, mistakes);
        });
        script.then(
            (MINUTE, 4 * MINUTE),
            Stage::LateralMovement,
            "virtual desktop with the stolen account",
            move |world, hand| {
                open_desktop(world, hand, account);
            },
        );
        browse(script, company, number == 0, sittings);
        script.then((3 * MINUTE, 12 * MINUTE), Stage::Collection, "leaves", moves::leave);
    }
}

/// Somebody with a device of their own; in a small company without such people, somebody.
fn victim(script: &mut Script, company: &Company) -> Option<PersonId> {
    let all = script.staff(company);
    let own =
        |id: &PersonId| company.person(*id).remote == Remote::Byod && company.person(*id).admin.is_none();
    let candidates: Vec<PersonId> = all.iter().copied().filter(own).collect();
    script.rng.pick(if candidates.is_empty() { &all } else { &candidates }).copied()
}

fn open_desktop(world: &mut World, hand: &mut Hand, account: AccountId) {
    let Some(from) = hand.tunnel.as_ref().map(|tunnel| tunnel.inside) else { return };
    let desktop = world.desktop(account, from);
    let company = world.company.clone();
    let host = &company.host(desktop.logon.host).name;
    hand.hop(
        world,
        (&crate::company::dotted(from), host),
        &company.account(account).name,
        Via::Vdi,
        &["T1021.001"],
    );
    hand.desktop = Some(desktop);
}

/// Looks through shares, and reads what promises something.
fn browse(script: &mut Script, company: &Company, first: bool, sittings: usize) {
    let folders = script.rng.between(3, 9) as u64;
    for _ in 0..folders {
        let department = script.rng.below(company.departments.len() as u64) as u16;
        let server = company.share_server(department);
        let folder = script.rng.below(400);
        let (reason, stage) = if first {
            ("looks through the folders of others", Stage::Discovery)
        } else {
            ("reads files of others", Stage::Collection)
        };
        let files =
            if first { script.rng.between(0, 6) } else { script.rng.between(15, 30 + 600 / sittings as i64) }
                as u64;
        script.then((20 * SECOND, 6 * MINUTE), stage, reason, move |world, hand| {
            read_folder(world, hand, server, (department, folder), files);
        });
    }
}

fn read_folder(
    world: &mut World,
    hand: &mut Hand,
    server: HostId,
    (department, folder): (u16, u64),
    files: u64,
) {
    let Some(logon) = hand.desktop.as_ref().map(|desktop| desktop.logon.clone()) else { return };
    let share = looks::share(world, hand, &logon, server, department);
    looks::read_folder(world, hand, &share, folder, (files, 25 * SECOND));
}
