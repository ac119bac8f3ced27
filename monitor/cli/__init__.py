"""The command line, and the composition root: reads the configuration and wires everything."""

from monitor.cli.root import main

__all__ = ["main"]
