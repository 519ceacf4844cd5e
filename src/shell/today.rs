//! What day it is.

use jiff::Zoned;
use jiff::civil::Date;

/// Today, where the clock hangs.
pub fn today() -> Date {
    Zoned::now().date()
}
