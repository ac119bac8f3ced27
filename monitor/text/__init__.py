"""Words for people: Vietnamese at the source, English by catalogue; for pages and messages alike."""

from monitor.text.translate import LANGUAGES, Gettext, gettext_for, sentence, worded

__all__ = ["LANGUAGES", "Gettext", "gettext_for", "sentence", "worded"]
