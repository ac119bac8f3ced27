"""What the pages' server is told to let in, of one worker process."""

LARGEST_HEAD = 16 * 1024
"""Bytes of a request before its body."""
HEAD_SECONDS = 10
"""How long such a head may take."""
THREADS, CONNECTIONS = 64, 1_024
"""Threads that wait for a body cost next to nothing."""
