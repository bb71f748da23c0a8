//! Whole incidents, told in both languages.

#[path = "story/facts.rs"]
mod facts;
#[path = "story/golden.rs"]
mod golden;
#[path = "story/hostile.rs"]
mod hostile;
#[path = "story/labels.rs"]
mod labels;
