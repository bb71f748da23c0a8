//! Makes activities of the rows of a batch.
//!
//! In: batches, with the interner that their ids belong to. Out: activities, whose names are in the extractor's own table.
//!
//! By value, not by row: which conditions hold of a value ([`classes`](crate::classes)) and what it gives ([`memo`](crate::memo)) is worked out
//! once. A row's values have a class each; which lines of the tables fit is remembered by the list of these classes. What is left for a row
//! is to look up its cells. What is remembered is bounded, and ends with the epoch of the dictionary, or with the generation of the interner.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use model::request::Request;
use model::{
    Activity, ActivityKind, Column, EventBatch, FieldId, Interner, LogSourceId, NameId, Names, Outcome,
    ValueId,
};

use crate::classes::{Class, Classes};
use crate::convert::Convert;
use crate::memo::{Double, Single};
use crate::table::{Constant, Fill, Origin, Part, Rule, Table};

/// How many combinations of classes a plan remembers; then it begins anew.
const MOST_COMBINATIONS: usize = 1 << 14;

/// No number of a field.
const NONE: u16 = u16::MAX;

/// Makes activities of events. One per thread.
#[derive(Debug)]
pub struct Extractor {
    table: &'static Table,
    names: Names,
    generation: u64,
    /// The table's number of each field of the interner.
    numbers: Vec<u16>,
    /// By log source.
    plans: Vec<Option<Box<Plan>>>,
    /// By the table's numbers of fields, memos and pairs.
    epochs: Vec<u32>,
    classes: Vec<Classes>,
    singles: Vec<Single>,
    doubles: Vec<Double>,
    /// Of [`Columns`], kept for the next batch.
    by_number: Vec<u16>,
}

/// What is to be done for a log source.
#[derive(Debug, Default)]
struct Plan {
    rules: Vec<u32>,
    /// The fields that conditions look at.
    asked: Vec<u16>,
    /// A field that every rule asks for, so that a batch in which it never changes and fits no rule is done with one question.
    lead: Option<u16>,
    combinations: HashTable<(Box<[Class]>, u32)>,
    chosen: Vec<Vec<Chosen>>,
    hasher: FixedState,
}

/// A line that fits, with what it sets by itself.
#[derive(Clone, Debug)]
struct Chosen {
    rule: u32,
    activity: Activity,
}

/// The columns of a batch by the table's numbers of fields.
struct Columns<'b> {
    interner: &'b Interner,
    columns: &'b [Column],
    /// Which column has the field; [`NONE`] where none has.
    by_number: Vec<u16>,
}

impl<'b> Columns<'b> {
    #[inline]
    fn of(&self, number: u16) -> Option<&'b Column> {
        self.columns.get(usize::from(*self.by_number.get(usize::from(number))?))
    }

    #[inline]
    fn cell(&self, number: u16, row: usize) -> Option<(FieldId, ValueId)> {
        let column = self.of(number)?;
        Some((column.field, *column.cells.get(row)?))
    }
}

impl Default for Extractor {
    fn default() -> Extractor {
        Extractor::new()
    }
}

impl Extractor {
    /// An extractor that knows no names yet.
    pub fn new() -> Extractor {
        let table = Table::builtin();
        Extractor {
            table,
            names: Names::default(),
            generation: 0,
            numbers: Vec::new(),
            plans: Vec::new(),
            epochs: vec![0; table.fields.len()],
            classes: vec![Classes::default(); table.fields.len()],
            singles: vec![Single::default(); table.memos.len()],
            doubles: vec![Double::default(); table.pairs.len()],
            by_number: Vec::new(),
        }
    }

    /// Names that the activities' ids refer to. Only grows until [`Extractor::take_names`].
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Hands the names over and begins anew: ids given before refer to the table handed over.
    pub fn take_names(&mut self) -> Names {
        self.singles.iter_mut().for_each(Single::forget);
        self.doubles.iter_mut().for_each(Double::forget);
        // What lines set by themselves may be a name.
        self.plans.iter_mut().flatten().for_each(|plan| plan.forget());
        std::mem::take(&mut self.names)
    }

