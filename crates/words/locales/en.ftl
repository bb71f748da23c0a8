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
hunt-heading-incidents = Incidents, with severity and score (0 to 100)
hunt-heading-read = What was read
hunt-no-incidents = No findings were joined into an incident. That is good news only for what these logs record.
hunt-incidents-total = { $count ->
    [one] { $count } incident
   *[other] { $count } incidents
}: { $parts }
hunt-incidents-of = { $count } { $level }
hunt-incidents-findings = { $inside } of { $all ->
    [one] { $all } finding
   *[other] { $all } findings
} { $inside ->
    [one] belongs
   *[other] belong
} to incidents; the others joined nothing and stay findings.
hunt-incidents-findings-all = All { $all ->
    [one] { $all } finding belongs
   *[other] { $all } findings belong
} to incidents.
hunt-incident-entry = entry
hunt-incident-hosts = hosts
hunt-incident-data = data read
hunt-incident-detected = detected
hunt-incident-budget = budget
hunt-incident-lowered = used up, so the severity was lowered
hunt-entry = { $time } on { $host }
hunt-entry-from = { $time } on { $host } from { $from }
hunt-entry-from-by = { $time } on { $host } from { $from } ({ $via })
hunt-hosts-both = { $hosts }; suspected: { $suspected }
hunt-hosts-suspected = suspected: { $hosts }
hunt-list-more = { $count } more
hunt-data = { $objects ->
    [one] { $objects } object
   *[other] { $objects } objects
} in { $store }
hunt-data-sized = { $objects ->
    [one] { $objects } object
   *[other] { $objects } objects
} ({ $bytes }) in { $store }
hunt-data-supposed = { $data } (supposed)
hunt-more-incidents = … and { $count } more, of lower score, in incidents.jsonl
hunt-incidents-lowered = { $count ->
    [one] { $count } incident was
   *[other] { $count } incidents were
} lowered to low severity: more reached medium than the budget of { $budget } a day allows (--alerts-per-day).
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
hunt-output-report = the report for people: what happened, what to do now
hunt-output-incidents = one incident a line, by score
hunt-output-findings = one finding a line, by time
hunt-output-timeline = the events behind them, ready for Timesketch
hunt-output-errors = what could not be read, and why
hunt-output-summary = these numbers, for programs
hunt-next-critical = Begin with the critical and high findings: ask whoever runs the host whether the work was planned. If not, treat it as an incident.
hunt-next-incident = Begin with the first incident: ask whoever runs its hosts whether the work was planned. If not, the report says under "What to do now" what to cut off, disable and keep.
hunt-next-inventory = Lists of machines and accounts (--assets, --users) make incidents surer: whose they are, what matters, what should be gone.
hunt-report-where = Open the report in a browser: { $path }
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
hunt-heading-inventory = Inventory
hunt-inventory = { $assets } machines, { $users } accounts
hunt-inventory-problems = ({ $count } rows with problems: summary.json)
hunt-heading-verdicts = Marked as normal
hunt-verdicts = { $count } verdicts, { $applied } of them met something in the logs
hunt-heading-assigned-hosts = Hosts of logs that name none
hunt-assigned-by-option = { $host } (as you said)
hunt-assigned-by-inventory = { $host } (from the inventory)
hunt-assigned-by-file = unknown: the file stands for the host
hunt-assigned-hint = Say whose these are with --host NAME=GLOB, or give an inventory with --assets.

## drill

drill-scenario-ntt-2020-1 = through sites abroad and a server about to be retired to the directory and a file server (2020, case 1)
drill-scenario-ntt-2020-2 = a private device and a stolen account: remote access, virtual desktop, file servers (2020, case 2)
drill-scenario-ntt-2020 = both cases of 2020 at once
drill-scenario-ntt-2025 = from one device of the order system to another, and its customers' data (2025)
drill-scenario-iij-2025 = a vulnerable webmail, and everybody's mailboxes (2025)
drill-scenario-invoice-fraud = a mailbox taken over, rules set, a forged invoice sent
drill-scenario-ransom = spread over servers, shadow copies deleted, files encrypted in masses
drill-scenario-insider = an employee before leaving
drill-scenario-quiet = nothing happens
drill-progress = days
drill-generated = { $records } records in { $out }/logs, { $marked } of them the intruder's. The company's lists are in { $out }/company, the truth in { $out }/truth.
drill-generated-next = Next: yagura hunt { $out }/logs --tz Asia/Tokyo --assets { $out }/company/assets.csv --users { $out }/company/users.csv
drill-error-scenario = there is no scenario "{ $name }"; `yagura drill list` names them
drill-error-gap = the gap "{ $gap }" is not FROM..TO; write times as 2026-06-03T00:00:00Z or 2026-06-03, or SOURCE=FROM..TO for some logs only
drill-error-skew = the skew "{ $skew }" is not SOURCE=SECONDS, as in fs01=-90
drill-error-date = "{ $date }" is not a date such as 2026-06-01
drill-error-users = a drill needs { $least } to { $most } users, not { $asked }: say --users N
drill-error-hosts = a drill of so many users has { $least } to { $most } machines, not { $asked }: say --hosts N
drill-error-days = this drill needs { $least } to { $most } days of logs, not { $asked }: say --days N
drill-error-not-a-drill = { $path } holds a folder logs, company or truth that no drill has written; nothing is overwritten. Choose another folder with --out
drill-error-hunt = the options behind -- are not those of `yagura hunt`: { $reason }

