"""Made-up terminals and servers that speak the real protocols: for the demo, the tests and trying out."""

from devices.simulated.biotime import BioTimeModel, simulated_biotime
from devices.simulated.dahua import DahuaModel, simulated_dahua
from devices.simulated.device import SimulatedModel
from devices.simulated.faults import NAMED, Faults
from devices.simulated.hikvision import HikvisionModel, simulated_hikvision
from devices.simulated.log import PunchColumns, SimulatedLog, SimulatedUser
from devices.simulated.push import PushAnswer, SimulatedPushTerminal
from devices.simulated.terminal import SimulatedTerminal
from devices.simulated.web import WebSource
from devices.simulated.web_log import WebFaults

__all__ = [
    "NAMED",
    "BioTimeModel",
    "DahuaModel",
    "Faults",
    "HikvisionModel",
    "PunchColumns",
    "PushAnswer",
    "SimulatedLog",
    "SimulatedModel",
    "SimulatedPushTerminal",
    "SimulatedTerminal",
    "SimulatedUser",
    "WebFaults",
    "WebSource",
    "simulated_biotime",
    "simulated_dahua",
    "simulated_hikvision",
]
