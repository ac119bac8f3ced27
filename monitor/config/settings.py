"""The whole configuration, and the paths in it made absolute."""

from pathlib import Path

from pydantic import Field
from sqlalchemy import make_url

from monitor.config.fanout import Fanout
from monitor.config.figures import FigureSettings
from monitor.config.inspections import Inspections
from monitor.config.mail import Mail
from monitor.config.overtime import Overtime
from monitor.config.patterns import Patterns
from monitor.config.sections import (
    Accounts,
    Backup,
    Database,
    Demo,
    Explanations,
    Periods,
    Privacy,
    Push,
    Rules,
    Section,
    Site,
    Terminals,
    Web,
)
from monitor.config.sign_on import SignOn
from monitor.config.webhooks import Webhooks


class Settings(Section):
    """The whole file. `folder` is where it lies; relative paths count from there."""

    site: Site = Site()
    database: Database = Database()
    backup: Backup = Backup()
    web: Web = Web()
    accounts: Accounts = Accounts()
    sign_on: SignOn = SignOn()
    mail: Mail = Mail()
    push: Push = Push()
    terminals: Terminals = Terminals()
    rules: Rules = Rules()
    figures: FigureSettings = FigureSettings()
    fanout: Fanout = Fanout()
    overtime: Overtime = Overtime()
    explanations: Explanations = Explanations()
    privacy: Privacy = Privacy()
    periods: Periods = Periods()
    webhooks: Webhooks = Webhooks()
    inspections: Inspections = Inspections()
    patterns: Patterns = Patterns()
    demo: Demo = Demo()
    folder: Path = Field(default=Path(), exclude=True)

    @property
    def database_url(self) -> str:
        """The URL with a relative SQLite path made absolute."""
        url = make_url(self.database.url)
        if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
            return self.database.url
        path = (self.folder / url.database).resolve()
        return url.set(database=str(path)).render_as_string(hide_password=False)

    @property
    def tls_files(self) -> tuple[Path, Path] | None:
        """Certificate and key of our own TLS, None without; relative paths count from `folder`."""
        certificate, key = self.web.tls_certificate, self.web.tls_key
        return None if certificate is None or key is None else (self.folder / certificate, self.folder / key)
