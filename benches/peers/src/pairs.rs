//! Which of Vector's functions reads which of our formats.

/// A format of ours, and Vector's parser for it.
pub struct Pair {
    /// The format, as its sample is called.
    pub format: &'static str,
    /// The program in VRL; the line is `.`.
    pub program: &'static str,
    /// A field that a line has where the parser understood it: some of them take any text.
    pub must: &'static str,
}

const fn pair(format: &'static str, program: &'static str, must: &'static str) -> Pair {
    Pair { format, program, must }
}

/// The formats of text. Where Vector has several parsers for one, each is measured.
pub const TEXT: &[Pair] = &[
    pair("access-log", "parse_apache_log!(., format: \"combined\")", "status"),
    pair("access-log", "parse_nginx_log!(., format: \"combined\")", "status"),
    pair("access-log", "parse_common_log!(.)", "status"),
    // The form of time that it takes by default is not the one that Apache writes.
    pair(
        "apache-error",
        "parse_apache_log!(., format: \"error\", timestamp_format: \"%a %b %d %T%.f %Y\")",
        "severity",
    ),
    pair("nginx-error", "parse_nginx_log!(., format: \"error\")", "message"),
    pair("alb", "parse_aws_alb_log!(.)", "type"),
    pair("syslog", "parse_syslog!(.)", "timestamp"),
    pair("sshd", "parse_syslog!(.)", "timestamp"),
    pair("sshd", "parse_linux_authorization!(.)", "timestamp"),
    pair("sudo", "parse_linux_authorization!(.)", "timestamp"),
    pair("linux-auth", "parse_linux_authorization!(.)", "timestamp"),
    pair("cron", "parse_syslog!(.)", "timestamp"),
    pair("postfix", "parse_syslog!(.)", "timestamp"),
    pair("juniper-srx", "parse_syslog!(.)", "timestamp"),
    pair("cef", "parse_cef!(.)", "deviceVendor"),
    pair("fortigate-cef", "parse_cef!(.)", "deviceVendor"),
    pair("paloalto-cef", "parse_cef!(.)", "deviceVendor"),
    pair("key-value", "parse_key_value!(.)", "level"),
    pair("key-value", "parse_logfmt!(.)", "level"),
    pair("traefik-log", "parse_logfmt!(.)", "level"),
    pair("fortigate", "parse_key_value!(.)", "logid"),
    pair("sophos-firewall", "parse_key_value!(.)", "log_id"),
    pair("sonicwall", "parse_key_value!(.)", "msg"),
    pair("ltsv-access", "parse_key_value!(., key_value_delimiter: \":\", field_delimiter: \"\\t\")", "host"),
    pair("csv", "parse_csv!(.)", ""),
    pair("paloalto", "parse_csv!(.)", ""),
    pair("nfdump-csv", "parse_csv!(.)", ""),
    pair("hayabusa-csv", "parse_csv!(.)", ""),
];

/// For every format of JSON lines.
pub const JSON: &str = "parse_json!(.)";
