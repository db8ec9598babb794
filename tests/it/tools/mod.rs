//! One file per tool family: what an engineer reads from each answer, on recorded data.

mod snapshot;
