"""Drivers for attendance terminals: stand-alone, they know nothing of the product around them."""