# How well a hunt understood a drill
drill-score-title = Drill { $scenario } (seed { $seed }): { $users } users, { $days ->
    [one] { $days } day
   *[other] { $days } days
}
drill-score-basis = measured by
drill-score-basis-incidents = incidents of medium severity and above
drill-score-basis-findings = findings of medium level and above: there are no incidents
drill-score-read = events read
drill-score-read-events = { $events } of { $records } records; { $errors } unreadable, { $marked } of them the intruder's
drill-score-intrusion = Intrusion { $id }
drill-score-found = found
drill-score-yes = yes
drill-score-no = no
drill-score-first = first trace
drill-score-first-at = { $time } ({ $records ->
    [one] { $records } record
   *[other] { $records } records
} in the logs)
drill-score-first-none = none in the given logs
drill-score-detected = first alarm
drill-score-detected-after = { $time }, after { $delay }
drill-score-objects = read by then
drill-score-part = { $share }% ({ $part } of { $whole })
drill-score-share = { $share }%
drill-score-incidents = incidents
drill-score-hidden-in = also in
drill-score-hops = hops (±{ $minutes } min)
drill-score-recall-precision = found { $recall }, right { $precision }
drill-score-entities = entities
drill-score-entities-confirmed = of these confirmed
drill-score-stores = stores
drill-score-taken = objects counted
drill-score-bytes = bytes counted
drill-score-nothing = –
drill-score-number = { $number }
drill-score-merged = Intrusions taken for one
drill-score-merged-one = { $incident }: { $intrusions }
drill-score-alarms = Alarms that no intruder caused
drill-score-alarms-incidents = incidents
drill-score-alarms-findings = findings
drill-score-alarms-groups = by rule, host, day
drill-score-alarms-rules = rules behind them
drill-score-per-day = { $count } ({ $perday } a day)
drill-score-scope = Customers concerned
drill-score-scope-confirmed = confirmed
drill-score-scope-possible = or possible
drill-score-scope-companies = companies
drill-score-scope-companies-counted = { $counted } counted, { $companies } in truth
drill-score-scope-merges = rows merged
drill-score-notes = To know
drill-score-note-no-incidents = The hunt wrote no incidents. Findings stand in for them; path, entities and data are not measured.
drill-score-note-no-scope = The hunt wrote no scope.json, so the customers concerned are not measured.
drill-score-note-not-in-logs = The given logs hold no trace of { $intrusion }: nothing could find it.
drill-score-note-no-common-source = No evidence stands in a file with traces of an intruder. If that surprises, check that the hunt was over this drill's folder logs.
drill-score-note-skipped = { $file }: { $lines ->
    [one] { $lines } line
   *[other] { $lines } lines
} could not be used, first line { $first }: { $reason }
drill-score-note-without-evidence = { $findings ->
    [one] { $findings } finding has
   *[other] { $findings } findings have
} no evidence and { $findings ->
    [one] counts
   *[other] count
} as false.
drill-score-note-unknown-zone = The time zone { $zone } is not known here; days are those of UTC.
drill-score-error-no-truth = { $path } is missing. Give the folder that yagura drill generate wrote, or the folder truth in it.
drill-score-error-bad-truth = { $path }, line { $line }: { $reason }. The truth is damaged, so no score would be right: generate the drill again.
drill-score-error-no-hunt = { $path } is missing. Give the folder that yagura hunt wrote.
drill-score-error-read = { $path } cannot be read: { $reason }. Check the permissions of the file and the disk.
drill-score-summary-title = Drills { $scenario }: { $seeds ->
    [one] { $seeds } seed
   *[other] { $seeds } seeds
}
drill-score-summary-all = Drills over several seeds
drill-score-heading-measure = measure
drill-score-heading-value = value
drill-score-heading-interval = 95% interval
drill-score-heading-worst = worst
drill-score-heading-scenario = scenario
drill-score-heading-seeds = seeds
drill-score-hits = { $hits } of { $cases }
drill-score-hits-share = { $hits } of { $cases } ({ $share }%)
drill-score-median = { $value } ({ $hits } of { $cases })
drill-score-never = never
drill-score-seed = seed { $seed }
drill-score-worst-seed = { $value } (seed { $seed })
drill-score-about = Rates: Wilson's interval. Averages: Student's t. Times: the median, where never is later than all else. What incidents say is measured over intrusions that were found.
drill-score-by-findings = In { $drills ->
    [one] { $drills } drill
   *[other] { $drills } drills
} findings of medium level and above stood in for incidents, which the hunt did not write.
drill-score-measure-found = intrusions found
drill-score-measure-delay = first trace to alarm (median)
drill-score-measure-read-share = objects read by then
drill-score-measure-split = incidents per intrusion
drill-score-measure-apart = two intrusions kept apart
drill-score-measure-hop-recall = hops found
drill-score-measure-hop-precision = stated hops that are right
drill-score-measure-entity-recall = entities found
drill-score-measure-entity-precision = stated entities that are right
drill-score-measure-store-recall = stores found
drill-score-measure-object-recall = taken objects counted
drill-score-measure-bytes-ratio = bytes counted over bytes taken
drill-score-measure-scope-recall = customers: confirmed found
drill-score-measure-scope-precision = customers: confirmed right
drill-score-measure-reach-recall = customers: with possible, found
drill-score-measure-reach-precision = customers: with possible, right
drill-score-measure-merge-recall = customer rows to merge, merged
drill-score-measure-merge-precision = merged rows that are right
drill-score-measure-false-incidents = false incidents a day
drill-score-measure-false-findings = false findings a day
drill-score-measure-false-groups = the same by rule, host, day
drill-score-measure-false-rules = rules behind them
drill-score-column-found = found
drill-score-column-delay = to alarm
drill-score-column-read-share = read by then
drill-score-column-hop-recall = hops found
drill-score-column-hop-precision = hops right
drill-score-column-false-incidents = false incidents/day
drill-score-column-false-findings = false findings/day
drill-score-column-false-groups = groups/day

