"""The product under what happens to machines: killed processes, cut power, hostile bytes, wrong code."""
