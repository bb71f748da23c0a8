//! Lists of machines and accounts, and what they answer.
#![no_main]

use estate::Inventory;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (machines, accounts) = bytes.split_at(end);
    let mut inventory = Inventory::default();
    let _ = inventory.add_assets("machines.csv", machines);
    let _ = inventory.add_users("accounts.csv", accounts.get(1..).unwrap_or_default());
    let _ = inventory.add_users("accounts.csv", machines);
    for problem in inventory.problems() {
        assert!(!problem.reason.is_empty() && problem.line > 0, "a problem says what and where: {problem}");
    }
    for asset in inventory.assets() {
        assert!(inventory.named(&asset.name).is_some(), "a machine has its name: {}", asset.name);
        for network in &asset.addresses {
            assert!(inventory.at(network.address()).is_some(), "a machine has its addresses");
        }
    }
    for user in inventory.users() {
        assert!(inventory.account(&user.account).is_some(), "an account has its name: {}", user.account);
    }
    let text = String::from_utf8_lossy(bytes);
    for word in text.split_whitespace().take(32) {
        let _ = (inventory.named(word), inventory.of_path(word), inventory.account(word));
    }
});
