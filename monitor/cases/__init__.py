"""Explanations of days and decisions about them: requests, threads, papers, decisions, escalation."""

from monitor.cases.book import Asking, case_of, last_note_id
from monitor.cases.deciding import Decision, decide, in_force
from monitor.cases.desks import Desks, Matter
from monitor.cases.effects import Paperwork, Reminding, asked_times, whole_day
from monitor.cases.errors import CaseRefused
from monitor.cases.escalation import escalate
from monitor.cases.explaining import Explanation, ask, explain
from monitor.cases.papers import Paper, examined
from monitor.cases.threads import Entry, Thread, paper_of, thread_of

__all__ = [
    "Asking",
    "CaseRefused",
    "Decision",
    "Desks",
    "Entry",
    "Explanation",
    "Matter",
    "Paper",
    "Paperwork",
    "Reminding",
    "Thread",
    "ask",
    "asked_times",
    "case_of",
    "decide",
    "escalate",
    "examined",
    "explain",
    "in_force",
    "last_note_id",
    "paper_of",
    "thread_of",
    "whole_day",
]
