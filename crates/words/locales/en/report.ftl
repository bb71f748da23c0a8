# The report (report.html), in English.

report-title = Intrusion report
report-period = Logs from { $first } to { $last } UTC.
report-no-period = No event has a time.
report-all-utc = Every time in this report is UTC.
report-what-happened = What happened
report-to-do = What to do now
report-overview = Overview

report-state-incidents = { $count ->
    [one] { $count } incident was put together from the logs
   *[other] { $count } incidents were put together from the logs
}; { $severe } of high or critical severity.
report-state-confirmed = The records show the intruder on { $hosts ->
    [one] { $hosts } host
   *[other] { $hosts } hosts
} and with { $accounts ->
    [one] { $accounts } account
   *[other] { $accounts } accounts
}.
report-state-data = They show { $objects ->
    [one] { $objects } object
   *[other] { $objects } objects
} read in { $stores ->
    [one] { $stores } data store
   *[other] { $stores } data stores
}.
report-state-no-data = They show no reading of data; that does not rule it out.
report-state-read = Read: { $events ->
    [one] { $events } event
   *[other] { $events } events
} from { $inputs ->
    [one] { $inputs } input
   *[other] { $inputs } inputs
}.
report-state-uncovered = Not covered: { $failed ->
    [one] { $failed } input
   *[other] { $failed } inputs
} and { $errors ->
    [one] { $errors } place
   *[other] { $errors } places
} could not be read, and { $gaps ->
    [one] { $gaps } log has
   *[other] { $gaps } logs have
} gaps.

report-nothing = No incident was put together from these logs.
report-nothing-means = That says something only about what they record:
report-nothing-findings = { $count ->
    [one] { $count } finding joined
   *[other] { $count } findings joined
} nothing, { $severe } of high or critical level. See
report-nothing-unread = { $failed ->
    [one] { $failed } input
   *[other] { $failed } inputs
} and { $errors ->
    [one] { $errors } place
   *[other] { $errors } places
} could not be read.
report-nothing-sources = Which logs were read, and when they were silent, stands under

report-column-severity = severity
report-column-incident = incident
report-column-entry = entry
report-column-seen = first and last seen
report-column-hosts = hosts
report-column-data = data read
report-column-detected = detected
report-column-time = time
report-column-from = from
report-column-to = to
report-column-account = account
report-column-via = via
report-column-confidence = confidence
report-column-basis = rests on
report-column-store = data store
report-column-objects = objects
report-column-bytes = bytes
report-column-first = first
report-column-last = last
report-column-host = host
report-column-event = what
report-column-level = level
report-column-source = file
report-column-record = record
report-column-sha256 = SHA-256
report-column-shows = what it shows
report-column-log = log
report-column-events = events
report-column-covered = covered time
report-column-input = input
report-column-reason = reason
report-column-places = places
report-column-rule = rule
report-column-count = count

report-entry-unknown = not in these logs
report-plus-suspected = + { $count } suspected
report-merged-into = (part of { $id })
report-and-more = and { $count } more
report-and-more-in = and { $count } more in incidents.jsonl
report-more-incidents = { $count } more incidents, of lower score, are in incidents.jsonl.
report-more-rows = { $count ->
    [one] { $count } more row is
   *[other] { $count } more rows are
} in incidents.jsonl.
report-not-in-full = { $count ->
    [one] { $count } incident, of lower score, is
   *[other] { $count } incidents, of lower score, are
} not shown in full here; all are in incidents.jsonl.
report-objects = { $count ->
    [one] { $count } object
   *[other] { $count } objects
}
report-records = { $count ->
    [one] { $count } record
   *[other] { $count } records
}
report-bytes-unknown = not recorded

report-confirmed = Confirmed
report-suspected = Suspected
report-sure = sure
report-unsure = supposed

report-to-do-from = From the facts of { $count ->
    [one] { $count } incident
   *[other] { $count } incidents
}. Confirmed means that a record shows it; suspected ones are to be checked first. Agree on each step with whoever runs the system.
report-do-hosts = Cut these hosts off from the network
report-do-hosts-why = Most urgent first. Do not switch them off: what is only in memory is evidence.
report-do-accounts = Disable these accounts, end their sessions, reset their passwords
report-do-accounts-why = Reset from a machine that took no part. Renew keys, tokens and tickets as well.
report-do-outside = Block these addresses and names at the border
report-do-outside-why = Then search older logs for them.
report-do-identify = Find out which machines had these addresses
report-do-identify-why = No list and no lease in these logs says whose they were at that time.
report-do-keep = Keep the evidence
report-do-keep-why = Stop the rotation of logs, and copy these files with their checksums before anything else is changed:
report-do-get-logs = No log was given of these hosts that took part; get them before they are overwritten:
report-do-stores = Check what was read
report-do-stores-why = Whose data lie there, and which fields? Compare with the store's own records.
report-do-duties = Start the clock for reports and notices
report-do-duties-why = Data were read; known since { $since } UTC at the latest by these logs. Bring in the legal department and management today. Where personal data of people in Japan are concerned, a first report to the Personal Information Protection Commission is due about 3 to 5 days after it became known, the full one within 30 days (60 where an unlawful purpose is suspected); other laws, supervisors and contracts may set shorter times.
report-do-data-none = Check whether data were read
report-do-data-none-why = These logs show no reading of data. Look at the records of the stores that the hosts and accounts above could reach.

