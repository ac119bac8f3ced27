"""A made-up terminal that speaks the real ZK protocol: for the demo, the tests and trying things out."""

from devices.simulated.device import SimulatedModel
from devices.simulated.faults import Faults
from devices.simulated.log import PunchColumns, SimulatedLog, SimulatedUser
from devices.simulated.terminal import SimulatedTerminal

__all__ = ["Faults", "PunchColumns", "SimulatedLog", "SimulatedModel", "SimulatedTerminal", "SimulatedUser"]
