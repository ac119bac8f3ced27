"""Coded sentences, Vietnamese; one file per subject. A code is unique across all of them (tested)."""

from monitor.text.sentences import basics, devices, imports, periods, verdicts

PARTS = (basics.SENTENCES, devices.SENTENCES, imports.SENTENCES, periods.SENTENCES, verdicts.SENTENCES)
SENTENCES: dict[str, str] = {code: text for part in PARTS for code, text in part.items()}
