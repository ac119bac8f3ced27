"""Patterns in words: the values of their definitions, and how often they list somebody honest."""

from dataclasses import asdict
from decimal import Decimal

from monitor.inspections.patterns.honest import Alarms
from monitor.inspections.patterns.measured import SEED, measured
from monitor.inspections.totals import percent
from monitor.rules.patterns import PatternLimits
from monitor.text import sentence


def definition_values(limits: PatternLimits) -> dict[str, object]:
    """What the sentences `pattern_*_definition` take."""
    return asdict(limits)


def rate_words(pattern: str, limits: PatternLimits, language: str) -> str:
    """How often a pattern lists somebody honest, as measured; at other limits, that it was not measured."""
    found = measured(pattern, limits)
    if found is None:
        return sentence("pattern_unmeasured", {}, language)
    seed = sentence("pattern_seed", {"seed": SEED, "weeks": limits.weeks}, language)
    return f"{alarm_words(pattern, found, language)}; {seed}"


def alarm_words(pattern: str, found: Alarms, language: str) -> str:
    """A count of false alarms with its rate."""
    code = "pattern_rate_flood" if pattern == "flood" else "pattern_rate"
    rate = percent(found.listed, found.of) or Decimal(0)
    mark, point = (",", ".") if language == "vi" else (".", ",")
    values = {
        "listed": found.listed,
        "of": f"{found.of:,}".replace(",", point),
        "rate": f"{rate:.2f} %".replace(".", mark),
    }
    return sentence(code, values, language)
