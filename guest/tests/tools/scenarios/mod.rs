//! Questions of an incident, and what a right answer holds: the recorded ones, and others made from them.

mod broken;
mod causes;
mod check;
mod children;
mod combined;
mod containers;
mod differences;
mod errors;
mod hostile;
mod objects;
mod operations;
mod pods;
mod reasons;
mod recorded;
mod waits;
