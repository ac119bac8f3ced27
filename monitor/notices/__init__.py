"""Digests and alarms by mail: written to a queue in the database, sent once."""
