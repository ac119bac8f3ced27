"""Leave, trips, meetings, duties and delegations, entered one by one by a clerk."""
