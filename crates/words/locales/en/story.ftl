# Incidents told from facts (story.rs).

## Names of things

story-via-rdp = RDP
story-via-smb = SMB
story-via-winrm = WinRM
story-via-wmi = WMI
story-via-ssh = SSH
story-via-vpn = VPN
story-via-vdi = VDI
story-via-service = service
story-via-task = task
story-via-web = web
story-via-database = database
story-via-other = other

story-basis-session = the same session
story-basis-process = opened by a program of the session before
story-basis-credentials = credentials used in the session before
story-basis-same-account = the same account had a session where it came from
story-basis-account-change = another account's session where it came from is the likeliest cause
story-basis-same-way-in = the way in used before
story-basis-address = from an address of the intruder
story-basis-finding = a finding about this very record
story-basis-time = the times fit
story-basis-time-only = only the times fit

story-status-confirmed = confirmed
story-status-suspected = suspected

story-note-retiring = about to be retired
story-note-retired = retired
story-note-ownerless = no known owner
story-note-unlisted = not in the inventory
story-note-privileged = privileged
story-note-left = left the company
story-note-site = site { $name }

## Parts of sentences

story-unnamed = (no name)
story-quoted = “{ $name }”
story-list-and = { $list } and { $last }
story-list-more = { $list } and { $count ->
    [one] { $count } other
   *[other] { $count } others
}
story-list-more-hosts = { $list } and { $count ->
    [one] { $count } other
   *[other] { $count } others
}
story-between-sentences = { " " }
story-when = at { $time }
story-list-more-stores = { $list } and { $count ->
    [one] { $count } other store
   *[other] { $count } other stores
}
story-time-unknown = an unknown time
story-when-between = between { $from } and { $to }
story-dated = { $name } ({ $date })

story-by-rdp = RDP
story-by-smb = SMB
story-by-winrm = WinRM
story-by-wmi = WMI
story-by-ssh = SSH
story-by-vpn = VPN
story-by-vdi = VDI
story-by-service = a remotely created service
story-by-task = a remotely created task
story-by-web = a web request
story-by-database = a database login

story-data-files = { $count ->
    [one] { $count } file
   *[other] { $count } files
} in { $store }
story-data-files-sized = { $count ->
    [one] { $count } file
   *[other] { $count } files
} ({ $bytes }) in { $store }
story-data-objects = { $count ->
    [one] { $count } object
   *[other] { $count } objects
} in { $store }
story-data-objects-sized = { $count ->
    [one] { $count } object
   *[other] { $count } objects
} ({ $bytes }) in { $store }
story-data-some = data in { $store }
story-data-some-sized = data ({ $bytes }) in { $store }
story-stores = { $count ->
    [one] { $count } store
   *[other] { $count } stores
}

## Title

story-intruder = Suspected intruder
story-intruder-from = Suspected intruder from { $name }
story-intruder-account = Suspected intruder with the account { $name }
story-hosts = { $count ->
    [one] { $count } host
   *[other] { $count } hosts
}
story-title-reached = { $who } reached { $hosts }
story-title-read = { $who } read { $data }
story-title-reached-read = { $who } reached { $hosts } and read { $data }
story-title-used = { $who } came in
story-title-supposed = { $who } may have reached { $hosts }
story-title-more = { $finding } and { $count ->
    [one] { $count } other finding
   *[other] { $count } other findings
}
story-title-finding-read = { $finding }; { $data } read
story-title-only-read = { $data } read
story-title-nothing = Suspicious events

## Entry

story-entry-host = The intruder { $sure ->
    [yes] came
   *[no] probably came
} in to { $name }{ $details } { $when }.
story-entry-host-inside = The intruder { $sure ->
    [yes] came
   *[no] probably came
} to { $name }{ $details } { $when }; how they had reached { $from }, the logs given do not show.
story-entry-account = The intruder { $sure ->
    [yes] used
   *[no] probably used
} the account { $name }{ $details } { $when }.
story-entry-account-inside = The intruder { $sure ->
    [yes] used
   *[no] probably used
} the account { $name }{ $details } { $when }; how they had reached { $from }, the logs given do not show.
story-entry-unknown = The logs given do not show a way in; the incident was first seen at { $time }.
story-entry-unknown-host = The logs given do not show a way in; the first sign is on { $name }, at { $time }.
story-entry-unknown-account = The logs given do not show a way in; the first sign is of the account { $name }, at { $time }.
story-entry-from = { " " }from { $name }
story-entry-by = { " " }by { $by }
story-entry-with = { " " }with the account { $name }

