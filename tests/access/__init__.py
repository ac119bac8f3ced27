"""Who sees what: a random organisation, an independent reading of the rules, and every route."""
