"""Configuration: a TOML file turned into typed settings."""

from monitor.config.errors import ConfigError
from monitor.config.fanout import Fanout
from monitor.config.loading import load_settings, secret_key
from monitor.config.mail import Mail, is_mail_address
from monitor.config.sections import (
    Accounts,
    Backup,
    Database,
    Demo,
    Explanations,
    Privacy,
    Push,
    Rules,
    Section,
    Site,
    Terminals,
    Web,
)
from monitor.config.settings import Settings
from monitor.config.sign_on import Ldap, Oidc, SignOn

__all__ = [
    "Accounts",
    "Backup",
    "ConfigError",
    "Database",
    "Demo",
    "Explanations",
    "Fanout",
    "Ldap",
    "Mail",
    "Oidc",
    "Privacy",
    "Push",
    "Rules",
    "Section",
    "Settings",
    "SignOn",
    "Site",
    "Terminals",
    "Web",
    "is_mail_address",
    "load_settings",
    "secret_key",
]