# A drill as a tabletop exercise
drill-play-title = Tabletop exercise: { $scenario } (seed { $seed })
drill-play-intro = You are the team that answers for the security of this company. You will be shown { $injects } situations in the order of time. Each has a time limit of { $limit }.
drill-play-how = Answer with the letters of all options that you choose, and words behind them if you like: ACD we call the network team. Words alone begin with -. An empty line is no answer.
drill-play-inject = Situation { $number } of { $injects }: { $name }
drill-play-moment = Day { $day }, { $time }
drill-play-evidence = In hand
drill-play-nothing-new = Nothing further has been found in the logs.
drill-play-record = { $source }, record { $record }{ $time } – { $count ->
    [one] { $count } record
   *[other] { $count } records
} of this kind so far
drill-play-record-at = , { $time }
drill-play-gone = the log is not in the folder any more
drill-play-event-logon = a Windows record on { $host }: somebody logged on, or tried to
drill-play-event-program = a Windows record on { $host }: a program was started
drill-play-event-change = a Windows record on { $host }: a service, a task, an account, a log or a protection was changed
drill-play-event-files = a Windows record on { $host }: files were opened
drill-play-event-rewritten = a Windows record on { $host }: files were written or renamed
drill-play-read = Access logs so far: { $objects ->
    [one] { $objects } object
   *[other] { $objects } objects
} read in { $store }
drill-play-until = Answer by { $time } ({ $limit })
drill-play-prompt = Your answer:
drill-play-late = late: { $took } of { $limit }
drill-play-took = { $took } of { $limit }
drill-play-unmeasured = not measured
drill-play-unanswered = no answer
drill-play-assessment = Assessment
drill-play-missed = not chosen, and worth discussing
drill-play-pair = { $name }: { $said }
drill-play-verdict-good = good
drill-play-verdict-depends = depends
drill-play-verdict-harmful = harmful
drill-play-then = What the company did
drill-play-instead = No write-up: what measures would have changed
drill-play-written = The report of the exercise is in { $path }.
drill-play-report-about = Drill { $scenario }, seed { $seed }. Times are those of the exercise, in Japan; the evidence is that of the drill's logs. The judgements are a basis for discussion, not marks.
drill-play-report-timeline = Course
drill-play-report-number = no.
drill-play-report-situation = situation
drill-play-report-shown = shown
drill-play-report-needed = time needed
drill-play-report-answer = answer
drill-play-report-comparison = This team and the companies then
drill-play-report-decision = from the first sign to
drill-play-report-team = this team
drill-play-report-company = the companies
drill-play-report-options = Choices
drill-play-report-words = In words: { $words }
drill-play-report-truth = What really happened
drill-play-report-first-trace = The intruder's first record in the given logs: day { $day }, { $time }; the first sign was shown { $delay } later.
drill-play-report-no-trace = There was no intruder. What was noticed had an honest cause.
drill-play-report-hop = day { $day }, { $time }: from { $from } to { $to }
drill-play-report-more-hops = and { $count } more moves
drill-play-report-discuss = Open points
drill-play-report-discuss-late = { $name }: the answer came late. What was missing: information, a decision maker, or a rule?
drill-play-report-discuss-unanswered = { $name }: no answer. Who would have had to decide?
drill-play-report-discuss-harmful = { $name }: “{ $action }” was chosen. { $why }
drill-play-report-discuss-never = “{ $decision }” was never decided. Who decides it in your company, and by when?
drill-play-report-discuss-procedures = Is what was decided today written down as a procedure, with names and telephone numbers that still work when mail and the directory do not?
drill-play-report-discuss-logs = Which of the logs quoted here does your company keep, for how long, and who looks at them?
drill-play-never = not decided
drill-play-at-once = at once
drill-play-error-exists = { $path } exists. Choose another file with --out, or overwrite it with --force.
drill-play-error-answers = { $path } cannot be read: { $reason }. Give a text file with one answer per line.
drill-play-error-speed = the speed { $speed } is not a number above 0; 2 halves the time limits
drill-play-error-no-drill = { $path } is missing. Give the folder that yagura drill generate wrote.
drill-play-error-bad-truth = { $path }, line { $line }: { $reason }. Generate the drill again.
drill-play-error-read = { $path } cannot be read: { $reason }. Check the permissions of the file and the disk.

