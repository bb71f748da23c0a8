//! What a company is called and where it is, and how a row of the list writes it.

use std::sync::OnceLock;

use super::{Customers, Difference, Likeness, corporate_number};
use crate::names::weighted;
use crate::rng::Rng;

/// A company.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// Name without the legal form.
    stem: String,
    form: Option<&'static Form>,
    /// Of its mail.
    pub(super) domain: String,
    /// The twelve digits.
    registration: u64,
    place: Place,
}

/// A row's share of it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) corporate_number: String,
    pub(super) postal_code: String,
    pub(super) address: String,
    pub(super) phone: String,
}

impl Profile {
    /// The company whose first row is there.
    pub(super) fn of(customers: &Customers, company: u64) -> Profile {
        let rng = customers.rng.of("company", company);
        // Registry offices have no number from 9800 on, so that nobody has this one.
        let registration = 980_001_000_000 + customers.registrations.forward(company);
        let own = Profile { registration, ..Profile::new(customers, company, company, &rng) };
        match customers.likeness(company) {
            Likeness::Subsidiary(parent) => {
                let parent_profile = Profile::of(customers, parent);
                let named = Profile::new(customers, parent, company, &rng);
                Profile {
                    domain: parent_profile.domain,
                    place: parent_profile.place,
                    ..Profile { registration, ..named }
                }
            }
            Likeness::Namesake(other) => {
                let other = Profile::of(customers, other);
                let domain = format!("{}-{}", company % 89 + 10, other.domain);
                Profile { stem: other.stem, form: other.form, domain, ..own }
            }
            Likeness::Own | Likeness::Same(..) => own,
        }
    }

    /// A company with the name of `named`, and the trade of `trade`.
    fn new(customers: &Customers, named: u64, trade: u64, rng: &Rng) -> Profile {
        let words = words();
        let stems = (words.firsts.len() * words.seconds.len()) as u64;
        let trades = (words.trades.len() + words.publics.len()) as u64;
        let names =
            super::Shuffle::new(customers.rng.of("names", 0), (stems * trades).max(customers.count()));
        let number = names.forward(named);
        let (stem, own_trade) = (number % stems, number / stems % trades);
        let trade =
            if named == trade { own_trade } else { names.forward(trade) / stems % words.trades.len() as u64 };
        let first = word(&words.firsts, stem % words.firsts.len() as u64);
        let second = word(&words.seconds, stem / words.firsts.len() as u64);
        let public = trade.checked_sub(words.trades.len() as u64).map(|at| word(&words.publics, at));
        let what = public.unwrap_or_else(|| word(&words.trades, trade));
        let form = match words.forms.iter().find(|form| form.before == what.form) {
            Some(only) if !what.form.is_empty() => Some(only),
            _ => weighted(&mut rng.of("form", 0), &words.forms, |form| form.weight),
        };
        let top = if public.is_some() { "lg.jp" } else { "co.jp" };
        Profile {
            stem: format!("{}{}{}", first.ja, second.ja, what.ja),
            form: if public.is_some() { None } else { form },
            domain: format!("{}{}-{}.{top}.example", first.romaji, second.romaji, what.romaji),
            registration: 0,
            place: Place::new(&mut rng.of("place", 0)),
        }
    }

    /// How the row at a position writes it.
    pub(super) fn row(&self, customers: &Customers, index: u64, likeness: Likeness) -> Row {
        let mut rng = customers.rng.of("writing", index);
        let mut name = self.name(0);
        let mut place = self.place.clone();
        let mut number = corporate_number(self.registration);
        if let Likeness::Same(_, difference) = likeness {
            let writing = 1 + rng.below(6);
            match difference {
                Difference::Spelling => name = self.name(writing),
                Difference::Width => {
                    let plain = self.name(0);
                    let other = width(&plain);
                    name = if other == plain { width(&self.name(3)) } else { other };
                }
                Difference::OldKanji => {
                    let plain = self.name(0);
                    let with_old = old(&plain);
                    name = if with_old == plain { self.name(writing) } else { with_old };
                }
                Difference::Branch => {
                    place = Place::new(&mut rng.of("branch", 0));
                    name = format!("{name} {}支店", place.prefecture.short());
                }
                Difference::Moved => place = Place::new(&mut rng.of("moved", 0)),
                Difference::Unnumbered => {
                    number.clear();
                    name = self.name(writing);
                }
                // Public bodies keep their names.
                Difference::Renamed if self.form.is_none() => name = self.name(writing),
                Difference::Renamed => {
                    let renamed = Profile::new(customers, index, customers.company(index), &rng);
                    name = Profile { form: self.form, ..renamed }.name(0);
                }
            }
        } else if rng.chance(4, 100) {
            number.clear();
        }
        let address = place.address(rng.below(4));
        Row {
            name,
            corporate_number: number,
            postal_code: place.postal_code(rng.below(16)),
            address,
            phone: place.phone(rng.below(16)),
        }
    }

