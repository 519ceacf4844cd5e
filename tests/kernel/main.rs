//! What happens in real kernels. Needs a Python with ipykernel: the one that NBASYNC_TEST_PYTHON
//! names, or one that is found. Without one the tests say that they were skipped.
#![cfg(all(feature = "kernel", unix))]

mod cells;
mod faults;
mod odd;
mod prove;
mod support;
mod tasks;
