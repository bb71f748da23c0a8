//! Storage that people plug into their machines.
//!
//! The audit of Windows says nothing of it here; Sysmon does, by what Windows notes about a new device in its registry, and by files that are made on
//! a letter that no disk of the machine has.

use super::World;
use super::logon::{Logon, who};
use crate::clock::SECOND;
use crate::company::Role;
use crate::logs::windows::sysmon::{FileCreate, RegistryChange, RegistryKey, RegistryValue, SysmonProcess};
use crate::logs::windows::{Account, Guid};

/// The letter that storage gets.
const LETTER: &str = "E:";
const EXPLORER: &str = r"C:\Windows\explorer.exe";

impl World {
    /// A storage device is plugged into the session's machine: its maker's and model's name, and its serial number.
    pub fn attach_storage(&mut self, logon: &Logon, model: &str, serial: &str) {
        if !self.has_sysmon(logon) {
            return;
        }
        let (maker, product) = model.split_once(' ').unwrap_or(("Generic", model));
        let mut key = String::from(r"HKLM\System\CurrentControlSet\Enum\USBSTOR\Disk&Ven_");
        key.push_str(maker);
        key.push_str("&Prod_");
        key.extend(product.chars().map(|one| if one == ' ' { '_' } else { one }));
        key.push_str(r"&Rev_1.00\");
        key.push_str(serial);
        key.push_str("&0");
        let system = SysmonProcess {
            guid: Guid::random(u64::from(logon.host.0), 4),
            id: 4,
            image: "System",
            user: Account::SYSTEM,
        };
        let created = RegistryKey {
            time: self.clock,
            process: system,
            change: RegistryChange::CreateKey,
            object: &key,
        };
        self.event(logon.host, &created);
        self.pass(20_000, SECOND / 2);
        let (name, details) = (format!("{key}\\FriendlyName"), format!("{model} USB Device"));
        let named = RegistryValue { time: self.clock, process: system, object: &name, details: &details };
        self.event(logon.host, &named);
        self.pass(200_000, 2 * SECOND);
        let object = r"HKLM\System\MountedDevices\\DosDevices\E:";
        let mounted = RegistryValue { time: self.clock, process: system, object, details: "Binary Data" };
        self.event(logon.host, &mounted);
        self.answer();
    }

    /// A file is written to the storage device that is plugged in.
    pub fn copy_to_storage(&mut self, logon: &Logon, file: &str, bytes: u64) {
        if !self.has_sysmon(logon) {
            return;
        }
        let company = self.company.clone();
        let process = SysmonProcess {
            guid: Guid::random(u64::from(logon.host.0), logon.id),
            id: self.parent(logon.host, EXPLORER),
            image: EXPLORER,
            user: who(&company, logon.account),
        };
        let path = format!("{LETTER}\\{}", file.trim_start_matches(['\\', '/']).replace('/', "\\"));
        let created = FileCreate { time: self.clock, process, file: &path, created: self.clock };
        self.event(logon.host, &created);
        // Some megabytes in a second.
        self.pass(bytes as i64 / 25, bytes as i64 / 8 + 1_000);
    }

    fn has_sysmon(&self, logon: &Logon) -> bool {
        matches!(self.company.host(logon.host).role, Role::Client | Role::VdiDesktop)
    }
}
