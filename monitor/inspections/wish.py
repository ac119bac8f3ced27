"""What somebody wants checked, and who asks: the input of everything done to campaigns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from monitor.access import Scope
from monitor.config import Settings

LONGEST_TEXT = 300
MOST_DAYS = 62
CHOICES = ("all", "public_facing", "chosen", "sample")
KINDS = ("post_break", "friday", "dates")
TEAM_ROLES = ("leader", "secretary", "member")


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who does something, and when; `scope` None: at the command line, which is not scoped."""

    actor: str
    now: datetime
    settings: Settings
    account_id: int | None = None
    scope: Scope | None = None

    @property
    def today(self) -> date:
        """The date by the installation's clock."""
        return self.now.astimezone(ZoneInfo(self.settings.site.timezone)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A campaign as somebody wants it.

    `days` and what each is (`monitor.rules.check_days.marks_of`). `units`: codes that are chosen, or to draw
    `size` of; none: all that the maker sees, or, to draw, the units right below. `team`: roles by user name.
    """

    title: str
    days: Mapping[date, str]
    team: Mapping[str, str]
    kind: str = "dates"
    legal_basis: str = ""
    body: str = ""
    part: str = "first"
    check_second: int = 28_800
    choice: str = "all"
    units: tuple[str, ...] = ()
    size: int = 0
    beacon: str = ""
    public_first: bool = False
    sealed_until: datetime | None = None
    tet_year: int | None = None
