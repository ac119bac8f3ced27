"""Every table of the product, and nothing else."""

from monitor.store.tables.access import AccessGrant
from monitor.store.tables.accounts import Attempt, Credential, LoginSession, RecoveryCode
from monitor.store.tables.api import ApiBudget, ApiToken, Webhook, WebhookDelivery
from monitor.store.tables.cases import (
    Attachment,
    CaseDecision,
    CaseNote,
    DayCase,
    DecisionEffect,
    ReminderDay,
    WrittenReminder,
)
from monitor.store.tables.citizen_reports import (
    CitizenReport,
    CitizenReporter,
    CitizenReportOutcome,
    CitizenReportPaper,
    ReportOfficer,
)
from monitor.store.tables.commendations import Commendation
from monitor.store.tables.followup import (
    Finding,
    FindingEscalation,
    FindingPaper,
    FindingReminder,
    FindingStep,
)
from monitor.store.tables.inspections import (
    Campaign,
    CampaignDay,
    CampaignDraw,
    CampaignGrant,
    CampaignMember,
    CampaignUnit,
)
from monitor.store.tables.month_steps import MonthReply, MonthStep
from monitor.store.tables.notices import NoticeAddress, NoticeChoice, OutgoingMessage
from monitor.store.tables.operations import RESTORED, Account, AuditEntry, Fact, JobRun
from monitor.store.tables.organisation import Badge, Person, Posting, Unit
from monitor.store.tables.origins import TerminalUser, UnitOrigin
from monitor.store.tables.patterns import PatternSwitch, ReportWords
from monitor.store.tables.periods import PendingAdjustment, Period, PeriodReopening, PeriodSeal
from monitor.store.tables.privacy import LegalHold, RetiredPerson, Shown
from monitor.store.tables.punches import FileImport, ManualPunch, Punch, PunchVariant, QuarantinedRecord
from monitor.store.tables.push import PendingTerminal, PushConfirmation, PushContact, TerminalEvent
from monitor.store.tables.registers import (
    ExcuseEntry,
    Meeting,
    MeetingArrival,
    MeetingInvitation,
    RemovedRosterEntry,
)
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
from monitor.store.tables.running import BackupCopy, SchedulerLease
from monitor.store.tables.staffing import MinimumStaffing
from monitor.store.tables.terminals import CoverageInterval, Pull, PullRequest, RejectedRead, Terminal
from monitor.store.tables.types import metadata
from monitor.store.tables.verdicts import DayRecord, OvertimeRecord, SessionRecord, SilentDay, StaleSpan
from monitor.store.tables.visits import Visit, VisitMark, VisitMinutes, VisitPerson, VisitReason, VisitScan

__all__ = [
    "RESTORED",
    "AccessGrant",
    "Account",
    "Alarm",
    "Allowance",
    "ApiBudget",
    "ApiToken",
    "Attachment",
    "Attempt",
    "AuditEntry",
    "BackupCopy",
    "Badge",
    "CalendarDay",
    "Campaign",
    "CampaignDay",
    "CampaignDraw",
    "CampaignGrant",
    "CampaignMember",
    "CampaignUnit",
    "CaseDecision",
    "CaseNote",
    "CitizenReport",
    "CitizenReportOutcome",
    "CitizenReportPaper",
    "CitizenReporter",
    "ClockSighting",
    "Commendation",
    "CoverageInterval",
    "Credential",
    "DayCase",
    "DayRecord",
    "DecisionEffect",
    "Excuse",
    "ExcuseEntry",
    "ExcuseType",
    "ExemptFinding",
    "ExplainedDay",
    "Fact",
    "FileImport",
    "Finding",
    "FindingEscalation",
    "FindingPaper",
    "FindingReminder",
    "FindingStep",
    "ImportUndo",
    "JobRun",
    "LegalHold",
    "LoginSession",
    "ManualPunch",
    "Meeting",
    "MeetingArrival",
    "MeetingInvitation",
    "MinimumStaffing",
    "MonthReply",
    "MonthStep",
    "NoticeAddress",
    "NoticeChoice",
    "OutgoingMessage",
    "OvertimeRecord",
    "PatternSwitch",
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
    "ReminderDay",
    "RemovedRosterEntry",
    "ReportOfficer",
    "ReportWords",
    "RetiredPerson",
    "RosterEntry",
    "SchedulerLease",
    "SessionRecord",
    "Shown",
    "SilentDay",
    "StaleSpan",
    "Terminal",
    "TerminalEvent",
    "TerminalUser",
    "Unit",
    "UnitOrigin",
    "Visit",
    "VisitMark",
    "VisitMinutes",
    "VisitPerson",
    "VisitReason",
    "VisitScan",
    "Webhook",
    "WebhookDelivery",
    "WithheldPunch",
    "WrittenReminder",
    "metadata",
]