drill-play-step-first-sign = the first sign
drill-play-step-foothold = where the intruder stands
drill-play-step-second-host = another machine or account
drill-play-step-leak = whether data may have leaked
drill-play-step-stop = stopping a system
drill-play-step-second-case = a second case
drill-play-step-evidence = preserving evidence
drill-play-step-reports = reports
drill-play-step-customers = customers and the way to tell them
drill-play-step-lessons = what follows

drill-play-first-ntt-2020-1 = The team that operates the directory has noticed records in the log of a directory server that none of its members can explain.
drill-play-first-ntt-2020-2 = Somebody who looks through the records of remote access and file servers has found an account that reads more than its owner's work explains.
drill-play-first-ntt-2025 = The security department has noticed an entry in the communication log of a device of the order system that it cannot explain. Call this device A.
drill-play-first-iij-2025 = The administrators of the mail service have noticed a server load and accesses to mailboxes that they cannot explain.
drill-play-first-invoice-fraud = A customer's accounting department telephones: an invoice from one of your people names another bank account than before. The customer has not paid yet.
drill-play-first-ransom = Monitoring reports a server on which repair and backup functions have just been switched off. No maintenance is planned.
drill-play-first-insider = The personnel department mentions that an employee has given notice. In the same week an unusual amount of data left this employee's account.
drill-play-first-quiet = A monitoring rule has raised an alarm for the record below. Nobody has looked at it yet.
drill-play-shown-foothold = You have looked at what happened before and after on the same machine and with the same account. Is this an accident, or does somebody stand inside?
drill-play-shown-second-host = The search is widened to machines and accounts that had contact with the first. Is there a second one: a device B?
drill-play-shown-leak = The access logs of the stores have been evaluated up to now. Management asks whether data may have leaked.
drill-play-shown-stop = Traffic and changes of the last hours are on the table. The business wants to go on working. Is a system, or a way in, to be stopped?
drill-play-shown-second-case = While the first case is looked into, somebody finds records of an account that do not fit it: another way in, and, it seems, another intruder.
drill-play-shown-evidence = The machines concerned are to be back in service soon. What must be secured before, and how?
drill-play-shown-reports = Management asks who must be told by when, and what may already be said.
drill-play-shown-customers = The sales department has a list of the customers concerned. Some companies stand in it several times under different spellings, and some contracts have ended. How are they told?
drill-play-shown-lessons = Two weeks later. The investigation is done, and management asks what is to change.