    /// The name, written in the usual (0) or another (1 to 6) way.
    fn name(&self, writing: u64) -> String {
        let Some(form) = self.form else {
            let after = match writing {
                0 => "",
                1..4 => "\u{3000}御中",
                _ => "様",
            };
            return format!("{}{after}", self.stem);
        };
        let Form { before, after, short, .. } = form;
        let bracketed = match *short {
            "㈱" => "(株)",
            "㈲" => "(有)",
            other => other,
        };
        let wide = bracketed.replace('(', "（").replace(')', "）");
        let beside = |form: &str| {
            if before.is_empty() { format!("{}{form}", self.stem) } else { format!("{form}{}", self.stem) }
        };
        let apart = |space: &str| match (before.is_empty(), after.is_empty()) {
            (true, _) => format!("{}{space}{after}", self.stem),
            (_, true) => format!("{before}{space}{}", self.stem),
            _ => format!("{before}{space}{}{space}{after}", self.stem),
        };
        match writing {
            1 => beside(short),
            2 => beside(&wide),
            3 => beside(bracketed),
            4 => apart("\u{3000}"),
            5 => apart(" "),
            6 => self.stem.clone(),
            _ => format!("{before}{}{after}", self.stem),
        }
    }
}

/// Where an office is.
#[derive(Clone, Debug)]
struct Place {
    prefecture: &'static Prefecture,
    city: &'static str,
    town: &'static str,
    numbers: [u64; 3],
    building: Option<(&'static str, u64)>,
    postal: u64,
    telephone: u64,
}

impl Place {
    fn new(rng: &mut Rng) -> Place {
        let words = words();
        let numbers = [1 + rng.below(6), 1 + rng.below(30), 1 + rng.below(25)];
        let building = rng.chance(1, 2).then(|| rng.pick(&words.buildings)).flatten();
        Place {
            prefecture: weighted(rng, &words.prefectures, |prefecture| prefecture.weight).unwrap_or(&NOWHERE),
            city: rng.pick(&words.cities).copied().unwrap_or_default(),
            town: rng.pick(&words.towns).copied().unwrap_or_default(),
            numbers,
            building: building.map(|building| (*building, 1 + rng.below(12))),
            postal: rng.below(100_000) + 10_000,
            telephone: rng.below(1_000_000_000),
        }
    }

    fn address(&self, writing: u64) -> String {
        let [chome, block, house] = self.numbers;
        const KANJI: [&str; 7] = ["", "一", "二", "三", "四", "五", "六"];
        let numbers = match writing {
            0 => format!("{chome}丁目{block}番{house}号"),
            1 => format!("{chome}-{block}-{house}"),
            2 => wide(&format!("{chome}-{block}-{house}")),
            _ => format!("{}丁目{block}-{house}", KANJI.get(chome as usize).copied().unwrap_or_default()),
        };
        let ward = if self.prefecture.ja == "東京都" { "区" } else { "市" };
        let mut address = format!("{}{}{ward}{}{numbers}", self.prefecture.ja, self.city, self.town);
        if let Some((building, floor)) = self.building {
            address.push_str(&match writing {
                0 => format!(" {building}{floor}階"),
                2 => format!("\u{3000}{building}{}Ｆ", wide(&floor.to_string())),
                _ => format!(" {building} {floor}F"),
            });
        }
        address
    }