    /// Appends the activities of a batch with their rows. `time` and `record` are left for the caller, who knows the input; everything else is
    /// set. `host` is whose records they are, where they do not say.
    pub fn push(
        &mut self,
        batch: &EventBatch,
        interner: &Interner,
        host: &str,
        out: &mut Vec<(u32, Activity)>,
    ) {
        if self.generation != interner.generation() {
            self.restart(interner.generation());
        }
        let Some(mut plan) = self.take_plan(batch.shape.log_source, interner) else { return };
        if !plan.rules.is_empty() {
            let columns = self.columns(batch, interner);
            if self.may_fit(&plan, &columns, batch.rows.len()) {
                self.rows(&mut plan, &columns, batch.rows.len(), host, out);
            }
            self.by_number = columns.by_number;
        }
        if let Some(place) = self.plans.get_mut(batch.shape.log_source.0 as usize) {
            *place = Some(plan);
        }
    }

    fn restart(&mut self, generation: u64) {
        self.generation = generation;
        self.numbers.clear();
        self.plans.clear();
        self.classes.iter_mut().for_each(Classes::forget);
        self.singles.iter_mut().for_each(Single::forget);
        self.doubles.iter_mut().for_each(Double::forget);
    }

    /// The plan of a log source, which is put back afterwards.
    fn take_plan(&mut self, id: LogSourceId, interner: &Interner) -> Option<Box<Plan>> {
        let place = id.0 as usize;
        if self.plans.len() <= place {
            self.plans.resize_with(place + 1, || None);
        }
        if self.plans.get(place)?.is_none() {
            let plan = Plan::new(self.table, self.table.rules_for(interner.log_source_of(id)));
            *self.plans.get_mut(place)? = Some(Box::new(plan));
        }
        match self.plans.get_mut(place)? {
            Some(plan) if plan.rules.is_empty() => None,
            plan => plan.take(),
        }
    }

    /// The columns of a batch; what was remembered of a field whose epoch has ended is forgotten.
    fn columns<'b>(&mut self, batch: &'b EventBatch, interner: &'b Interner) -> Columns<'b> {
        for field in self.numbers.len()..interner.field_count() {
            let name = interner.dictionary(FieldId(field as u32)).name();
            self.numbers.push(self.table.field(name).unwrap_or(NONE));
        }
        let mut by_number = std::mem::take(&mut self.by_number);
        by_number.clear();
        by_number.resize(self.table.fields.len(), NONE);
        for (at, column) in batch.columns.iter().enumerate() {
            let number = self.numbers.get(column.field.0 as usize).copied().unwrap_or(NONE);
            let Some(place) = by_number.get_mut(usize::from(number)) else { continue };
            *place = at as u16;
            let epoch = interner.dictionary(column.field).epoch();
            if self.epochs.get(usize::from(number)).is_some_and(|known| *known != epoch) {
                self.forget_field(number, epoch);
            }
        }
        Columns { interner, columns: &batch.columns, by_number }
    }

    fn forget_field(&mut self, number: u16, epoch: u32) {
        if let Some(known) = self.epochs.get_mut(usize::from(number)) {
            *known = epoch;
        }
        if let Some(classes) = self.classes.get_mut(usize::from(number)) {
            classes.forget();
        }
        for (memo, single) in self.table.memos.iter().zip(&mut self.singles) {
            if memo.field == number {
                single.forget();
            }
        }
        for (pair, double) in self.table.pairs.iter().zip(&mut self.doubles) {
            if pair.fields.contains(&number) {
                double.forget();
            }
        }
    }

    /// Whether any line can fit a row of the batch, as far as the leading field tells.
    fn may_fit(&mut self, plan: &Plan, columns: &Columns<'_>, rows: usize) -> bool {
        let Some(lead) = plan.lead else { return true };
        let cells = columns.of(lead).map(|column| &column.cells);
        let is_one = cells.is_none_or(|cells| cells.iter().all(|cell| Some(cell) == cells.first()));
        if !is_one || rows == 0 {
            return rows > 0;
        }
        let class = self.class(lead, 0, columns);
        let classes = self.classes.get(usize::from(lead));
        plan.rules.iter().filter_map(|rule| self.table.rules.get(*rule as usize)).any(|rule| {
            let mut asked = rule.when.iter().filter(|asked| asked.field == lead);
            asked.all(|asked| classes.is_some_and(|classes| classes.holds(class, asked.bit)))
        })
    }

