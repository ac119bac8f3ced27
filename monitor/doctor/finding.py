"""What a look found."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a person should know; the sentence of its code says what to do."""

    code: str
    values: dict[str, object] = field(default_factory=dict)
