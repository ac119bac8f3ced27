"""Every table of the product, and nothing else."""

from monitor.store.tables.access import AccessGrant
from monitor.store.tables.accounts import Attempt, Credential, LoginSession, RecoveryCode
from monitor.store.tables.operations import Account, AuditEntry, Fact, JobRun
from monitor.store.tables.organisation import Badge, Person, Posting, Unit
from monitor.store.tables.periods import PendingAdjustment, Period, PeriodReopening, PeriodSeal
from monitor.store.tables.privacy import LegalHold, RetiredPerson, Shown
from monitor.store.tables.punches import FileImport, ManualPunch, Punch, PunchVariant, QuarantinedRecord
from monitor.store.tables.push import PendingTerminal, PushConfirmation, PushContact, TerminalEvent
from monitor.store.tables.repairs import (
    Alarm,
    ClockSighting,
    ImportUndo,
    PunchSupport,
    QuarantineDecision,
    WithheldPunch,
)
from monitor.store.tables.rulebook import (
    Allowance,
    CalendarDay,
    Excuse,
    ExcuseType,
    ExemptFinding,
    ExplainedDay,
    RegulationSession,
    RegulationTarget,
    RegulationVersion,
    RosterEntry,
)
from monitor.store.tables.terminals import CoverageInterval, Pull, PullRequest, RejectedRead, Terminal
from monitor.store.tables.types import metadata
from monitor.store.tables.verdicts import DayRecord, OvertimeRecord, SessionRecord, SilentDay, StaleSpan

__all__ = [
    "AccessGrant",
    "Account",
    "Alarm",
    "Allowance",
    "Attempt",
    "AuditEntry",
    "Badge",
    "CalendarDay",
    "ClockSighting",
    "CoverageInterval",
    "Credential",
    "DayRecord",
    "Excuse",
    "ExcuseType",
    "ExemptFinding",
    "ExplainedDay",
    "Fact",
    "FileImport",
    "ImportUndo",
    "JobRun",
    "LegalHold",
    "LoginSession",
    "ManualPunch",
    "OvertimeRecord",
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
    "PunchSupport",
    "PunchVariant",
    "PushConfirmation",
    "PushContact",
    "QuarantineDecision",
    "QuarantinedRecord",
    "RecoveryCode",
    "RegulationSession",
    "RegulationTarget",
    "RegulationVersion",
    "RejectedRead",
    "RetiredPerson",
    "RosterEntry",
    "SessionRecord",
    "Shown",
    "SilentDay",
    "StaleSpan",
    "Terminal",
    "TerminalEvent",
    "Unit",
    "WithheldPunch",
    "metadata",
]
