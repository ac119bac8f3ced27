"""Coded sentences, Vietnamese; one file per subject. A code is unique across all of them (tested)."""

from monitor.text.sentences import (
    accounts,
    basics,
    devices,
    imports,
    periods,
    privacy,
    repairs,
    sheets,
    terminals,
    tls,
    verdicts,
)

PARTS = (
    accounts.SENTENCES,
    basics.SENTENCES,
    devices.SENTENCES,
    imports.SENTENCES,
    periods.SENTENCES,
    privacy.SENTENCES,
    repairs.SENTENCES,
    sheets.SENTENCES,
    terminals.SENTENCES,
    tls.SENTENCES,
    verdicts.SENTENCES,
)
SENTENCES: dict[str, str] = {code: text for part in PARTS for code, text in part.items()}
