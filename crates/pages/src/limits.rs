//! How much of anything a report shows. What is left out is always counted, and the page says where it stands.
//!
//! The numbers are chosen so that whatever the input holds, the page stays below 5 MB: the pieces that are shown in
//! full may take [`FULL_BYTES`], the rest is bounded by rows and by the width of texts.

/// Incidents with a picture and all else.
pub const INCIDENTS_IN_FULL: usize = 50;

/// Bytes after which no further incident is shown in full.
pub const FULL_BYTES: usize = 2_200_000;

/// Rows of the table of incidents.
pub const INCIDENT_ROWS: usize = 200;

/// Names in one cell of a table.
pub const NAMES_IN_CELL: usize = 4;

/// Names in a list of what to do.
pub const NAMES_TO_DO: usize = 60;

/// Lanes of a picture.
pub const LANES: usize = 64;

/// Arrows of a picture.
pub const ARROWS: usize = 240;

/// Marks of findings in a picture.
pub const MARKS: usize = 240;

/// Stores beside a picture.
pub const STORES: usize = 12;

/// Rows of the table of moves.
pub const MOVES: usize = 80;

/// Rows of a table of entities.
pub const ENTITIES: usize = 200;

/// Rows of a timeline.
pub const TIMELINE: usize = 80;

/// Rows of references to evidence.
pub const EVIDENCE: usize = 60;

/// Columns of the heat map.
pub const HEAT_COLUMNS: usize = 120;

/// Rows of the heat map.
pub const HEAT_ROWS: usize = 30;

/// Techniques of one tactic in the matrix.
pub const TECHNIQUES: usize = 30;

/// Rows of the table of sources.
pub const SOURCES: usize = 120;

/// Rows of any other table of the overview.
pub const ROWS: usize = 60;

/// Columns of a name, of which a Japanese character takes two.
pub const NAME: usize = 120;

/// Columns of a line: a title, a row of a timeline.
pub const LINE: usize = 400;

/// Columns of a text of several sentences.
pub const STORY: usize = 6000;