drill-play-action-isolate = cut the machine off the network, and leave it running
drill-play-action-power-off = switch the machine off
drill-play-action-disable = disable the account, and end its sessions
drill-play-action-block = block the address or name at the firewall and proxy
drill-play-action-preserve = preserve evidence: logs, memory, disk images
drill-play-action-ask-users = ask the users concerned, by telephone
drill-play-action-search = search all logs, also old ones, for the same traces
drill-play-action-management = inform management and the legal department
drill-play-action-experts = call outside experts
drill-play-action-reinstall = set the machine up anew at once
drill-play-action-assume-leak = take the data to be possibly leaked, and begin the list of whose they are
drill-play-action-stop-system = stop the system concerned
drill-play-action-stop-access = stop the way in (remote access, service to the outside)
drill-play-action-reset-all = change the passwords of everybody and of services
drill-play-action-report = report to the ministry and to the Personal Information Protection Commission
drill-play-action-announce = announce to the public what is known
drill-play-action-deduplicate = remove duplicates from the list, and write the evidence beside each customer
drill-play-action-tell = tell customers by their sales representative or by sealed letter
drill-play-action-tell-by-mail = tell customers by e-mail, since it is fastest
drill-play-action-review = audit the system, and review existing controls
drill-play-action-monitor = watch more and better, with outside experts
drill-play-action-train = train people, and exercise again
drill-play-action-close = close the case
drill-play-action-wait = wait and watch

