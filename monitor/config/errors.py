"""The one error of the configuration."""

from monitor.refusal import Refusal


class ConfigError(Refusal):
    """The configuration cannot be used."""
