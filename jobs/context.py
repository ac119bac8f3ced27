"""What every job gets: the database, the configuration, the present."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from monitor.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """`clock` gives aware instants: the machine's, or the demo's."""

    engine: Engine
    settings: Settings
    clock: Callable[[], datetime]
