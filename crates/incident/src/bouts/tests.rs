//! Tests of bouts.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;

use super::*;

const MINUTE: i64 = 60;
const HOURS: i64 = 3600;
const DAYS: i64 = 24 * HOURS;

/// Findings as they come: second, kind, host.
type Story = Vec<(i64, String, u32)>;

/// Numbers that look like chance, the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as i64
    }
}

/// Daily life: eight kinds on six hosts for ten days, some rare and some common, more by day than by night.
fn daily_life(seed: u64) -> Story {
    let (mut chance, mut story) = (Chance(seed), Story::new());
    for (kind, host) in (0..8).flat_map(|kind| (1..7).map(move |host| (kind, host))) {
        for _ in 0..(4 << kind) {
            let day = chance.below(10) * DAYS;
            let hour = if chance.below(10) < 8 { 8 + chance.below(10) } else { chance.below(24) };
            story.push((day + hour * HOURS + chance.below(HOURS), format!("usual {kind}"), host));
        }
    }
    story
}

/// An intrusion: new things on one host, some at once, over most of an hour.
fn intrusion(start: i64, host: u32) -> Story {
    let mut story = Story::new();
    for (at, kind) in
        [(0, "scan"), (20, "error"), (300, "shell"), (320, "download"), (2400, "root"), (2410, "account")]
    {
        story.push((start + at, format!("odd {kind}"), host));
    }
    story
}

fn read(mut story: Story) -> (Bouts, Story) {
    story.sort();
    let mut bouts = Bouts::default();
    for (number, (second, kind, host)) in story.iter().enumerate() {
        bouts.push(kind, HostId(*host), Time::from_micros((1_778_112_000 + second) * 1_000_000), number);
    }
    (bouts, story)
}

/// The groups that have something of these kinds: what they have of them, by host and kind.
fn holding(story: Story, mark: &str) -> Vec<(u8, BTreeSet<(u32, String)>)> {
    let (bouts, story) = read(story);
    let told = bouts.groups().into_iter().map(|group| {
        let ours = group
            .members
            .iter()
            .map(|(number, _)| &story[*number])
            .filter(|(_, kind, _)| kind.starts_with(mark));
        (group.points(), ours.map(|(_, kind, host)| (*host, kind.clone())).collect::<BTreeSet<_>>())
    });
    told.filter(|(_, ours)| !ours.is_empty()).collect()
}

#[test]
fn a_state_saved_and_restored_now_and_then_makes_no_difference() {
    const FORM: snapshot::Form = snapshot::Form { stage: "bouts", version: 1 };
    let bytes_of = |bouts: &Bouts| {
        let mut bytes = Vec::new();
        FORM.save(bouts, &mut bytes).unwrap();
        bytes
    };
    let mut story = daily_life(1);
    story.extend(intrusion(8 * DAYS + 15 * HOURS, 2));
    let (plain, story) = read(story);
    let mut bouts = Bouts::default();
    for (number, (second, kind, host)) in story.iter().enumerate() {
        if number % 100 == 0 {
            bouts = FORM.restore(bytes_of(&bouts).as_slice()).unwrap();
            assert!(bouts.is_sound());
        }
        bouts.push(kind, HostId(*host), Time::from_micros((1_778_112_000 + second) * 1_000_000), number);
    }
    assert_eq!(bouts.groups(), plain.groups());
    assert_eq!(bytes_of(&bouts), bytes_of(&plain));
    bouts.kept += 1;
    assert!(!bouts.is_sound(), "a count of what is not there");
}

#[test]
fn an_intrusion_is_one_group_the_strongest_and_daily_life_makes_no_strong_one() {
    for seed in 0..10 {
        let (mut story, start) = (daily_life(seed), 8 * DAYS + 15 * HOURS);
        let (alone, _) = read(story.clone());
        let points = alone.groups().iter().map(BoutGroup::points).max().unwrap_or_default();
        assert!(points < 40, "daily life {seed}: {points} points");
        story.extend(intrusion(start, 2));
        let found = holding(story.clone(), "odd");
        assert_eq!(found.len(), 1, "{seed}: {found:?}");
        assert_eq!(found[0].1.len(), 6, "{seed}: {found:?}");
        let (bouts, _) = read(story);
        assert_eq!(bouts.groups()[0].points(), found[0].0, "{seed}: it comes first");
    }
}

#[test]
fn two_intrusions_at_one_time_on_different_hosts_never_mix_though_they_do_the_same() {
    for (seed, apart) in (0..10).flat_map(|seed| [90, 5 * MINUTE, HOURS].map(|apart| (seed, apart))) {
        let mut story = daily_life(seed);
        story.extend(intrusion(8 * DAYS + 15 * HOURS, 2));
        story.extend(intrusion(8 * DAYS + 15 * HOURS + apart, 5));
        let found = holding(story, "odd");
        for host in [2, 5] {
            let of_host = found.iter().filter(|(_, ours)| ours.iter().all(|(one, _)| *one == host));
            let most = of_host.map(|(_, ours)| ours.len()).max().unwrap_or_default();
            assert!(most >= 4, "{seed}, {apart} s apart: {found:?}");
        }
        let mixed =
            found.iter().filter(|(_, ours)| ours.iter().any(|(host, _)| *host != ours.first().unwrap().0));
        assert_eq!(mixed.count(), 0, "{seed}, {apart} s apart: {found:?}");
    }
}