    fn rows(
        &mut self,
        plan: &mut Plan,
        columns: &Columns<'_>,
        rows: usize,
        host: &str,
        out: &mut Vec<(u32, Activity)>,
    ) {
        let fallback = self.named(Convert::Host, host);
        let mut classes: Vec<Class> = Vec::with_capacity(plan.asked.len());
        let mut last: Option<u32> = None;
        let mut last_classes: Vec<Class> = Vec::with_capacity(plan.asked.len());
        for row in 0..rows {
            classes.clear();
            for number in &plan.asked {
                classes.push(self.class(*number, row, columns));
            }
            let combination = match last {
                Some(last) if classes == last_classes => last,
                _ => {
                    let combination = self.combination(plan, &classes);
                    last = Some(combination);
                    last_classes.clone_from(&classes);
                    combination
                }
            };
            for chosen in plan.chosen.get(combination as usize).into_iter().flatten() {
                let Some(rule) = self.table.rules.get(chosen.rule as usize) else { continue };
                let mut activity = chosen.activity;
                for fill in &rule.fills {
                    self.fill(&mut activity, fill, row, columns);
                }
                activity.host = activity.host.or(fallback);
                finish(&mut activity);
                out.push((row as u32, activity));
            }
        }
    }

    #[inline]
    fn class(&mut self, number: u16, row: usize, columns: &Columns<'_>) -> Class {
        let at = usize::from(number);
        let (Some(classes), Some(conditions)) = (self.classes.get_mut(at), self.table.conditions.get(at))
        else {
            return 0;
        };
        match columns.cell(number, row) {
            Some((field, id)) => classes.of(id, Some(columns.interner.dictionary(field)), conditions),
            None => classes.of(ValueId::MISSING, None, conditions),
        }
    }

    /// Which lines fit a list of classes.
    fn combination(&mut self, plan: &mut Plan, classes: &[Class]) -> u32 {
        let hash = plan.hasher.hash_one(classes);
        if let Some((_, combination)) = plan.combinations.find(hash, |(known, _)| **known == *classes) {
            return *combination;
        }
        if plan.chosen.len() >= MOST_COMBINATIONS {
            plan.forget();
        }
        let mut chosen = Vec::new();
        let mut is_taken = false;
        for number in &plan.rules {
            let Some(rule) = self.table.rules.get(*number as usize) else { continue };
            if is_taken && !rule.also
                || !rule.when.iter().all(|asked| self.is_true(plan, classes, asked.field, asked.bit))
            {
                continue;
            }
            is_taken |= !rule.also;
            let Some(kind) = rule.kind else { continue };
            let activity = self.begun(plan, rule, kind, classes);
            chosen.push(Chosen { rule: *number, activity });
        }
        plan.chosen.push(chosen);
        let combination = plan.chosen.len() as u32 - 1;
        let Plan { combinations, hasher, .. } = plan;
        combinations
            .insert_unique(hash, (classes.into(), combination), |(known, _)| hasher.hash_one(&**known));
        combination
    }

    fn is_true(&self, plan: &Plan, classes: &[Class], field: u16, bit: u16) -> bool {
        let class = plan.asked.iter().position(|asked| *asked == field).and_then(|place| classes.get(place));
        let known = self.classes.get(usize::from(field));
        class.zip(known).is_some_and(|(class, known)| known.holds(*class, bit))
    }

    /// An activity with what a line sets by itself.
    fn begun(&mut self, plan: &Plan, rule: &Rule, kind: ActivityKind, classes: &[Class]) -> Activity {
        let mut activity = Activity { kind, ..Activity::default() };
        let mut outcome = Outcome::Success;
        for (constant, asked) in &rule.constants {
            if asked.is_some_and(|asked| !self.is_true(plan, classes, asked.field, asked.bit)) {
                continue;
            }
            match constant {
                Constant::Outcome(one) => outcome = *one,
                Constant::Via(via) => activity.via = *via,
                Constant::LogonType(logon_type) => activity.logon_type = *logon_type,
                Constant::Host(host) => activity.host = self.named(Convert::Host, host),
                Constant::Object(object) => activity.object = self.named(Convert::Text, object),
                Constant::Count(count) => activity.count = *count,
            }
        }
        activity.outcome = outcome;
        activity
    }

