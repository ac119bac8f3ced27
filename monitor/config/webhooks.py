"""The [webhooks] table: which addresses may be told of closed months, and how long it is tried."""

from pydantic import Field, IPvAnyNetwork

from monitor.config.sections import Section


class Webhooks(Section):
    """Internet addresses need https; those of `allowed_networks` may be of this house, with TLS or without.

    `ca_file` are the authorities that vouch for receivers; '' asks those of the system. A message is given up
    after so many `attempts`, with pauses from a minute to six hours, and forgotten after `kept_days`.
    """

    allowed_networks: tuple[IPvAnyNetwork, ...] = ()
    ca_file: str = ""
    timeout_seconds: float = Field(default=10, gt=0, le=60)
    attempts: int = Field(default=14, ge=1, le=50)
    kept_days: int = Field(default=90, ge=7, le=3650)