drill-play-why-first-sign-isolate = What is cut off can do no more harm; running, it keeps its memory for the investigation.
drill-play-why-first-sign-disable = An account that acts without its owner is closed at once; it can be opened again in a minute.
drill-play-why-first-sign-block = It stops one way out, but tells the intruder that you have noticed. Good together with isolation.
drill-play-why-first-sign-preserve = Logs are overwritten and memory is lost: the sooner they are secured, the more there is.
drill-play-why-first-sign-ask-users = It may explain everything in a minute. By telephone or in person: the mailbox may be read by others.
drill-play-why-first-sign-management = Who hears early can decide early; late recognition is one of the typical failures.
drill-play-why-first-sign-reinstall = It destroys the evidence, and the way in stays open.
drill-play-why-first-sign-wait = Each hour costs data. Watching is only an option with somebody who can cut off at any moment.
drill-play-why-foothold-search = Only what else the same address, account or program touched shows where the intruder stands.
drill-play-why-foothold-isolate = Every machine with the same traces is cut off, not only the first.
drill-play-why-foothold-block = It hinders known ways to the outside; the intruder may have others.
drill-play-why-foothold-preserve = What the intruder left on the machine says how it was entered, if it is secured before it changes.
drill-play-why-foothold-experts = Late contact with outside experts is one of the typical failures.
drill-play-why-foothold-ask-users = Helpful for single accounts; where an intruder uses them, owners have noticed nothing.
drill-play-why-foothold-reinstall = The foothold is not understood yet: evidence is lost, and the intruder comes back the same way.
drill-play-why-foothold-wait = The intruder goes on meanwhile; the next machine is only a matter of time.
drill-play-why-second-host-isolate = The second machine is cut off as soon as it is seen, not when its analysis is done.
drill-play-why-second-host-disable = The account that made the move opens further machines.
drill-play-why-second-host-search = If there is a second one, there may be a third. Search for every address, account and program found so far.
drill-play-why-second-host-reset-all = Needed in the end. While the intruder still stands on machines, new passwords are stolen as well.
drill-play-why-second-host-experts = Several machines are more than most teams can examine alone.
drill-play-why-second-host-management = The case has become larger; who decides on stopping systems must know.
drill-play-why-second-host-power-off = It destroys what is in memory: connections, keys, programs without a file.
drill-play-why-second-host-wait = This is how days pass between the first machine and the second.
drill-play-why-leak-assume-leak = The list takes longest. Whoever begins it on suspicion can tell customers in days instead of weeks.
drill-play-why-leak-search = What was read, and what went out, can be told only from logs: access logs, proxy, firewall.
drill-play-why-leak-preserve = The access logs are now evidence; many are overwritten within days.
drill-play-why-leak-management = Legal deadlines may begin with the knowledge that data may have leaked.
drill-play-why-leak-experts = A second opinion before anything is said outside.
drill-play-why-leak-wait = Certainty may never come; customers could protect themselves meanwhile.
drill-play-why-stop-stop-system = An emergency stop costs business for hours; data that went out never come back.
drill-play-why-stop-stop-access = It closes the door for everybody, the intruder included, and is quickly undone.
drill-play-why-stop-block = Cutting off known destinations is done in minutes, whatever is decided about the system.
drill-play-why-stop-preserve = Before a system stops, memory and logs are secured.
drill-play-why-stop-management = The decision needs somebody who may take it; who that is should be known beforehand.
drill-play-why-stop-wait = Traffic to the outside goes on while the decision is open.
drill-play-why-second-case-disable = A stolen account is closed first, whatever else is found.
drill-play-why-second-case-stop-access = The way in is the same for every stolen account.
drill-play-why-second-case-reset-all = Where regular accounts were stolen, nobody knows how many.
drill-play-why-second-case-search = Actions of a legitimate account are told from its owner's only over all logs.
drill-play-why-second-case-ask-users = The owner knows which accesses were theirs, and which device is concerned.
drill-play-why-second-case-wait = Two cases at once is when the second one gains time.
drill-play-why-evidence-preserve = Images, memory and logs with checksums and a list of who had them: else they do not stand in law.
drill-play-why-evidence-experts = Forensic work that is to stand in law needs practice, and somebody independent.
drill-play-why-evidence-management = The legal department says what must be kept, and for whom.
drill-play-why-evidence-power-off = What is only in memory is lost.
drill-play-why-evidence-reinstall = The path of entry and the exact extent can never be established again.
drill-play-why-evidence-wait = Logs are overwritten in the meantime.
drill-play-why-reports-report = Authorities are told early, with what is known; more can follow in a second report. The legal department knows the deadlines.
drill-play-why-reports-management = One voice to the outside, and somebody who answers for it.
drill-play-why-reports-announce = Right if customers must protect themselves now; too early it also warns the intruder. Facts must be certain and called so.
drill-play-why-reports-experts = Who has seen many cases knows what authorities ask.
drill-play-why-reports-wait = Deadlines pass, and the authorities hear of it from others.
drill-play-why-customers-deduplicate = A customer who is told three times, or a number that is too high, costs trust; evidence beside each answers questions.
drill-play-why-customers-tell = A person or a sealed letter is known to be genuine.
drill-play-why-customers-tell-by-mail = Leaked addresses are used for fraudulent notices; whoever warns by e-mail teaches customers to trust these.
drill-play-why-customers-announce = It reaches those whose contract has ended, but customers should not learn it from the press.
drill-play-why-customers-wait = Customers cannot be on their guard against forged invoices and calls.
drill-play-why-lessons-review = The way in was open to others too: the system and its neighbours are audited.
drill-play-why-lessons-monitor = The first sign came late. What was in the logs all the time should raise an alarm next time.
drill-play-why-lessons-reset-all = Once the intruder is out, every password that could be known is changed.
drill-play-why-lessons-train = Unclear procedures are a typical failure; they become clear by practice.
drill-play-why-lessons-close = Without changes the next case takes the same way.
drill-play-why-insider-ask-users = Whoever takes data and is asked is warned. Personnel and legal departments come first.
drill-play-why-quiet-ask-users = Whoever owns the account or the machine can often explain it in a minute: a mistyped password, a changed device.
drill-play-why-quiet-search = Whether the same address did anything else is seen in minutes; here it did not.
drill-play-why-quiet-isolate = Harmless if short, but it stops somebody's work on one weak sign.
drill-play-why-quiet-disable = Quickly undone, but asking first costs less.
drill-play-why-quiet-management = Not needed for each alarm; a record in the ticket is enough.
drill-play-why-quiet-wait = Right here, once somebody has looked: the alarm has an honest cause.
drill-play-why-quiet-preserve = Keeping the few lines in the ticket costs nothing.
drill-play-why-quiet-reinstall = Work and evidence are lost for nothing.
drill-play-why-quiet-stop-system = A false alarm must not stop the business; nobody would believe the next one.
drill-play-why-quiet-block = It does little harm, and little good.
drill-play-why-quiet-experts = Too early: first the simple questions are answered.
drill-play-why-quiet-report = There is nothing to report.
drill-play-why-quiet-announce = There is nothing to announce; it would unsettle customers.
drill-play-why-quiet-monitor = The rule is tuned so that it is silent next time, without becoming blind.
drill-play-why-quiet-review = Worth it if such alarms are many: who looks at them, how long does it take?
drill-play-why-quiet-train = Deciding quickly that an alarm is none is a skill as well.
drill-play-why-quiet-close = With the reason written down: yes.

