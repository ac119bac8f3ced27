"""The one door for punches: what a terminal or a file says is written down once and for ever."""

from monitor.intake.accept import Intake, Origin, accept
from monitor.intake.files import FileReport, import_punches
from monitor.intake.pull import PullReport, pull

__all__ = ["FileReport", "Intake", "Origin", "PullReport", "accept", "import_punches", "pull"]
