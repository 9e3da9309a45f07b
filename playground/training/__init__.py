"""The training loop as a generator of events, and the record that stays of it."""
