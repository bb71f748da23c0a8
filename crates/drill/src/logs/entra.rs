//! Microsoft Entra ID: sign-in records, one JSON object a line, as diagnostic settings write them to a store.
//!
//! In: a sign-in. Out: its record, with the keys in the order of the service.

use model::Time;

use super::pieces::{guid, json, text};
use crate::clock::{Civil, address, number};

/// A sign-in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// The customer.
    pub tenant: u128,
    /// When it was.
    pub time: Time,
    /// Its own number.
    pub id: u128,
    /// What joins it with others.
    pub correlation: u128,
    /// Whether a person took part in it; else a program used what it had.
    pub interactive: bool,
    /// `sato@corp.example`
    pub user: &'a str,
    /// The user's name for people.
    pub display_name: &'a str,
    /// The user's number.
    pub user_id: u128,
    /// From where.
    pub client: u32,
    /// `JP`
    pub country: &'a str,
    /// `Tokyo`
    pub city: &'a str,
    /// What was used: `Office 365 Exchange Online`.
    pub application: &'a str,
    /// Its number.
    pub application_id: u128,
    /// `Browser`, `Mobile Apps and Desktop clients`, `IMAP4`
    pub client_application: &'a str,
    /// The browser or program.
    pub agent: &'a str,
    /// From what.
    pub device: Device<'a>,
    /// Whether a second factor was asked for.
    pub multi_factor: bool,
    /// What the rules for access said.
    pub access: Access,
    /// 0, or why it failed: 50126 for a wrong password.
    pub error: u32,
    /// In words; empty for none.
    pub reason: &'a str,
    /// How risky the service thinks it is: `none`, `low`, `medium`, `high`.
    pub risk: &'a str,
}

/// What a sign-in came from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Device<'a> {
    /// Its number; 0 where it is not known.
    pub id: u128,
    /// Its name; empty where it is not known.
    pub name: &'a str,
    /// `Windows10`
    pub system: &'a str,
    /// `Edge 124.0.0`
    pub browser: &'a str,
    /// Whether it is as the company wants it.
    pub compliant: bool,
    /// `Hybrid Azure AD joined`; empty for none.
    pub trust: &'a str,
}

/// What the rules for access (conditional access) said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// No rule was for it.
    NotApplied,
    /// All were met.
    Success,
    /// One was not.
    Failure,
}

