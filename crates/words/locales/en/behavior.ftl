# Why a day was surprising (surprise.rs).

behavior-title-account = Unusual day of an account
behavior-title-machine = Unusual day of a machine
behavior-title-outside = Unusual day of an address outside

behavior-summary = { $who } { $reasons }. { $rate }
behavior-between-reasons = { "; " }
behavior-reason = { $what } ({ $compared }{ $peers })
behavior-number = { $value }
behavior-rate-often = { $count ->
    [one] So unusual a day is to be expected once a day.
   *[other] So unusual a day is to be expected { $count } times a day.
}
behavior-rate-rare = { $days ->
    [one] So unusual a day is to be expected once a day.
   *[other] So unusual a day is to be expected once in { $days } days.
}
behavior-usual = usually { $usual }, at most { $most } in { $days ->
    [one] one day
   *[other] { $days } days
}
behavior-never = never in { $days ->
    [one] the day before
   *[other] { $days } days before
}
behavior-no-past = nothing known of earlier days
behavior-peers = ; peers usually { $usual }
behavior-one-in = so much of it on one day in { $days }

behavior-new-host = went to machines for the first time, such as “{ $example }”
behavior-new-source = came from where it had never come from, such as “{ $example }”
behavior-new-way = logged in in a way it had never used, on “{ $example }”
behavior-new-account = used other accounts for the first time, such as “{ $example }”
behavior-neglected = { $value ->
    [one] went to or from one machine that is being retired, is retired or belongs to nobody: “{ $example }”
   *[other] went to or from { $value } machines that are being retired, are retired or belong to nobody, such as “{ $example }”
}
behavior-hosts = { $value ->
    [one] went to one machine
   *[other] went to { $value } machines
}
behavior-accounts = { $value ->
    [one] was used by one account
   *[other] was used by { $value } accounts
}
behavior-visitors = { $value ->
    [one] was visited from one machine
   *[other] was visited from { $value } machines
}
behavior-hour = was active at an unusual hour
behavior-read = { $value ->
    [one] read one thing, in “{ $example }”
   *[other] read { $value } things, last in “{ $example }”
}
behavior-read-elsewhere = { $value ->
    [one] read one thing where neither it nor its peers are often, in “{ $example }”
   *[other] read { $value } things where neither it nor its peers are often, such as in “{ $example }”
}
behavior-views = { $value ->
    [one] looked at mail once
   *[other] looked at mail { $value } times
}
behavior-two-places = { $value ->
    [one] was in two places within an hour, such as “{ $example }”
   *[other] was in two places within an hour, { $value } times, such as “{ $example }”
}
behavior-read-bytes = read { $value }
behavior-listed = { $value ->
    [one] listed one folder or thing
   *[other] listed { $value } things
}
behavior-written = { $value ->
    [one] wrote one thing
   *[other] wrote { $value } things
}
behavior-renamed = { $value ->
    [one] renamed one thing
   *[other] renamed { $value } things
}
behavior-deleted = { $value ->
    [one] deleted one thing
   *[other] deleted { $value } things
}
behavior-stores = { $value ->
    [one] touched one folder, table or mailbox
   *[other] touched { $value } folders, tables or mailboxes
}
behavior-new-store = touched folders, tables or mailboxes for the first time, such as “{ $example }”
behavior-rows = { $value ->
    [one] read one row of a database
   *[other] read { $value } rows of databases
}
behavior-sent = { $value ->
    [one] wrote mail to one address
   *[other] wrote mail to { $value } addresses
}
behavior-mail-rules = { $value ->
    [one] set or saw to a rule of a mailbox
   *[other] set or saw to rules of mailboxes { $value } times
}
behavior-uploaded = sent { $value } out of the company, most to “{ $example }”
behavior-failures = { $value ->
    [one] failed to log in once
   *[other] failed to log in { $value } times
}
behavior-failed-accounts = { $value ->
    [one] failed to log in as one account
   *[other] failed to log in as { $value } accounts
}
behavior-new-program = started programs for the first time, such as “{ $example }”
behavior-changes = { $value ->
    [one] changed one account, group or right
   *[other] changed { $value } accounts, groups or rights
}
behavior-services = { $value ->
    [one] made one service or task
   *[other] made { $value } services or tasks
}
behavior-odd-requests = sent web requests unlike the usual ones, such as “{ $example }”
behavior-beacon = calls “{ $example }” as regularly as programs do
behavior-name-tunnel = looked up names below “{ $example }” that look like data
behavior-made-up-names = looked up names that look made up by a program, such as “{ $example }”
