# Every text for people, in English. ja.ftl has the same keys with the same variables; a test compares them.

## Levels, severities and other names

level-informational = informational
level-low = low
level-medium = medium
level-high = high
level-critical = critical

tactic-reconnaissance = reconnaissance
tactic-resource-development = resource development
tactic-initial-access = initial access
tactic-execution = execution
tactic-persistence = persistence
tactic-privilege-escalation = privilege escalation
tactic-defense-evasion = defence evasion
tactic-credential-access = credential access
tactic-discovery = discovery
tactic-lateral-movement = lateral movement
tactic-collection = collection
tactic-command-and-control = command and control
tactic-exfiltration = exfiltration
tactic-impact = impact

language-name = English
list-separator = {", "}

## Numbers with units

bytes-b = { $number } B
bytes-kib = { $number } KiB
bytes-mib = { $number } MiB
bytes-gib = { $number } GiB
bytes-tib = { $number } TiB
duration-seconds = { $seconds } s
duration-minutes = { $minutes } min { $seconds } s
duration-hours = { $hours } h { $minutes } min
duration-days = { $days ->
    [one] { $days } day { $hours } h
   *[other] { $days } days { $hours } h
}
time-unknown = time not known

## The sentence of a finding. The title is the rule's.

finding-sigma = { $title }: { $who }
finding-with-detail = { $sentence } ({ $detail })
finding-ran = { $user } on { $host }
finding-accessed = { $user } on { $host }
finding-concerned = { $user } on { $host }
finding-user = account { $user }
finding-host = on { $host }
finding-detail-source = from { $name }
finding-detail-target-user = target account { $name }
finding-detail-target = to { $name }
finding-detail-process = process { $name }
finding-detail-service = service { $name }
finding-detail-share = share { $name }
finding-detail-file = file { $name }
finding-detail-domain = domain name { $name }
finding-detail-url = URL { $name }
finding-detail-mailbox = mailbox { $name }
finding-detail-database = database { $name }
finding-detail-object-user = member { $name }
finding-external = { $tool } reports: { $title }
finding-intel-title = Indicator: { $value }
finding-intel = { $value } stands in the list of { $source }
finding-intel-named = { $value }, "{ $title }", stands in the list of { $source }
finding-detail-confidence = confidence { $confidence }
finding-detail-valid-until = valid until { $time }

correlation-sigma = { $title }: { $group }; { $count ->
    [one] { $count } event
   *[other] { $count } events
} within { $duration } from { $from }
correlation-sigma-ungrouped = { $title }: { $count ->
    [one] { $count } event
   *[other] { $count } events
} within { $duration } from { $from }
correlation-sigma-instant = { $title }: { $group }; { $count ->
    [one] { $count } event
   *[other] { $count } events
} at { $from }
correlation-sigma-ungrouped-instant = { $title }: { $count ->
    [one] { $count } event
   *[other] { $count } events
} at { $from }
correlation-value = { $sentence } (value reached: { $value })
group-user = account { $name }
group-host = host { $name }
group-address = address { $name }
group-mailbox = mailbox { $name }
group-domain = domain { $name }
group-share = share { $name }
group-database = database { $name }
group-process = process { $name }
group-other = { $field } = { $name }

## While a hunt runs

progress-listing = Looking for logs
progress-reading = Reading
progress-writing = Writing results
progress-speed = { $speed }/s
progress-remaining = about { $duration } left
progress-findings = { $count ->
    [one] { $count } finding
   *[other] { $count } findings
}

## What a hunt shows at its end