impl SignIn<'_> {
    /// The record.
    pub fn write(&self, out: &mut Vec<u8>) {
        let at = Civil::of(self.time, 0);
        text(out, &["{\"time\":\""]);
        at.rfc3339(out, 6);
        text(out, &["\",\"resourceId\":\"/tenants/"]);
        guid(out, self.tenant);
        text(
            out,
            &[
                "/providers/Microsoft.aadiam\",\"operationName\":\"Sign-in activity\",\"operationVersion\":\"1.0\"",
            ],
        );
        let category = if self.interactive { "SignInLogs" } else { "NonInteractiveUserSignInLogs" };
        text(out, &[",\"category\":\"", category, "\",\"tenantId\":\""]);
        guid(out, self.tenant);
        text(out, &["\",\"resultType\":\""]);
        number(out, self.error.into());
        text(out, &["\",\"resultSignature\":\"None\""]);
        if !self.reason.is_empty() {
            text(out, &[",\"resultDescription\":"]);
            json(out, self.reason);
        }
        text(out, &[",\"durationMs\":0,\"callerIpAddress\":\""]);
        address(out, self.client);
        text(out, &["\",\"correlationId\":\""]);
        guid(out, self.correlation);
        text(out, &["\",\"identity\":"]);
        json(out, self.display_name);
        text(out, &[",\"Level\":4,\"location\":"]);
        json(out, self.country);
        self.properties(out, &at);
        text(out, &["}}"]);
    }

    fn properties(&self, out: &mut Vec<u8>, at: &Civil) {
        text(out, &[",\"properties\":{\"id\":\""]);
        guid(out, self.id);
        text(out, &["\",\"createdDateTime\":\""]);
        at.rfc3339(out, 6);
        text(out, &["\",\"userDisplayName\":"]);
        json(out, self.display_name);
        text(out, &[",\"userPrincipalName\":"]);
        json(out, self.user);
        text(out, &[",\"userId\":\""]);
        guid(out, self.user_id);
        text(out, &["\",\"appId\":\""]);
        guid(out, self.application_id);
        text(out, &["\",\"appDisplayName\":"]);
        json(out, self.application);
        text(out, &[",\"ipAddress\":\""]);
        address(out, self.client);
        text(out, &["\",\"status\":{\"errorCode\":"]);
        number(out, self.error.into());
        if !self.reason.is_empty() {
            text(out, &[",\"failureReason\":"]);
            json(out, self.reason);
        }
        text(out, &["},\"clientAppUsed\":"]);
        json(out, self.client_application);
        text(out, &[",\"userAgent\":"]);
        json(out, self.agent);
        self.device(out);
        self.place(out);
        self.verdict(out);
    }

    fn device(&self, out: &mut Vec<u8>) {
        let device = &self.device;
        text(out, &[",\"deviceDetail\":{\"deviceId\":\""]);
        if device.id != 0 {
            guid(out, device.id);
        }
        text(out, &["\",\"displayName\":"]);
        json(out, device.name);
        text(out, &[",\"operatingSystem\":"]);
        json(out, device.system);
        text(out, &[",\"browser\":"]);
        json(out, device.browser);
        let compliant = if device.compliant { "true" } else { "false" };
        text(out, &[",\"isCompliant\":", compliant, ",\"isManaged\":", compliant, ",\"trustType\":"]);
        json(out, device.trust);
        out.push(b'}');
    }

    fn place(&self, out: &mut Vec<u8>) {
        text(out, &[",\"location\":{\"city\":"]);
        json(out, self.city);
        text(out, &[",\"state\":\"\",\"countryOrRegion\":"]);
        json(out, self.country);
        text(out, &[",\"geoCoordinates\":{}},\"correlationId\":\""]);
        guid(out, self.correlation);
        out.push(b'"');
    }

    fn verdict(&self, out: &mut Vec<u8>) {
        let access = match self.access {
            Access::NotApplied => "notApplied",
            Access::Success => "success",
            Access::Failure => "failure",
        };
        text(out, &[",\"conditionalAccessStatus\":\"", access, "\",\"appliedConditionalAccessPolicies\":[]"]);
        text(out, &[",\"isInteractive\":", if self.interactive { "true" } else { "false" }]);
        text(out, &[",\"tokenIssuerName\":\"\",\"tokenIssuerType\":\"AzureAD\",\"riskDetail\":\"none\""]);
        let state = if self.risk == "none" { "none" } else { "atRisk" };
        text(out, &[",\"riskLevelAggregated\":\"", self.risk, "\",\"riskLevelDuringSignIn\":\"", self.risk]);
        text(out, &["\",\"riskState\":\"", state, "\",\"riskEventTypes_v2\":[],\"resourceDisplayName\":"]);
        json(out, self.application);
        text(out, &[",\"authenticationMethodsUsed\":[],\"authenticationRequirement\":\""]);
        text(
            out,
            &[if self.multi_factor { "multiFactorAuthentication" } else { "singleFactorAuthentication" }],
        );
        text(out, &["\",\"userType\":\"Member\",\"flaggedForReview\":false"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, moment};

    fn sign_in() -> SignIn<'static> {
        SignIn {
            tenant: 1,
            time: moment(),
            id: 2,
            correlation: 3,
            interactive: true,
            user: "sato@corp.example",
            display_name: "佐藤 \"一郎\" 100%",
            user_id: 4,
            client: 0xcb00_7109,
            country: "JP",
            city: "東京",
            application: "Office 365 Exchange Online",
            application_id: 5,
            client_application: "Browser",
            agent: "Mozilla/5.0",
            device: Device::default(),
            multi_factor: false,
            access: Access::NotApplied,
            error: 50_126,
            reason: "Error validating credentials.",
            risk: "medium",
        }
    }

    #[test]
    fn a_sign_in_is_read_with_its_user_its_address_and_its_result() {
        let device = Device {
            id: 6,
            name: "PC20",
            system: "Windows10",
            browser: "Edge 124.0.0",
            compliant: true,
            trust: "",
        };
        let long = "x".repeat(5000);
        let mut lines = Lines::default();
        lines.add(|out| sign_in().write(out));
        lines.add(|out| {
            let good = SignIn {
                error: 0,
                reason: "",
                interactive: false,
                multi_factor: true,
                agent: &long,
                device,
                ..sign_in()
            };
            SignIn { access: Access::Success, risk: "none", city: "", ..good }.write(out);
        });
        let seen = lines.read("json-lines");
        let source = "azure/-/signinlogs";
        for line in &seen {
            assert_eq!(line.time(), "2026-05-07T09:30:00.123456Z");
            line.is(
                source,
                &[("user", "sato@corp.example"), ("src_ip", "203.0.113.9"), ("src_country", "JP")],
            );
            line.is(source, &[("userDisplayName", "佐藤 \"一郎\" 100%"), ("clientAppUsed", "Browser")]);
        }
        seen[0].is(source, &[("outcome", "failure"), ("ResultType", "50126"), ("riskState", "atRisk")]);
        seen[0]
            .is(source, &[("ResultDescription", "Error validating credentials."), ("location.city", "東京")]);
        seen[1].is(
            source,
            &[("outcome", "success"), ("AuthenticationRequirement", "multiFactorAuthentication")],
        );
        seen[1].is(source, &[("conditionalAccessStatus", "success"), ("deviceDetail.displayName", "PC20")]);
    }
}
