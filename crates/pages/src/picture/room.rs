//! Room for texts in a picture.
//!
//! In: what stands already. Out: a place for the next text where it covers nothing, or none.

/// A rectangle: left, top, right, bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area(pub f64, pub f64, pub f64, pub f64);

impl Area {
    fn meets(&self, other: &Area) -> bool {
        self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
    }

    fn holds(&self, other: &Area) -> bool {
        self.0 <= other.0 && self.1 <= other.1 && other.2 <= self.2 && other.3 <= self.3
    }
}

/// What is taken of a picture, in strips so that few comparisons are needed.
#[derive(Clone, Debug)]
pub struct Room {
    bounds: Area,
    strips: Vec<Vec<Area>>,
}

/// The height of a strip.
const STRIP: f64 = 24.0;

impl Room {
    /// An empty room.
    pub fn new(bounds: Area) -> Room {
        let count = ((bounds.3 - bounds.1) / STRIP).ceil().clamp(1.0, 1000.0) as usize;
        Room { bounds, strips: vec![Vec::new(); count] }
    }

    /// Takes an area, whether or not it is free.
    pub fn take(&mut self, area: Area) {
        let (first, last) = self.range(&area);
        for strip in self.strips.iter_mut().take(last + 1).skip(first) {
            strip.push(area);
        }
    }

    /// Takes the first of these areas that is free and within bounds.
    pub fn first_free(&mut self, places: impl IntoIterator<Item = Area>) -> Option<Area> {
        let found = places.into_iter().find(|area| self.is_free(area))?;
        self.take(found);
        Some(found)
    }

    fn is_free(&self, area: &Area) -> bool {
        let (first, last) = self.range(area);
        self.bounds.holds(area)
            && self.strips.iter().take(last + 1).skip(first).flatten().all(|taken| !taken.meets(area))
    }

    fn range(&self, area: &Area) -> (usize, usize) {
        let strip = |y: f64| ((y - self.bounds.1) / STRIP).floor().max(0.0) as usize;
        (strip(area.1), strip(area.3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_once_and_never_out_of_bounds() {
        let mut room = Room::new(Area(0.0, 0.0, 100.0, 100.0));
        let places =
            [Area(90.0, 10.0, 110.0, 20.0), Area(10.0, 10.0, 40.0, 60.0), Area(50.0, 10.0, 80.0, 60.0)];
        assert_eq!(room.first_free(places), Some(places[1]));
        assert_eq!(room.first_free(places), Some(places[2]));
        assert_eq!(room.first_free(places), None);
        assert_eq!(room.first_free([Area(35.0, 55.0, 45.0, 65.0)]), None);
        assert_eq!(room.first_free([Area(40.0, 60.0, 50.0, 70.0)]), Some(Area(40.0, 60.0, 50.0, 70.0)));
    }
}