#[test]
fn what_sweeps_over_several_hosts_in_a_moment_is_one_group() {
    let mut story = daily_life(1);
    story.extend(
        (1..7).map(|host| (8 * DAYS + 15 * HOURS + i64::from(host) * 7, "odd probe".to_owned(), host)),
    );
    let found = holding(story, "odd");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1.len(), 6);
}

#[test]
fn a_host_on_which_new_things_are_common_holds_nothing_together() {
    let mut story = daily_life(2);
    let mut chance = Chance(9);
    story.extend((0..400).map(|number| (chance.below(10 * DAYS), format!("ever new {number}"), 3)));
    story.extend([(8 * DAYS, "odd a".to_owned(), 3), (8 * DAYS + 30 * MINUTE, "odd b".to_owned(), 3)]);
    let (a, b) = ((3, "odd a".to_owned()), (3, "odd b".to_owned()));
    let found = holding(story, "odd");
    assert!(found.iter().all(|(_, ours)| !(ours.contains(&a) && ours.contains(&b))), "{found:?}");
}

#[test]
fn what_comes_each_morning_is_odd_only_at_night() {
    let mut story: Story =
        (0..14).map(|day| (day * DAYS + 8 * HOURS + day * 40, "backup".to_owned(), 1)).collect();
    story.extend((0..14 * 24).map(|hour| (hour * HOURS + 100, "heartbeat".to_owned(), 2)));
    let strength = |second: i64| {
        let mut story = story.clone();
        story.retain(|(at, ..)| *at < second);
        story.push((second, "backup".to_owned(), 1));
        let (bouts, _) = read(story);
        bouts.bouts[&(bouts.begun - 1)].strength()
    };
    let (morning, night) = (strength(13 * DAYS + 8 * HOURS + 600), strength(13 * DAYS + 3 * HOURS));
    assert!(morning < 1.5 && night > STRONG, "{morning:.2}, {night:.2}");
}

#[test]
fn two_sensors_that_always_speak_together_count_once() {
    let twice = |both: bool| {
        let mut story = daily_life(4);
        for day in 0..9 {
            let at = day * DAYS + 14 * HOURS + day * 900;
            story.push((at, "sensor a".to_owned(), 1 + (day % 3) as u32));
            if both {
                story.push((at, "sensor b".to_owned(), 1 + (day % 3) as u32));
            }
        }
        story.retain(|(at, ..)| *at < 9 * DAYS);
        story.push((9 * DAYS, "sensor a".to_owned(), 6));
        if both {
            story.push((9 * DAYS, "sensor b".to_owned(), 6));
        }
        let (bouts, story) = read(story);
        let last = story.len() - 1;
        let groups = bouts.groups();
        groups.iter().find(|group| group.members.iter().any(|(number, _)| *number == last)).unwrap().score
    };
    let (one, two) = (twice(false), twice(true));
    assert!(two < one * 1.3, "{one:.2} of one, {two:.2} of both");
}

#[test]
fn surprise_is_about_as_rare_as_it_says() {
    let (mut all, mut odd) = (0, 0);
    for seed in 0..10 {
        let mut story = daily_life(seed);
        story.sort();
        let mut bouts = Bouts::default();
        let mut seen = BTreeSet::new();
        for (number, (second, kind, host)) in story.iter().enumerate() {
            let at = bouts.push(kind, HostId(*host), Time::from_micros(second * 1_000_000), number);
            if *second > 2 * DAYS && seen.insert(at) {
                all += 1;
                odd += usize::from(bouts.bouts[&at].strength() >= STRONG);
            }
        }
    }
    let share = odd as f64 / all as f64;
    assert!(
        (0.005..0.1).contains(&share),
        "{odd} of {all} = {share:.3}, where chance should give about one in twenty"
    );
}

#[test]
fn members_are_numbers_of_the_caller_once_each_and_the_same_again_for_the_same_input() {
    let mut story = daily_life(5);
    story.extend(intrusion(9 * DAYS, 4));
    let (groups, again) = (read(story.clone()).0.groups(), read(story).0.groups());
    assert_eq!(groups, again);
    let numbers: Vec<usize> =
        groups.iter().flat_map(|group| &group.members).map(|(number, _)| *number).collect();
    assert_eq!(numbers.len(), numbers.iter().collect::<BTreeSet<_>>().len());
    assert!(groups.windows(2).all(|pair| pair[0].score >= pair[1].score));
}

#[test]
fn hostile_times_names_and_floods_do_no_harm() {
    let mut bouts = Bouts::default();
    assert!(!bouts.has_habits());
    let long = "端".repeat(1 << 20);
    for second in [i64::MIN, 0, -5, 1_778_112_000_000_000, 3, i64::MAX - 1, i64::MAX, 7] {
        bouts.push(&long, HostId::NONE, Time::from_micros(second), usize::MAX);
        bouts.push("", HostId(u32::MAX), Time::from_micros(second), 0);
    }
    assert!(bouts.groups().len() < 9);
    let mut bouts = Bouts::default();
    for number in 0..300_000 {
        bouts.push(
            &number.to_string(),
            HostId(number % 5000),
            Time::from_micros(i64::from(number) * 1000),
            number as usize,
        );
    }
    let loose = bouts.bouts.len() - bouts.grouped;
    assert!(loose <= MOST_LOOSE && bouts.bouts.len() <= MOST_IN_GROUPS + MOST_LOOSE, "{loose}");
    let sum: usize = bouts.bouts.values().map(|bout| bout.findings.len()).sum();
    assert_eq!(sum, bouts.kept);
}