drill-play-then-unknown = The write-up does not say.
drill-play-then-evidence = The write-ups name poor preservation of evidence among the typical failures. A forensic investigation must establish the path of entry, the exact extent, prevention, and evidence that stands in law.
drill-play-then-reports = The write-ups name unclear procedures and late contact with outside experts among the typical failures: who tells whom, by when, is written down before the case. For deadlines in your business ask the legal department.
drill-play-then-quiet = More alarms than people can look at are how real ones are missed: the write-ups ask for detection of unknown attacks with fewer false alarms.
drill-play-then-ntt-2020-1-first-sign = On 2020-05-07 the team that runs the directory noticed the log of an unauthorised remote operation on a directory server. The intruder had been at work since September 2019: about eight months.
drill-play-then-ntt-2020-1-foothold = The way was traced back: a server in Singapore, one in Thailand (from September 2019), the United States (December), an operations server of a cloud service that was about to be retired, the operations server of the directory, the directory.
drill-play-then-ntt-2020-1-second-host = On the day of the first sign the operations server of the directory was stopped as an emergency measure, and then the operations servers of the cloud service.
drill-play-then-ntt-2020-1-leak = Analysis of the file server's access logs showed on 05-11, four days after the first sign, that data may have leaked. Files about the Ministry of Defense had been read on 05-04 and 05-05.
drill-play-then-ntt-2020-1-stop = Servers were stopped on the same day. The malware's destinations and all outside communication of the directory servers were cut off as well (without dates).
drill-play-then-ntt-2020-1-reports = Report to the ministry on 05-13, six days after the first sign; announcement on 05-28, after 21 days; a second one on 07-02.
drill-play-then-ntt-2020-1-customers = 704 companies on the construction-information server (83 of them with ended contracts) and 188 on file servers were announced as 892 in total, with duplicates not removed. Only corporate customers were concerned.
drill-play-then-ntt-2020-1-lessons = Announced: analysis of behaviour (UEBA), EDR, zero trust, thorough management of what file servers hold, a red team, and continuous threat-led penetration tests over IT and OT.
drill-play-then-ntt-2020-2-first-sign = Found on 2020-05-26, while case 1 was being investigated: 19 days after its first sign, and about nine months after the start in September 2019.
drill-play-then-ntt-2020-2-foothold = An employee's private device had been compromised and the regular account and password stolen; the intruder came by remote access and virtual desktops, which about one employee in ten used.
drill-play-then-ntt-2020-2-second-host = The intruder browsed internal file servers. Because the accounts were legitimate, working out what had been touched took long.
drill-play-then-ntt-2020-2-stop = Remote access for private devices and thin clients was stopped on the day of discovery.
drill-play-then-ntt-2020-2-reports = The numbers of both cases were announced together. Dates are given only for case 1: announcement on 05-28, a second one on 07-02.
drill-play-then-ntt-2020-2-customers = Of the 892 companies announced for both cases, 188 were those of file servers. Duplicates were not removed.
drill-play-then-ntt-2020-2-lessons = The password of every employee was changed, and authentication and monitoring of remote access were strengthened.
drill-play-then-ntt-2025-first-sign = On 02-05 the security department noticed a suspicious entry in the communication log of device A of the order information distribution system. Access from it was cut off on the same day.
drill-play-then-ntt-2025-foothold = Device A was cut off on 02-05. That the intruder had moved on was found only later.
drill-play-then-ntt-2025-second-host = Further analysis found on 02-15 that the intruder had moved on to device B, which was then cut off: ten days after the first device.
drill-play-then-ntt-2025-leak = On 02-06, one day after the first sign, it was known that data may have leaked.
drill-play-then-ntt-2025-stop = Access from device A was cut off on 02-05, from device B on 02-15. The write-up tells of no stop of the whole system.
drill-play-then-ntt-2025-reports = Announcement on 03-05, 28 days after the first sign. The write-up says nothing of other reports.
drill-play-then-ntt-2025-customers = 17,891 companies: contract number and name, contact person, telephone, e-mail and postal address, service use. Told by sales representatives or sealed letter, never by e-mail, because leaked addresses would be used for fraudulent notices.
drill-play-then-ntt-2025-lessons = Audit of the system, review of existing controls, training, and monitoring with outside experts.
drill-play-then-iij-2025-first-sign = A vulnerability of the webmail product that was unknown until then was used over a long time (months) before it was discovered.
drill-play-then-iij-2025-leak = About 310,000 mail accounts were concerned, with passwords and other confidential data.
drill-play-then-iij-2025-reports = The ministry ordered corrective measures under the Telecommunications Business Act, since the secrecy of communications was concerned.
drill-play-then-iij-2025-customers = The write-up names the harm that follows: forged invoices by mail, leaked passwords tried on other services, deception by telephone.
drill-play-then-iij-2025-lessons = Stronger detection of unauthorised access with automatic response, defence in several layers (network, application, endpoint, user), a project team directly under the president, and a plan over two years.
drill-play-then-invoice-fraud-first-sign = Multi-factor authentication makes a phished password useless; an alarm at logins from addresses never seen before would have come before the customer's call.
drill-play-then-invoice-fraud-foothold = Records of webmail logins and of changed rules, kept for months and searched by address, show at once which mailboxes are concerned.
drill-play-then-invoice-fraud-leak = A list of what each mailbox holds, and of what was opened, would show whose letters and invoices were read.
drill-play-then-invoice-fraud-stop = A procedure that closes one account with all its sessions and rules saves stopping everybody's mail.
drill-play-then-invoice-fraud-customers = Customers are called at numbers known from before, not those in the mail. A rule that bank accounts never change by mail alone makes the forged invoice fail.
drill-play-then-invoice-fraud-lessons = Multi-factor authentication, alarms on new forwarding rules and on logins from new places, training against phishing, and a second way to confirm bank accounts.
drill-play-then-ransom-first-sign = Logins from outside and an administrator's account on new servers lay days before. An alarm there, or multi-factor authentication at the way in, comes before anything is encrypted.
drill-play-then-ransom-foothold = Least privilege and no remote desktop open to the internet take away the foothold; EDR on servers shows it.
drill-play-then-ransom-second-host = Segmentation between servers, and administrators' accounts that do not open every machine, stop the spread.
drill-play-then-ransom-leak = Traffic outward by volume, watched per server, shows whether data were taken before the encryption.
drill-play-then-ransom-stop = Who may cut a site or the file servers off at night, without asking first, must be written down before. Minutes count.
drill-play-then-ransom-customers = Backups that the directory's administrators cannot delete let the business go on; customers are told by a way that does not depend on the encrypted systems.
drill-play-then-ransom-lessons = Offline backups that have been restored as a test, multi-factor authentication, segmentation, EDR, and an exercise of the first hour.
drill-play-then-insider-first-sign = An alarm at amounts never read before by this person, together with the notice given, comes in the first evening.
drill-play-then-insider-foothold = Nobody broke in: only a comparison with the person's own past, and with colleagues, shows what is unusual.
drill-play-then-insider-leak = Records of storage devices, uploads and mail to private addresses, beside the access logs, tell which files left.
drill-play-then-insider-stop = Rights that end with the need for them, and storage devices that are allowed only by exception, would have left less to take.
drill-play-then-insider-customers = Access to the order system by need, with a limit per day, keeps the list of customers concerned short.
drill-play-then-insider-lessons = Least privilege, review of rights when somebody gives notice, alarms on unusual amounts, and a procedure together with personnel and legal departments.

drill-play-decision-cut-first = the first machine or way in cut off
drill-play-decision-cut-second = the second machine cut off
drill-play-decision-leak = “data may have leaked”
drill-play-decision-preserve = evidence preserved
drill-play-decision-experts = outside experts called
drill-play-decision-report = the authorities told
drill-play-decision-tell = customers or the public told
drill-play-figure-cut-first = 2020 both cases: the same day; 2025 (device A): the same day
drill-play-figure-cut-second = 2020 case 1: the same day (further servers stopped); 2025 (device B): 10 days
drill-play-figure-leak = 2020 case 1: 4 days; 2025: 1 day
drill-play-figure-preserve = no figure; poor preservation is a typical failure
drill-play-figure-experts = no figure; late contact is a typical failure
drill-play-figure-report = 2020 case 1: 6 days (ministry)
drill-play-figure-tell = 2020 case 1: 21 days; 2025: 28 days