## Findings

story-finding-at = { " " }on { $name }
story-finding-with = { " " }with the account { $name }
story-finding-only = There is but one finding, { $title } ({ $level }){ $where }, at { $time }; it may turn out to be harmless.
story-finding-one = There is one finding: { $title } ({ $level }){ $where }, at { $time }.
story-findings = There are { $count } findings; the first is { $title } ({ $level }){ $where }, at { $time }.
story-findings-medium = There are { $count } findings; the first of medium level or above is { $title } ({ $level }){ $where }, at { $time }.

## Moves

story-start = From { $name } the intruder
story-start-first = Starting from { $name }, the intruder
story-start-outside = From { $name } the intruder
story-start-unknown = The intruder
story-by = { " " }by { $by }
story-moved-one = { $start } moved on to { $hosts }{ $by } { $when }.
story-moved = { $start } moved on, in this order, to { $hosts }{ $by } { $when }.
story-moved-days = { $start } moved on, in this order, to { $hosts }{ $by } (dates in UTC).
story-again = The intruder came back the same way on { $count ->
    [one] { $count } later day, { $date }
   *[other] { $count } later days, the last of them { $date }
} (UTC).

## Accounts

story-change = from { $from } to { $to } on { $host }
story-change-up = from { $from } to the privileged account { $to } on { $host } (privilege escalation)
story-changed = The account changed { $changes }.
story-changed-also = The account changed { $changes }; also used: { $accounts }.
story-accounts-one = The moves were made with the account { $accounts }.
story-accounts = The moves were made with the accounts { $accounts }.

## Data

story-read = The intruder read { $data } { $when }.
story-read-also = The intruder read { $data } { $when }; it is only supposed that they also read { $more }.
story-read-supposed = It is only supposed that the intruder read { $data } { $when }.

## What stands out

story-stands-out = Note in particular: { $things }.
story-noted = { $names } ({ $notes })

## What is only supposed

story-supposed-move = from { $from } to { $to }
story-supposed-move-why = from { $from } to { $to } ({ $why })
story-supposed = It is only supposed that the intruder also moved { $moves }.
story-supposed-also = It is only supposed that the intruder also moved { $moves }; possibly involved as well: { $names }.
story-suspected = Possibly involved, though no record shows it: { $names }.

## What the logs do not show

story-limits-unread = The logs given show no reading of data, which does not mean that there was none; the true entry may be earlier than the first event seen ({ $first }).
story-limits-unsent = Whether data left the company, these records do not show; the true entry may be earlier than the first event seen ({ $first }).
story-limits-sent = There are signs of exfiltration ({ $time }), but which data was sent out is not established; the true entry may be earlier than the first event seen ({ $first }).
story-last = The incident was last seen at { $time }.

## Why an incident has its severity

story-why-findings = { $count ->
    [one] { $count } finding,
   *[other] { $count } findings, the most severe
} { $level }
story-why-stage = Signs of { $tactic }
story-why-spread = { $hosts ->
    [one] { $hosts } host
   *[other] { $hosts } hosts
} on the path, { $accounts ->
    [one] { $accounts } account
   *[other] { $accounts } accounts
} used
story-why-asset = { $name } was reached, of criticality { $criticality } out of 5
story-why-privileged = The privileged account { $name } was used
story-why-read = { $count ->
    [one] { $count } object
   *[other] { $count } objects
} read
story-why-read-sized = { $count ->
    [one] { $count } object
   *[other] { $count } objects
} ({ $bytes }) read
story-why-neglected = { $name } took part: { $note }
story-why-single = Nothing but one finding speaks for it
story-why-budget = Lowered: more incidents reached medium severity than the budget of { $count } a day allows, and others were stronger

## Lines of the timeline

story-moment-hop = Move from { $from } to { $to }
story-moment-hop-detail = Move from { $from } to { $to } ({ $details })
story-moment-hop-supposed = Supposed move from { $from } to { $to }
story-moment-hop-supposed-detail = Supposed move from { $from } to { $to } ({ $details })
story-moment-entry = First sign of the intruder on { $host }
story-moment-entry-from = Way in from { $from } to { $host }
story-moment-account = account { $name }
story-moment-basis = because: { $why }
story-moment-read = { $data } read
story-moment-read-until = { $data } read, until { $time }
story-moment-alike = { $count } alike