    fn postal_code(&self, writing: u64) -> String {
        let (area, town) = (self.postal / 1000 % 100, self.postal % 1000);
        let first = self.prefecture.postal;
        match writing {
            0 => format!("{first}{area:02}{town:04}"),
            1 => format!("〒{first}{area:02}-{town:04}"),
            2 => wide(&format!("{first}{area:02}-{town:04}")),
            3 => String::new(),
            _ => format!("{first}{area:02}-{town:04}"),
        }
    }

    /// Ten digits; the second part begins with 0, which no subscriber's number does.
    fn phone(&self, writing: u64) -> String {
        let area = self.prefecture.area_code;
        let width = 5usize.saturating_sub(area.len());
        let exchange = format!("0{:0width$}", self.telephone / 10_000 % 10u64.pow(width as u32));
        let last = self.telephone % 10_000;
        match writing {
            0 => format!("{area}{exchange}{last:04}"),
            1 => format!("({area}){exchange}-{last:04}"),
            2 => wide(&format!("{area}-{exchange}-{last:04}")),
            3 => format!("{area}({exchange}){last:04}"),
            _ => format!("{area}-{exchange}-{last:04}"),
        }
    }
}

const NOWHERE: Prefecture = Prefecture { ja: "東京都", area_code: "03", postal: "1", weight: 1 };

#[derive(Clone, Copy, Debug)]
struct Word {
    ja: &'static str,
    romaji: &'static str,
    /// The legal form that goes with it; empty where any may.
    form: &'static str,
}

#[derive(Clone, Copy, Debug)]
struct Form {
    before: &'static str,
    after: &'static str,
    short: &'static str,
    weight: u64,
}

#[derive(Clone, Copy, Debug)]
struct Prefecture {
    ja: &'static str,
    area_code: &'static str,
    /// The first digit of its postal codes.
    postal: &'static str,
    weight: u64,
}

impl Prefecture {
    /// `東京`
    fn short(&self) -> &'static str {
        let short = ["都", "府", "県"].iter().find_map(|kind| self.ja.strip_suffix(kind));
        short.unwrap_or(self.ja)
    }
}

#[derive(Default)]
struct Words {
    firsts: Vec<Word>,
    seconds: Vec<Word>,
    trades: Vec<Word>,
    publics: Vec<Word>,
    forms: Vec<Form>,
    prefectures: Vec<Prefecture>,
    cities: Vec<&'static str>,
    towns: Vec<&'static str>,
    buildings: Vec<&'static str>,
    /// Old and new shapes.
    old: Vec<(char, char)>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words = Words::default();
        for cells in include_str!("../../../data/companies.tsv")
            .lines()
            .map(|line| line.split('\t').collect::<Vec<_>>())
        {
            words.learn(&cells);
        }
        words
    })
}