report-note-retiring = retiring
report-note-retired = retired
report-note-ownerless = no owner
report-note-unlisted = in no list
report-note-privileged = privileged
report-note-left = has left

report-score = score { $score }
report-lowered = lowered: more incidents than the budget allows
report-reasons = Why this severity
report-picture = The path
report-no-picture = No host is known of this incident, so there is no picture.
report-picture-hosts = Not drawn: { $count ->
    [one] { $count } host.
   *[other] { $count } hosts.
}
report-picture-moves = Not drawn: { $count ->
    [one] { $count } move.
   *[other] { $count } moves.
}
report-picture-marks = Without a mark: { $count ->
    [one] { $count } finding.
   *[other] { $count } findings.
}
report-all-in-jsonl = All are in incidents.jsonl.
report-legend-sure = move, sure
report-legend-unsure = supposed
report-legend-again = again
report-legend-confirmed = host confirmed
report-legend-suspected = suspected
report-legend-cut = idle time, cut
report-outside = outside
report-site-unknown = site unknown
report-more-stores = and { $count } more

report-moves = Moves
report-entities = Who and what took part
report-data = Data read
report-data-none = These logs show no reading of data. That does not rule it out.
report-timeline = Timeline
report-findings-of-it = { $count ->
    [one] { $count } finding belongs
   *[other] { $count } findings belong
} to this incident; findings.jsonl has each in full.
report-moment-finding = finding
report-moment-hop = move
report-moment-data = data
report-evidence = Evidence
report-evidence-data = data read: { $store }

report-kind-user = accounts
report-kind-host = hosts
report-kind-address = addresses
report-kind-process = programs
report-kind-file = files
report-kind-domain = domain names
report-kind-url = web addresses
report-kind-mailbox = mailboxes
report-kind-service = services
report-kind-share = shares
report-kind-database = databases

report-via-rdp = RDP
report-via-smb = SMB
report-via-winrm = WinRM
report-via-wmi = WMI
report-via-ssh = SSH
report-via-vpn = VPN
report-via-vdi = VDI
report-via-service = service
report-via-task = task
report-via-web = web
report-via-database = database
report-via-other = other

report-basis-session = same session
report-basis-process = program that connected
report-basis-credentials = same credentials
report-basis-same-account = same account before
report-basis-account-change = change of account
report-basis-same-way-in = same way in as before
report-basis-address = intruder's address
report-basis-finding = finding
report-basis-time = time only

report-activity = Activity and findings over time
report-activity-how = The darker, the more events, each row against its own busiest time. Marks are findings by their highest level.
report-other-rows = { $count } others
report-attack-none = No finding names a technique.
report-attack-how = Findings by technique; after • those that belong to an incident.
report-attack-missing = No finding in:
report-sources = Logs and their gaps
report-sources-how = A gap is a silence that is unusually long for that log. What happened then is not in this report.
report-gap = Gap:
report-more-gaps = { $count ->
    [one] and { $count } more gap
   *[other] and { $count } more gaps
}
report-more-sources = { $count ->
    [one] { $count } more log is
   *[other] { $count } more logs are
} counted in summary.json.
report-unreadable = What could not be read
report-unreadable-none = Every input could be read.
report-errors-where = { $count ->
    [one] { $count } place
   *[other] { $count } places
} in all; errors.jsonl has each.
report-clocks = Clocks that are wrong
report-clock-ahead = ahead by { $duration }, by { $pairs ->
    [one] { $pairs } pair
   *[other] { $pairs } pairs
} of events
report-clock-behind = behind by { $duration }, by { $pairs ->
    [one] { $pairs } pair
   *[other] { $pairs } pairs
} of events
report-unlisted = In no list
report-unlisted-how = These appear in the logs, but in none of the company's lists. Forgotten machines and accounts are how intruders stay unseen.
report-unlisted-hosts = { $count ->
    [one] { $count } host
   *[other] { $count } hosts
} (events):
report-unlisted-accounts = { $count ->
    [one] { $count } account
   *[other] { $count } accounts
} (events):
report-findings-loose = Findings that joined nothing
report-loose-none = There are none.
report-loose-how = Each is in findings.jsonl. They joined no incident; that does not make them harmless.
report-more-groups = { $count ->
    [one] { $count } finding
   *[other] { $count } findings
} of { $rules ->
    [one] { $rules } more rule
   *[other] { $rules } more rules
} in findings.jsonl.
report-budget = The budget
report-budget-used = { $used ->
    [one] { $used } incident is
   *[other] { $used } incidents are
} of medium severity or above in { $days ->
    [one] { $days } day
   *[other] { $days } days
}, with a budget of { $per-day } a day; { $lowered } had their severity lowered to keep to it.
