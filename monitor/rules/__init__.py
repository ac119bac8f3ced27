"""The rule book as pure functions over columns: no database, no clock, no logging, no Flask."""
