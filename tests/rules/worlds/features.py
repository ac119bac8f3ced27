"""What may occur in a random world; fewer features make a failure easier to read."""

ORGANISATION = frozenset({"unit_tree", "moves", "gaps_in_postings", "exempt_from_any_regulation"})
REGULATIONS = frozenset(
    {
        "season_change",
        "person_target",
        "unit_target",
        "two_marks",
        "one_mark",
        "no_marks",
        "many_sessions",
        "saturday",
        "night",
        "night_overlap",
        "grace",
        "excess",
        "truncate",
        "windows",
        "repeats",
        "chains",
        "credit",
        "absent_limits",
        "direction_state",
        "direction_terminal",
        "worth",
    }
)
PLAN = frozenset(
    {
        "calendar",
        "unit_calendar",
        "proposed_days",
        "duty",
        "extra",
        "release",
        "overtime",
        "splitting_duty",
        "adjoining_duty",
        "overlapping_duty",
    }
)
AWAY = frozenset(
    {
        "full_excuses",
        "partial_excuses",
        "messy_excuses",
        "not_approved",
        "late_documents",
        "allowances",
        "either_allowance",
        "explained",
        "findings",
    }
)
PLACES = frozenset(
    {"terminals", "own_badges", "bounded_badges", "no_badge", "installed_later", "unknown_ids"}
)
PUNCHING = frozenset({"strange_punches", "repeated_punches", "far_punches", "manual_punches", "few_punches"})
KNOWLEDGE = frozenset({"coverage_gaps", "observed_coverage", "silent_days", "now_inside", "some_asked"})
ALL_FEATURES = ORGANISATION | REGULATIONS | PLAN | AWAY | PLACES | PUNCHING | KNOWLEDGE
"""Every feature `random_world` knows; without any, a plain office with plain punches."""
