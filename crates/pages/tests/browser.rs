//! The report in a real browser: names that would like to be more than names do nothing, and no text covers another.
//!
//! Needs Chromium (Debian, Ubuntu: `apt install chromium fonts-noto-cjk`); says so in one line where there is none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use std::path::PathBuf;
use std::process::Command;

use pages::{Overview, Report, Source, Unreadable, report};
use words::Language;

mod support;

/// Chromium by any of its names.
fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    let found =
        std::env::var_os("YAGURA_CHROMIUM").map(PathBuf::from).or_else(|| files.find(|file| file.is_file()));
    if found.is_none() {
        println!("skipped: Chromium is not installed (Debian, Ubuntu: apt install chromium fonts-noto-cjk)");
    }
    found
}

/// What the page has become once it is loaded, as HTML.
fn loaded(browser: &PathBuf, page: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    std::fs::write(&file, page).unwrap();
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=1280,1000",
        ])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .args(["--virtual-time-budget=4000", "--dump-dom"])
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8(output.stdout).unwrap();
    assert!(dom.contains("</html>"), "{}", String::from_utf8_lossy(&output.stderr));
    dom
}

fn page(language: Language, hosts: usize, is_hostile: bool) -> String {
    let mut incidents = support::incidents(hosts);
    let mut overview = support::overview(&mut support::Chance(9));
    if is_hostile {
        incidents.iter_mut().for_each(support::hostile);
        let unreadable =
            |name: &str| Unreadable { name: name.into(), code: name.into(), reason: name.into(), count: 1 };
        let source = |name: &str| Source { log_source: name.into(), host: name.into(), ..Source::default() };
        overview.unreadable = support::NAMES.map(unreadable).into();
        overview.sources.extend(support::NAMES.map(source));
    }
    written(language, &overview, &incidents)
}

