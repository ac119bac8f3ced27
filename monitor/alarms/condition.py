"""One thing that is wrong, before anybody has written it down."""

from dataclasses import dataclass, field

WARNING, SERIOUS = "warning", "serious"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A kind of trouble with its subject; the sentence `alarm_<kind>` is filled with `values`.

    `subject` is a terminal's code, a serial number, a job's name, or '' for the installation. A serious
    one makes days need review or loses data; a warning may come to that.
    """

    kind: str
    subject: str = ""
    terminal_id: int | None = None
    severity: str = WARNING
    values: dict[str, object] = field(default_factory=dict)
