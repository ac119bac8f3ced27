"""Configuration: a TOML file turned into typed settings."""

from monitor.config.errors import ConfigError
from monitor.config.loading import load_settings, secret_key
from monitor.config.sections import (
    Accounts,
    Database,
    Demo,
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
    "ConfigError",
    "Database",
    "Demo",
    "Ldap",
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
    "load_settings",
    "secret_key",
]