fn written(language: Language, overview: &Overview, incidents: &[model::incident::Incident]) -> String {
    let mut out = Vec::new();
    let findings = support::findings();
    report(&Report { language, overview, incidents, findings: &findings }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The page without its policy and with a script of the test's own, whose answer is put into the title.
fn asked(browser: &PathBuf, page: &str, script: &str) -> String {
    let from = page.find("<meta http-equiv=\"Content-Security-Policy\"").unwrap();
    let to = from + page[from..].find('>').unwrap() + 1;
    let open = format!("{}{}", &page[..from], &page[to..]);
    let script =
        format!("<script>document.title = 'answer:' + (() => {{ {script} }})() + ':end';</script></body>");
    let dom = loaded(browser, &open.replace("</body>", &script));
    let answer = dom.split("<title>answer:").nth(1).and_then(|rest| rest.split(":end</title>").next());
    answer.unwrap_or_else(|| panic!("the script gave no answer: {}", &dom[..400])).to_owned()
}

#[test]
fn a_hostile_name_runs_nothing_and_adds_no_element() {
    let Some(browser) = chromium() else { return };
    for language in Language::ALL {
        let page = page(language, 20, true);
        let dom = loaded(&browser, &page);
        let title = words::Words::new(language).text("report-title", &[]);
        assert!(dom.contains(&format!("<title>{title}</title>")), "{}", &dom[..600]);
        assert!(!dom.contains("<script") && !dom.contains("<img"));
        assert!(dom.contains("⟨U+202E⟩gpj.exe"));
        let odd = "const known = new Set('html head meta title style body input label main footer header section h1 h2 h3 h4 p span strong a ul ol li dl dt dd br bdi time table thead tbody tr th td div figure figcaption svg g line path rect circle text tspan script'.split(' '));
            const odd = [...document.querySelectorAll('*')].filter(e => !known.has(e.localName) || [...e.attributes].some(a => a.name.startsWith('on')));
            return odd.map(e => e.outerHTML.slice(0, 60)).join('|');";
        assert_eq!(asked(&browser, &page, odd), "");
    }
}

#[test]
fn the_policy_stops_a_script_that_got_in_all_the_same() {
    let Some(browser) = chromium() else { return };
    let script =
        "<script>document.title='owned'</script><img src=\"x\" onerror=\"document.title='owned'\"></body>";
    let page = page(Language::En, 3, false).replace("</body>", script);
    assert!(loaded(&browser, &page).contains("<title>Intrusion report</title>"));
}

/// Counts characters that stand left of the one before them in the same line of text, but for letters from right to
/// left themselves.
const REORDERED: &str = "let moved = 0;
    for (const block of document.querySelectorAll('p, li, td, dd, h2, svg text')) {
        if (!block.getClientRects().length) continue;
        const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
        let last = null;
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (node.parentElement.closest('p, li, td, dd, h2, text') !== block || !node.parentElement.getClientRects().length) continue;
            if (node.parentElement.closest('title, .number')) continue;
            for (let at = 0; at < node.data.length; at++) {
                if (/[\\u0590-\\u08ff\\s]/.test(node.data[at])) continue;
                const range = document.createRange();
                range.setStart(node, at); range.setEnd(node, at + 1);
                const box = range.getBoundingClientRect();
                if (!box.width) continue;
                if (last && Math.abs(last.top - box.top) < 3 && box.left < last.left - 1) moved++;
                last = box;
            }
        }
    }
    return moved;";

#[test]
fn nothing_is_shown_in_another_order_than_it_is_written() {
    let Some(browser) = chromium() else { return };
    for language in Language::ALL {
        assert_eq!(asked(&browser, &page(language, 20, true), REORDERED), "0");
    }
    // The same measure sees what happens to a name that is let in as it is.
    let raw = page(Language::En, 3, false)
        .replace("<footer>", "<p>a \u{202e}name\u{202c} and a number 12</p><footer>");
    assert_ne!(asked(&browser, &raw, REORDERED), "0");
}

/// Pairs of texts in pictures that cover each other. A line of text is less high than its box.
const COVERED: &str = "const found = [];
    for (const svg of document.querySelectorAll('svg.path, svg.heat')) {
        const boxes = [...svg.querySelectorAll('text')].filter(t => t.getClientRects().length).map(t => {
            const box = t.getBoundingClientRect();
            const isUp = t.hasAttribute('transform');
            const inset = (isUp ? box.width : box.height) * 0.28;
            return { t, l: box.left + (isUp ? inset : 0.5), r: box.right - (isUp ? inset : 0.5), u: box.top + (isUp ? 0 : inset), d: box.bottom - (isUp ? 0 : inset) };
        });
        const bounds = svg.getBoundingClientRect();
        for (const one of boxes) {
            if (one.l < bounds.left - 1 || one.r > bounds.right + 1) found.push('outside: ' + one.t.textContent);
            for (const other of boxes) {
                if (one !== other && one.l < other.r && other.l < one.r && one.u < other.d && other.u < one.d) found.push(one.t.textContent + ' / ' + other.t.textContent);
            }
        }
    }
    return found.length + ' ' + found.slice(0, 6).join(' | ');";

#[test]
fn no_text_of_a_picture_covers_another_with_3_20_and_60_hosts() {
    let Some(browser) = chromium() else { return };
    for (language, hosts) in
        [(Language::Ja, 3), (Language::En, 20), (Language::Ja, 60), (Language::En, 60), (Language::En, 90)]
    {
        assert_eq!(asked(&browser, &page(language, hosts, false), COVERED).trim(), "0", "{language} {hosts}");
    }
    assert_eq!(asked(&browser, &page(Language::En, 20, true), COVERED).trim(), "0");
}

#[test]
fn one_language_is_shown_and_the_switch_shows_the_other() {
    let Some(browser) = chromium() else { return };
    let shown = "const shown = l => [...document.querySelectorAll('main [lang=' + l + ']')].filter(e => e.getClientRects().length).length > 0;
        const before = [shown('ja'), shown('en')];
        document.querySelector('label[for=lang-en]').click();
        return before.concat([shown('ja'), shown('en')]).join(' ');";
    assert_eq!(asked(&browser, &page(Language::Ja, 3, false), shown), "true false false true");
}

#[test]
fn nothing_is_wider_than_the_screen() {
    let Some(browser) = chromium() else { return };
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth;";
    for is_hostile in [false, true] {
        assert_eq!(asked(&browser, &page(Language::En, 20, is_hostile), wide), "0");
    }
}
