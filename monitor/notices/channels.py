"""Other channels than e-mail, through apprise (extra `notify`): the only module that knows it."""

import warnings
from importlib.util import find_spec

from monitor.config import Settings


def installed() -> bool:
    """Whether the extra `notify` is there."""
    return find_spec("apprise") is not None


def channel_lines(settings: Settings) -> list[str]:
    """The addresses of the channels; they hold secrets and go nowhere but to apprise."""
    file = settings.mail.other_channels_file
    if file is None:
        return []
    text = (settings.folder / file).read_text(encoding="utf-8-sig")
    return [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]


def tell(line: str, title: str, body: str) -> bool:
    """Send a text to a channel; whether its service took it. Raises ImportError without the extra."""
    with warnings.catch_warnings():
        # apprise 2.2.0, which loads its services at first use, imports what Python 3.13 no longer has.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise  # noqa: PLC0415 - an extra, loaded only where its setting is

        channel = apprise.Apprise()
        known = bool(channel.add(line))
    return known and bool(channel.notify(title=title, body=body))
