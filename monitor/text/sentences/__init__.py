"""Coded sentences, Vietnamese; one file per subject. A code is unique across all of them."""

from monitor.text.sentences import basics, devices, imports, verdicts

PARTS = (basics.SENTENCES, devices.SENTENCES, imports.SENTENCES, verdicts.SENTENCES)
SENTENCES: dict[str, str] = {code: text for part in PARTS for code, text in part.items()}

if len(SENTENCES) != sum(len(part) for part in PARTS):
    msg = "a sentence code stands twice"
    raise AssertionError(msg)
