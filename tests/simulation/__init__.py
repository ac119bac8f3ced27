"""A deterministic simulation of a whole office: the real product, made-up people, terminals and faults."""
