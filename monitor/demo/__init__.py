"""The made-up province of `monitor demo` and its simulated terminals."""

from monitor.demo.prepare import DemoError, prepared

__all__ = ["DemoError", "prepared"]
