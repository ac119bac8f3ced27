"""Personal data: what is due to be made nameless, legal holds, and everybody's copy of their own."""

from monitor.privacy.copy import Copy, copy_of
from monitor.privacy.errors import PrivacyRefused
from monitor.privacy.holds import Hold, list_holds, place_hold, release_hold
from monitor.privacy.parts import Part, parts_of
from monitor.privacy.pseudonyms import Done, pseudonymise
from monitor.privacy.review import STEPS, Due, Review, findings, review

__all__ = [
    "STEPS",
    "Copy",
    "Done",
    "Due",
    "Hold",
    "Part",
    "PrivacyRefused",
    "Review",
    "copy_of",
    "findings",
    "list_holds",
    "parts_of",
    "place_hold",
    "pseudonymise",
    "release_hold",
    "review",
]
