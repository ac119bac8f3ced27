"""Every table of the product, and nothing else."""

from monitor.store.tables.access import AccessGrant
from monitor.store.tables.operations import Account, AuditEntry, Fact, JobRun
from monitor.store.tables.organisation import Badge, Person, Posting, Unit
from monitor.store.tables.periods import PendingAdjustment, Period, PeriodReopening, PeriodSeal
from monitor.store.tables.punches import FileImport, ManualPunch, Punch, PunchVariant, QuarantinedRecord
from monitor.store.tables.push import PendingTerminal, PushConfirmation, PushContact, TerminalEvent
from monitor.store.tables.rulebook import (
    Allowance,
    CalendarDay,
    Excuse,
    ExcuseType,
    ExplainedDay,
    RegulationSession,
    RegulationTarget,
    RegulationVersion,
    RosterEntry,
)
from monitor.store.tables.terminals import CoverageInterval, Pull, PullRequest, RejectedRead, Terminal
from monitor.store.tables.types import metadata
from monitor.store.tables.verdicts import DayRecord, SessionRecord, SilentDay, StaleSpan

__all__ = [
    "AccessGrant",
    "Account",
    "Allowance",
    "AuditEntry",
    "Badge",
    "CalendarDay",
    "CoverageInterval",
    "DayRecord",
    "Excuse",
    "ExcuseType",
    "ExplainedDay",
    "Fact",
    "FileImport",
    "JobRun",
    "ManualPunch",
    "PendingAdjustment",
    "PendingTerminal",
    "Period",
    "PeriodReopening",
    "PeriodSeal",
    "Person",
    "Posting",
    "Pull",
    "PullRequest",
    "Punch",
    "PunchVariant",
    "PushConfirmation",
    "PushContact",
    "QuarantinedRecord",
    "RegulationSession",
    "RegulationTarget",
    "RegulationVersion",
    "RejectedRead",
    "RosterEntry",
    "SessionRecord",
    "SilentDay",
    "StaleSpan",
    "Terminal",
    "TerminalEvent",
    "Unit",
    "metadata",
]
