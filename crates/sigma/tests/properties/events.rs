//! Random events, as columns for our matcher and as JSON for rsigma.

use std::sync::Arc;

use model::{BatchSet, Everything, LogSource, Projection, Row, Time, ValueId};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::rules::{World, encoded, text};

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    pub log_source: LogSource,
    /// Tells batches of one log source apart.
    pub kind: u64,
    pub fields: Map<String, Value>,
}

fn scalar(world: World) -> BoxedStrategy<Value> {
    let number =
        select(&[0i64, 1, 2, -1, 10, 11, 9_007_199_254_740_992, 9_007_199_254_740_993, 4_294_967_296][..]);
    prop_oneof![
        6 => text(world).prop_map(Value::from),
        2 => number.prop_map(Value::from),
        1 => select(&[1.5, 11.0, -0.5, 1e300][..]).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => select(&["1", "10", "1.5", "1e1", " 1", "inf", "NaN", "true", "YES", "0"][..]).prop_map(Value::from),
    ]
    .boxed()
}

/// Any value: lists may hold `null` and further lists.
fn value(world: World) -> BoxedStrategy<Value> {
    let inner = prop::collection::vec(scalar(world), 0..3).prop_map(Value::Array);
    let member = prop_oneof![6 => scalar(world), 1 => Just(Value::Null), 1 => inner];
    let list = prop::collection::vec(member, 0..4).prop_map(Value::Array);
    prop_oneof![6 => scalar(world), 1 => Just(Value::Null), 2 => list].boxed()
}

fn address() -> impl Strategy<Value = Value> {
    select(&["10.1.2.3", "10.9.9.9", "192.0.2.1", "2001:db8::1", "::ffff:10.1.2.3", "10.1.2", ""][..])
        .prop_map(Value::from)
}

fn time() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(
            &[
                "2024-05-06T07:08:09Z",
                "2024-05-06 07:08:09",
                "2024-05-06T07:08:09+09:00",
                "2024-02-30T00:00:00Z",
                "yesterday"
            ][..]
        )
        .prop_map(Value::from),
        select(&[1_700_000_000_000i64, 1_700_000_000, 0, -1][..]).prop_map(Value::from),
    ]
}

fn log_source() -> impl Strategy<Value = LogSource> {
    const KNOWN: [(&str, &[&str], &str); 5] =
        [("p1", &["c1"], ""), ("p1", &["c1", "c2"], "s1"), ("p2", &[], ""), ("", &[], ""), ("p1", &[], "s1")];
    select(&KNOWN[..]).prop_map(|(product, categories, service)| LogSource::new(product, categories, service))
}

/// A random event.
pub fn event(world: World) -> BoxedStrategy<Event> {
    let maybe = |strategy: BoxedStrategy<Value>| prop::option::weighted(0.7, strategy);
    let texts = (maybe(value(world)), maybe(value(world)), value(world), maybe(value(world)));
    let others = (
        maybe(
            prop_oneof![
                address().boxed(),
                prop::collection::vec(address(), 0..3).prop_map(Value::Array).boxed()
            ]
            .boxed(),
        ),
        maybe(
            prop_oneof![time().boxed(), prop::collection::vec(time(), 0..3).prop_map(Value::Array).boxed()]
                .boxed(),
        ),
        maybe(encoded().prop_map(Value::from).boxed()),
        // `exists` of a field that holds null is decided otherwise than in rsigma.
        maybe(scalar(world)),
        maybe(prop_oneof![4 => scalar(world), 1 => Just(Value::Null)].boxed()),
        maybe(prop_oneof![4 => scalar(world), 1 => Just(Value::Null)].boxed()),
    );
    (log_source(), 0..2u64, texts, others)
        .prop_map(|(log_source, kind, (a, b, p, x), (ip, t, c, e, r1, r2))| {
            // A field below another: the decoders mark the upper one as an object.
            let upper = x.as_ref().map(|_| json!({}));
            let all = [
                ("a", a),
                ("b", b),
                ("p", Some(p)),
                ("o", upper),
                ("o.x", x),
                ("ip", ip),
                ("t", t),
                ("c", c),
                ("e", e),
                ("r1", r1),
                ("r2", r2),
            ];
            let fields =
                all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
            Event { log_source, kind, fields }
        })
        .boxed()
}

/// Columns for events.
pub struct Columns {
    pub set: BatchSet,
}

impl Columns {
    pub fn new(projection: Option<Arc<dyn Projection + Send + Sync>>) -> Columns {
        Columns { set: BatchSet::new(projection.unwrap_or_else(|| Arc::new(Everything))) }
    }

    /// Adds an event with its number.
    pub fn add(&mut self, event: &Event, number: u64) {
        let shape = self.set.shape(&event.log_source, event.kind);
        self.set.batch_mut(shape).begin(Row { time: Time::UNKNOWN, record: number, start: 0, len: 0 });
        for (name, value) in &event.fields {
            let field = self.set.interner.field(name);
            if let Some(slot) = self.set.slot(shape, field) {
                let id = self.intern(name, value);
                self.set.batch_mut(shape).set(slot, id);
            }
        }
    }

    fn intern(&mut self, name: &str, value: &Value) -> ValueId {
        let field = self.set.interner.field(name);
        if let Value::Array(members) = value {
            let ids: Vec<ValueId> = members.iter().map(|member| self.intern(name, member)).collect();
            return self.set.interner.dictionary_mut(field).list(&ids);
        }
        let dictionary = self.set.interner.dictionary_mut(field);
        match value {
            Value::Null => ValueId::NULL,
            Value::Bool(flag) => dictionary.bool(*flag),
            Value::Number(number) => match number.as_i64() {
                Some(number) => dictionary.int(number),
                None => dictionary.float(number.as_f64().unwrap()),
            },
            Value::String(text) => dictionary.str(text),
            Value::Object(_) => ValueId::OBJECT,
            Value::Array(_) => unreachable!("handled above"),
        }
    }
}