    #[inline]
    fn fill(&mut self, activity: &mut Activity, fill: &Fill, row: usize, columns: &Columns<'_>) {
        for origin in &fill.from {
            let given = match origin {
                Origin::Column { field, memo } => self.single(*field, *memo, row, columns),
                Origin::Pair(pair) => self.double(*pair, row, columns),
            };
            if given != 0 {
                set(activity, fill.part, given);
                return;
            }
        }
    }

    #[inline]
    fn single(&mut self, field: u16, memo: u16, row: usize, columns: &Columns<'_>) -> u64 {
        let Some((id, value)) = columns.cell(field, row) else { return 0 };
        if value == ValueId::MISSING {
            return 0;
        }
        let at = usize::from(memo);
        let (Some(single), Some(memo)) = (self.singles.get_mut(at), self.table.memos.get(at)) else {
            return 0;
        };
        single.get(value, columns.interner.dictionary(id), memo.convert, &mut self.names)
    }

    #[inline]
    fn double(&mut self, pair: u16, row: usize, columns: &Columns<'_>) -> u64 {
        let at = usize::from(pair);
        let (Some(double), Some(pair)) = (self.doubles.get_mut(at), self.table.pairs.get(at)) else {
            return 0;
        };
        let [first, second] = pair.fields.map(|field| columns.cell(field, row));
        let id = |cell: Option<(FieldId, ValueId)>| cell.map_or(ValueId::MISSING, |(_, id)| id);
        let dictionary =
            |cell: Option<(FieldId, ValueId)>| cell.map(|(field, _)| columns.interner.dictionary(field));
        double.get(
            (id(first), id(second)),
            (dictionary(first), dictionary(second)),
            pair.join,
            &mut self.names,
        )
    }

    fn named(&mut self, convert: Convert, text: &str) -> NameId {
        let mut name = String::new();
        convert.name(text, &mut name);
        self.names.id(&name)
    }
}

impl Plan {
    fn new(table: &Table, rules: Vec<u32>) -> Plan {
        let all = || rules.iter().filter_map(|rule| table.rules.get(*rule as usize));
        let mut asked: Vec<u16> = all().flat_map(Rule::asked).map(|asked| asked.field).collect();
        asked.sort_unstable();
        asked.dedup();
        let of_all = |field: &&u16| all().all(|rule| rule.when.iter().any(|asked| asked.field == **field));
        let lead = asked.iter().find(of_all).copied();
        Plan { rules, asked, lead, ..Plan::default() }
    }

    fn forget(&mut self) {
        self.combinations.clear();
        self.chosen.clear();
    }
}

fn set(activity: &mut Activity, part: Part, given: u64) {
    let name = || NameId(given as u32);
    match part {
        Part::Host => activity.host = name(),
        Part::Account => activity.account = name(),
        Part::TargetAccount => activity.target_account = name(),
        Part::SourceHost => activity.source_host = name(),
        Part::SourceAddress => activity.source_address = name(),
        Part::SourcePort => activity.source_port = u16::try_from(given).unwrap_or(0),
        Part::TargetHost => activity.target_host = name(),
        Part::TargetAddress => activity.target_address = name(),
        Part::TargetPort => activity.target_port = u16::try_from(given).unwrap_or(0),
        Part::Session => activity.session = given,
        Part::OtherSession => activity.other_session = given,
        Part::Pid => activity.pid = u32::try_from(given).unwrap_or(0),
        Part::ParentPid => activity.parent_pid = u32::try_from(given).unwrap_or(0),
        Part::Program => activity.program = name(),
        Part::Parent => activity.parent = name(),
        Part::Object => activity.object = name(),
        Part::Item => activity.item = given,
        Part::BytesIn => activity.bytes_in = given,
        Part::BytesOut => activity.bytes_out = given,
        Part::Count => activity.count = u32::try_from(given).unwrap_or(u32::MAX),
        Part::Target | Part::Method | Part::Status => {
            activity.request = activity.request.and(Request(given));
        }
    }
}

/// What follows from the kind: something was touched once where the record does not say how often.
fn finish(activity: &mut Activity) {
    use ActivityKind::{Credentials, Dns, Flow, Lease, Logoff, Logon, Process, Release, Switch, Ticket};
    let touches = !matches!(
        activity.kind,
        Logon | Logoff | Credentials | Switch | Ticket | Process | Flow | Dns | Lease | Release
    );
    if touches && activity.outcome == Outcome::Success {
        activity.count = activity.count.max(1);
    }
}

#[cfg(test)]
mod tests;
