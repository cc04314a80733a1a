//! What lightlane claims, tested.

mod ideal;
