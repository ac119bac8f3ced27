"""A letter as an e-mail: plain text and the same in simple HTML, with nothing from elsewhere in it."""

from collections.abc import Iterator
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from html import escape

from monitor.config import Settings
from monitor.notices.letter import Letter, Lines
from monitor.notices.outbox import message_id
from monitor.notices.words import one_line
from monitor.store.tables import OutgoingMessage

LIST_NAME = "thong-bao"
LONGEST_SUBJECT = 200
UTF_8 = Charset("utf-8")
UTF_8.body_encoding = QP
WIRE = compat32.clone(linesep="\r\n")


def message_of(
    letter: Letter, row: OutgoingMessage, recipient: str, settings: Settings, now: datetime
) -> bytes:
    """The bytes of a message."""
    mail = settings.mail
    domain = mail.sender.rpartition("@")[2]
    message = MIMEMultipart("alternative")
    message["From"] = f"{_encoded(settings.site.name, 'From')} <{mail.sender}>"
    message["To"] = recipient
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = _encoded(letter.subject[:LONGEST_SUBJECT], "Subject")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(row, domain)
    message["List-Id"] = f"<{LIST_NAME}.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = letter.language
    message.attach(_text(plain(letter), "plain"))
    message.attach(_text(page(letter), "html"))
    return message.as_bytes(policy=WIRE)


def _text(content: str, kind: str) -> MIMEText:
    part = MIMEText("", kind)
    del part["Content-Transfer-Encoding"]
    part.set_payload(content, UTF_8)
    return part


def _encoded(text: str, header: str) -> str:
    """A header's text, one line before it is folded.

    By the older of Python's two ways: the newer one of 3.11 loses spaces between Vietnamese words.
    """
    return Header(one_line(text), "utf-8", header_name=header).encode()


def plain(letter: Letter) -> str:
    """The text part."""
    return "\n".join(_plain_lines(letter)) + "\n"


def _plain_lines(letter: Letter) -> Iterator[str]:
    yield letter.intro
    for part in letter.parts:
        yield ""
        if part.title:
            yield part.title
        yield from (f"  {line}" if part.title else line for line in part.lines)
    if letter.link:
        yield from ("", f"{letter.link_text}: {letter.link}")
    yield from ("", "-- ", *letter.footer)


def page(letter: Letter) -> str:
    """The HTML part: headings, lists and one link; no picture, nothing that tells us it was read."""
    body = "".join(_section(part) for part in letter.parts)
    link = f'<p><a href="{escape(letter.link)}">{escape(letter.link_text)}</a></p>\n' if letter.link else ""
    footer = "<br>".join(map(escape, letter.footer))
    return (
        f'<!doctype html>\n<html lang="{letter.language}"><head><meta charset="utf-8">'
        f"<title>{escape(letter.subject)}</title></head>\n<body>\n<p>{escape(letter.intro)}</p>\n"
        f"{body}{link}<hr>\n<p><small>{footer}</small></p>\n</body></html>\n"
    )


def _section(part: Lines) -> str:
    title = f"<h3>{escape(part.title)}</h3>\n" if part.title else ""
    lines = "".join(f"<li>{escape(line)}</li>\n" for line in part.lines)
    return f"{title}<ul>\n{lines}</ul>\n"
