"""What is wrong with an installation, found by looking, told as codes with what to do."""

from monitor.doctor.finding import Finding
from monitor.doctor.machine import examine_machine
from monitor.doctor.stored import damage, examine

__all__ = ["Finding", "damage", "examine", "examine_machine"]
