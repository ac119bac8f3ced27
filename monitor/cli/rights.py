"""What a command asks of the account in whose name it runs; other commands are for the machine's operator."""

from monitor.access import Action

RIGHTS: dict[str, Action] = {
    "export sessions": Action.EXPORT,
    "export days": Action.EXPORT,
    "export overtime": Action.EXPORT,
    "export aggregates": Action.EXPORT,
    "export timesheet": Action.EXPORT,
    "export yearly": Action.EXPORT,
    "export punches": Action.MEND_INTAKE,
    "import excuses": Action.ENTER_RECORDS,
    "import roster": Action.ENTER_RECORDS,
    "import allowances": Action.ENTER_RECORDS,
    "import punches": Action.MEND_INTAKE,
    "pull": Action.READ_TERMINALS,
    "reconcile": Action.SET_UP,
    "check report": Action.EXPORT,
    "check upward": Action.EXPORT,
    "check add": Action.PLAN_CHECKS,
    "check draw": Action.PLAN_CHECKS,
    "check start": Action.PLAN_CHECKS,
    "check close": Action.PLAN_CHECKS,
    "check switch": Action.SWITCH_PATTERNS,
    "period list": Action.SEE_UNITS,
    "period adjustments": Action.SEE_PEOPLE,
    "period close": Action.KEEP_PERIODS,
    "period request-reopen": Action.KEEP_PERIODS,
    "period approve-reopen": Action.KEEP_PERIODS,
}
"""Commands that keep to an account's scope, by their words. They take `--as USER`; a command that is not here
does not, and is for whoever holds the machine and its files."""
