//! Vector's parsers, in the form that is cheapest for them: a program of one call, on a target that is the line itself.

use vrl::compiler::state::{ExternalEnv, RuntimeState};
use vrl::compiler::{
    CompileConfig, Context, Function, Program, TargetValue, TimeZone, compile_with_external,
};
use vrl::value::kind::Collection;
use vrl::value::{Kind, Secrets, Value};

/// One compiled program.
pub struct Parser {
    program: Program,
    must: &'static str,
    zone: TimeZone,
}

impl Parser {
    /// Compiles a program.
    ///
    /// # Errors
    /// What the compiler says.
    pub fn new(source: &str, must: &'static str, functions: &[Box<dyn Function>]) -> Result<Parser, String> {
        // Known to be text: so no check is paid for.
        let outside = ExternalEnv::new_with_kind(Kind::bytes(), Kind::object(Collection::any()));
        compile_with_external(source, functions, &outside, CompileConfig::default())
            .map(|compiled| Parser { program: compiled.program, must, zone: TimeZone::default() })
            .map_err(|errors| format!("{source}: {errors:?}"))
    }

    /// Parses every line; how many it understood. `understood` is told of each.
    pub fn lines(&self, lines: &[Value], mut understood: impl FnMut(bool)) -> usize {
        let mut target = TargetValue {
            value: Value::Null,
            metadata: Value::Object(Default::default()),
            secrets: Secrets::new(),
        };
        let mut state = RuntimeState::default();
        let mut count = 0;
        for line in lines {
            // The line's bytes are shared, not copied.
            target.value = line.clone();
            let mut context = Context::new(&mut target, &mut state, &self.zone);
            let is_understood = match self.program.resolve(&mut context) {
                Ok(Value::Object(fields)) => self.must.is_empty() || fields.contains_key(self.must),
                Ok(Value::Array(cells)) => self.must.is_empty() && cells.len() > 1,
                _ => false,
            };
            count += usize::from(is_understood);
            understood(is_understood);
        }
        count
    }
}
