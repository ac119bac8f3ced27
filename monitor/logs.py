"""The log's form: one line for each event, in which nothing that came from outside can pass for another.

Names, addresses and device bytes may hold line breaks, terminal escapes or marks that turn the writing
round; a log that shows them as they are can be made to tell of things that never happened.
"""

import logging
import unicodedata

FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
CONTINUED = "    | "
"""Before each further line of a trace: an entry of its own begins with a date."""
_SHOWN_AS_CODES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class OneLine(logging.Formatter):
    """Shows control characters as escapes; only traces have several lines, marked as such."""

    def format(self, record: logging.LogRecord) -> str:
        """The entry as text."""
        lines = super().format(record).split("\n") if record.exc_info or record.stack_info else []
        if not lines:
            return plain(super().format(record))
        head = plain(self.formatMessage(record))
        trace = "\n".join(lines)[len(self.formatMessage(record)) :].strip("\n").splitlines()
        return "\n".join([head, *(f"{CONTINUED}{plain(line)}" for line in trace)])


def plain(text: str) -> str:
    """The text with every character that is not written as itself shown as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if unicodedata.category(character) not in _SHOWN_AS_CODES:
        return character
    return character.encode("unicode_escape").decode("ascii")


def install(level: str) -> None:
    """Let the whole process write its log this way, on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(FORM))
    logging.basicConfig(level=level, handlers=[handler])
