"""What is wrong with terminals, clocks and jobs right now: found by looking, kept while it lasts, told once.

A kind is raised when its condition is first seen and closed when it is over; `doctor` and the page of
the terminals tell the same.
"""

from monitor.alarms.book import OpenAlarm, keep, open_alarms
from monitor.alarms.condition import Condition
from monitor.alarms.conditions import CONDITIONS, conditions
from monitor.alarms.jobs import JOB_KINDS, dead_jobs
from monitor.alarms.upkeep import (
    UPKEEP_KINDS,
    backup_conditions,
    scheduler_conditions,
    silence,
    silent_minutes,
)

__all__ = [
    "CONDITIONS",
    "JOB_KINDS",
    "UPKEEP_KINDS",
    "Condition",
    "OpenAlarm",
    "backup_conditions",
    "conditions",
    "dead_jobs",
    "keep",
    "open_alarms",
    "scheduler_conditions",
    "silence",
    "silent_minutes",
]
