//! Time goes on, and everybody acts when their time has come.
//!
//! In: actors (people, machines that work by themselves, intruders). Out: their actions on the [`World`], in the order of time. An actor that
//! has acted says when it acts again. How much is kept does not depend on how long the drill lasts.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;

use model::Time;

use crate::rng::Rng;
use crate::world::World;

/// Somebody or something that acts.
pub trait Actor {
    /// Acts now, and says when it will act again; `None` is never.
    fn act(&mut self, world: &mut World) -> Option<Time>;
}

/// All actors, and whose turn is when.
#[derive(Default)]
pub struct Engine {
    actors: Vec<(Box<dyn Actor>, Rng)>,
    turns: BinaryHeap<Reverse<(Time, u32)>>,
}

impl Engine {
    /// Adds an actor that acts first at `first`, with its own stream of chance.
    pub fn add(&mut self, actor: Box<dyn Actor>, rng: Rng, first: Time) {
        self.turns.push(Reverse((first, self.actors.len() as u32)));
        self.actors.push((actor, rng));
    }

    /// Lets them act until `end`.
    pub fn run(&mut self, world: &mut World, end: Time) -> io::Result<()> {
        /// The sink is told of time passing once in so many turns.
        const TURNS: u32 = 64;
        let mut turns = 0;
        while let Some(Reverse((time, number))) =
            self.turns.peek().copied().filter(|Reverse((time, _))| *time < end)
        {
            self.turns.pop();
            let Some((actor, rng)) = self.actors.get_mut(number as usize) else { continue };
            world.set_time(time);
            std::mem::swap(&mut world.rng, rng);
            let next = actor.act(world);
            std::mem::swap(&mut world.rng, rng);
            if let Some(next) = next {
                // Who asks for no time at all would never let others act.
                let next = next.max(Time::from_micros(time.micros() + 1));
                self.turns.push(Reverse((next, number)));
            }
            turns += 1;
            if turns % TURNS == 0 {
                world.sink.advance(time)?;
            }
        }
        Ok(())
    }
}