hunt-title = Yagura { $version }: what the logs say
hunt-heading-inputs = Read
hunt-heading-events = Events
hunt-heading-time-range = Period
hunt-heading-rules = Rules
hunt-heading-indicators = Indicators
hunt-heading-duration = Took
hunt-heading-findings = Findings
hunt-heading-top-rules = Most severe and most frequent rules
hunt-heading-hosts = Hosts to look at first
hunt-heading-accounts = Accounts to look at first
hunt-heading-log-sources = Events by log source
hunt-heading-errors = Could not be read
hunt-heading-output = Results
hunt-heading-next = What to do next
hunt-inputs = { $files ->
    [one] { $files } file
   *[other] { $files } files
}, { $bytes }
hunt-inputs-failed = { $failed ->
    [one] { $failed } input could not be read
   *[other] { $failed } inputs could not be read
}
hunt-events-per-second = { $count } ({ $speed } per second)
hunt-time-range = { $first } to { $last } ({ $duration })
hunt-time-range-none = no event has a time
hunt-rules = { $loaded }
hunt-rules-problems = { $loaded }; { $problems ->
    [one] { $problems } rule could not be used
   *[other] { $problems } rules could not be used
} (see: yagura rules check)
hunt-indicators = { $loaded }
hunt-indicators-set-aside = { $count } set aside (everyone's services)
hunt-indicators-unusable = { $count } could not be used
hunt-indicators-where = see "indicators" in summary.json
hunt-intel-broken = note: { $file } could not be read as indicators: { $reason }
hunt-no-findings = None of the rules matched. That is good news only for what these logs record.
hunt-findings-total = { $count ->
    [one] { $count } finding
   *[other] { $count } findings
}
hunt-count-findings = { $count ->
    [one] { $count } finding
   *[other] { $count } findings
}
hunt-more-rows = … and { $count } more in summary.json
hunt-log-source-unknown = kind of log not known (every rule was tried on it)
hunt-errors-total = { $count ->
    [one] { $count } place
   *[other] { $count } places
}; the most frequent reasons:
hunt-errors-where = Every one is listed in { $path }, with the place and the reason.
hunt-output = Everything is in { $path }
hunt-output-findings = one finding a line, by time
hunt-output-timeline = the events behind them, ready for Timesketch
hunt-output-errors = what could not be read, and why
hunt-output-summary = these numbers, for programs
hunt-next-critical = Begin with the critical and high findings: ask whoever runs the host whether the work was planned. If not, treat it as an incident.
hunt-next-keep = Keep the original logs as they are; findings point at their records by number and SHA-256.
hunt-next-nothing = Check under "Events by log source" that the logs you care about were read at all.
hunt-next-more-rules = More rules find more: { $command }
hunt-fail-on = There are findings of level "{ $level }" or above, so the exit status is 3.

## Why something could not be read (the codes in errors.jsonl)

read-error-unreadable = cannot be opened or read
read-error-folder-loop = folder that leads back to itself
read-error-empty = nothing in it
read-error-unknown-format = no log in a known form
read-error-damaged-archive = damaged archive
read-error-outside-path = archive member that points outside the archive
read-error-encrypted = encrypted archive
read-error-too-deep = archives nested too deep
read-error-too-large = unpacks to an implausible size
read-error-truncated = the end is missing
read-error-damaged-part = damaged part of an event log
read-error-damaged-record = damaged record
read-error-long-record = over-long record
read-error-bad-encoding = unreadable characters
read-error-bad-time = time that cannot be read
read-error-clock-step = clock that goes back

## Errors of the command line

cli-error = error: { $reason }
cli-error-output-exists = the output folder { $path } is not empty. Choose another with --out, or overwrite it with --force.
cli-error-write = { $path } cannot be written: { $reason }. Check the folder's permissions and free space.
cli-error-spill = temporary space cannot be used: { $reason }. Set TMPDIR to a folder with free space.
cli-error-rules = the rules in { $path } cannot be read: { $reason }. Check the path given with --rules.
cli-error-intel = the indicators in { $path } cannot be read: { $reason }. Check the path given with --intel.
cli-error-intel-allow = the allow-list { $path } cannot be used: { $reason }. Give a text file with a value per line.
cli-error-intel-none = no indicators could be read. { $path }: { $reason }. Give STIX 2 bundles, MISP events, or text or CSV lists.
cli-error-placeholders = the placeholder values in { $path } cannot be used: { $reason }. The file is a JSON object of names to lists of texts.
cli-error-no-rules = there is no usable rule. Give some with --rules, or leave out --no-builtin-rules.
cli-error-nothing-read = none of the { $count } inputs could be read. errors.jsonl in the output folder says why for each.
cli-error-no-inputs = there is no file in the given paths. Give a file, a folder, or - for standard input.
cli-error-bad-time = "{ $text }" is no time. Write it like 2026-05-07T09:00:00+09:00 or 2026-05-07.
cli-error-bad-zone = "{ $text }" is no time zone. Write it like Asia/Tokyo, UTC or +09:00.
cli-error-bad-format = "{ $text }" is no format. The formats are: { $known }.
cli-error-bad-pair = "{ $text }" should look like { $shape }.
cli-error-missing-path = there is no file or folder { $path }.

## yagura doctor

doctor-title = Is everything in place for Yagura?
doctor-good = good
doctor-note = note
doctor-bad = problem
doctor-version = Yagura { $version } on { $system }
doctor-threads = { $count ->
    [one] { $count } processor to work on; more make a hunt faster
   *[other] { $count } processors to work on
}
doctor-rules = { $count } built-in rules are ready
doctor-rules-bad = { $count ->
    [one] { $count } built-in rule cannot be used; please report this
   *[other] { $count } built-in rules cannot be used; please report this
}
doctor-temp = temporary space in { $path } can be written
doctor-temp-bad = temporary space in { $path } cannot be written: { $reason }. Set TMPDIR to a folder that can.
doctor-cache = compiled rules are kept in { $path }, so that the next start is quick
doctor-cache-bad = { $path } cannot be written: { $reason }. Everything works, but rules are compiled anew at every start.
doctor-output = results can be written in { $path }
doctor-output-bad = results cannot be written in { $path }: { $reason }. Name another folder with --out.
doctor-zone = the time zone is { $zone }; log times that name none are read as { $default } unless --tz says otherwise
doctor-language = the language is { $language }; choose another with --lang
doctor-self-test = a small log was read and its intrusion found
doctor-self-test-bad = a small log was read, but its intrusion was not found: { $reason }
doctor-all-good = Everything is in place.
doctor-some-bad = { $count ->
    [one] { $count } problem stands in the way; the line above says what to do.
   *[other] { $count } problems stand in the way; the lines above say what to do.
}

## yagura rules

rules-check-good = { $rules ->
    [one] { $rules } rule is fine
   *[other] All { $rules } rules are fine
} ({ $files ->
    [one] { $files } file
   *[other] { $files } files
}).
rules-check-problems = { $errors ->
    [one] { $errors } rule cannot be used
   *[other] { $errors } rules cannot be used
}; { $warnings ->
    [one] { $warnings } warning
   *[other] { $warnings } warnings
}; { $rules } usable rules in { $files } files.
rules-list-total = { $count ->
    [one] { $count } rule
   *[other] { $count } rules
}, { $correlations ->
    [one] { $correlations } correlation
   *[other] { $correlations } correlations
}
rules-coverage-title = What the rules look for
rules-coverage-heading-tactic = tactic
rules-coverage-heading-technique = technique
rules-coverage-heading-log-source = log source
rules-coverage-techniques = { $count ->
    [one] { $count } ATT&CK technique has at least one rule
   *[other] { $count } ATT&CK techniques have at least one rule
}
rules-coverage-untagged = { $count ->
    [one] { $count } rule names no technique
   *[other] { $count } rules name no technique
}

# Formats of logs
cli-error-read = { $path } cannot be read: { $reason }.
sources-check-good = { $files ->
    [one] One file of a format, nothing wrong.
   *[other] { $files } files of formats, nothing wrong.
}
sources-check-problems = { $problems ->
    [one] One problem.
   *[other] { $problems } problems.
}
sources-list-others = Besides: { $names }.
sources-list-total = { $count } formats.
sources-coverage-missing = missing: { $columns }
sources-try-unknown = { $path }: { $reason }
sources-try-format = { $path }: read as { $format }
sources-try-guess = { "  " }{ $format }: { $share } % of the first records
sources-try-no-time = no time
sources-try-counts = { $records } records, { $known } with a known log source, { $timed } with a time.
role-actor = actor
role-source = source
role-target = target
role-object = object
role-bytes = bytes

# The company's lists, and hosts of logs that name none
cli-error-inventory = { $reason }
hunt-inventory-problem = List: { $problem }
hunt-heading-inventory = inventory
hunt-inventory = { $assets } machines, { $users } accounts
hunt-inventory-problems = ({ $count } rows with problems: summary.json)
hunt-heading-assigned-hosts = Hosts of logs that name none
hunt-assigned-by-option = { $host } (as you said)
hunt-assigned-by-inventory = { $host } (from the inventory)
hunt-assigned-by-file = unknown: the file stands for the host
hunt-assigned-hint = Say whose these are with --host NAME=GLOB, or give an inventory with --assets.
