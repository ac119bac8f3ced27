"""Periods: closing a unit's month, the seal on it, what waits to be adjusted, and reopening by two people.

A closed period's records never change. Every writer of records asks `store.queries.periods` first
(on every way in, imports and rebuilding included); what would change them is kept beside them.
"""

from monitor.periods.closing import ClosedPeriod, Demand, close_period
from monitor.periods.errors import PeriodRefused
from monitor.periods.listing import Adjustment, PeriodState, list_adjustments, list_periods
from monitor.periods.month import Month
from monitor.periods.reopening import approve_reopening, request_reopening
from monitor.periods.steps import Path, month_path, send_back, take_step
from monitor.periods.verify import BrokenPeriod, verify_periods

__all__ = [
    "Adjustment",
    "BrokenPeriod",
    "ClosedPeriod",
    "Demand",
    "Month",
    "Path",
    "PeriodRefused",
    "PeriodState",
    "approve_reopening",
    "close_period",
    "list_adjustments",
    "list_periods",
    "month_path",
    "request_reopening",
    "send_back",
    "take_step",
    "verify_periods",
]