impl Words {
    fn learn(&mut self, cells: &[&'static str]) {
        let text = |cell: &'static str| if cell == "-" { "" } else { cell };
        match *cells {
            ["first", ja, romaji] => self.firsts.push(Word { ja, romaji, form: "" }),
            ["second", ja, romaji] => self.seconds.push(Word { ja, romaji, form: "" }),
            ["trade", ja, romaji] => self.trades.push(Word { ja, romaji, form: "" }),
            ["trade", ja, romaji, form] => self.trades.push(Word { ja, romaji, form }),
            ["public", ja, romaji] => self.publics.push(Word { ja, romaji, form: "" }),
            ["form", before, after, short, weight] => {
                let weight = weight.parse().unwrap_or(1);
                self.forms.push(Form { before: text(before), after: text(after), short, weight });
            }
            ["prefecture", ja, area_code, postal, weight] => {
                let weight = weight.parse().unwrap_or(1);
                self.prefectures.push(Prefecture { ja, area_code, postal, weight });
            }
            ["city", city] => self.cities.push(city),
            ["town", town] => self.towns.push(town),
            ["building", building] => self.buildings.push(building),
            ["old", old, new] => self.old.extend(old.chars().zip(new.chars())),
            _ => {}
        }
    }
}

fn word(words: &[Word], at: u64) -> Word {
    words.get(at as usize).copied().unwrap_or(Word { ja: "", romaji: "", form: "" })
}

/// With the old shape of the first character that has one.
fn old(name: &str) -> String {
    let shape = |letter: char| words().old.iter().find(|(_, new)| *new == letter).map(|(old, _)| *old);
    let mut done = false;
    let mut replaced = |letter: char| match shape(letter) {
        Some(old) if !done => {
            done = true;
            old
        }
        _ => letter,
    };
    name.chars().map(&mut replaced).collect()
}

/// Full-width letters as half-width ones, katakana too; of a name without any, the other way round.
fn width(name: &str) -> String {
    let half: String = name.chars().map(half).collect();
    if half == name { wide(name) } else { half }
}

fn half(letter: char) -> String {
    const FULL: &str = "ァアィイゥウェエォオカキクケコサシスセソタチッツテトナニヌネノハヒフヘホマミムメモャヤュユョヨラリルレロワヲンー";
    const HALF: &str = "ｧｱｨｲｩｳｪｴｫｵｶｷｸｹｺｻｼｽｾｿﾀﾁｯﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓｬﾔｭﾕｮﾖﾗﾘﾙﾚﾛﾜｦﾝｰ";
    const VOICED: &str = "ガギグゲゴザジズゼゾダヂヅデドバビブベボ";
    const UNVOICED: &str = "ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎ";
    const PLOSIVE: &str = "パピプペポ";
    let from = |full: &str, half: &str| {
        full.chars().zip(half.chars()).find(|(full, _)| *full == letter).map(|(_, half)| half)
    };
    if let Some(half) = from(FULL, HALF) {
        return half.to_string();
    }
    if let Some(half) = from(VOICED, UNVOICED) {
        return format!("{half}ﾞ");
    }
    if let Some(half) = from(PLOSIVE, "ﾊﾋﾌﾍﾎ") {
        return format!("{half}ﾟ");
    }
    match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter).to_string(),
        _ => letter.to_string(),
    }
}

/// Half-width letters of ASCII as full-width ones.
fn wide(text: &str) -> String {
    let wide = |letter: char| match letter {
        '!'..='~' => char::from_u32(letter as u32 + 0xFEE0).unwrap_or(letter),
        ' ' => '\u{3000}',
        _ => letter,
    };
    text.chars().map(wide).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::rows;

    #[test]
    fn every_row_of_the_table_is_read() {
        let words = words();
        let read = [
            words.firsts.len(),
            words.seconds.len(),
            words.trades.len(),
            words.publics.len(),
            words.forms.len(),
        ];
        let more = [
            words.prefectures.len(),
            words.cities.len(),
            words.towns.len(),
            words.buildings.len(),
            words.old.len(),
        ];
        let read: usize = read.iter().chain(&more).sum();
        assert_eq!(read, rows(include_str!("../../../data/companies.tsv")).count());
        assert_eq!(words.prefectures.len(), 47);
    }

    #[test]
    fn full_width_becomes_half_width_and_back() {
        assert_eq!(width("朝凪ＩＴサービス"), "朝凪ITｻｰﾋﾞｽ");
        assert_eq!(width("朝凪建設(株)"), "朝凪建設（株）");
        assert_eq!(half('パ'), "ﾊﾟ");
        assert_eq!(old("高沢高"), "髙沢高");
    }

    #[test]
    fn branches_are_named_after_their_prefecture() {
        let short = |ja| Prefecture { ja, ..NOWHERE }.short();
        assert_eq!(["東京都", "京都府", "北海道", "三重県"].map(short), ["東京", "京都", "北海道", "三重"]);
    }

    #[test]
    fn a_telephone_number_has_ten_digits_and_reaches_nobody() {
        let mut rng = Rng::new(3);
        for _ in 0..500 {
            let place = Place::new(&mut rng);
            let phone = place.phone(7);
            assert_eq!(phone.bytes().filter(u8::is_ascii_digit).count(), 10, "{phone}");
            assert!(phone.split('-').nth(1).is_some_and(|exchange| exchange.starts_with('0')), "{phone}");
            assert_eq!(place.postal_code(7).len(), 8, "{}", place.postal_code(7));
        }
    }
}
