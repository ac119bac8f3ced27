"""The [overtime] table: how many hours a month and a year may hold."""

from typing import Literal

from pydantic import Field

from monitor.config.sections import Section


class Overtime(Section):
    """A profile of `rules.caps.PROFILES`; hours other than 0 replace the profile's."""

    profile: Literal["labour_code", "labour_code_special", "public_duty"] = "labour_code"
    month_hours: int = Field(default=0, ge=0, le=744)
    year_hours: int = Field(default=0, ge=0, le=8784)
