"""`python -m monitor`: the command line."""

import gc

gc.disable()  # nothing that is being loaded is garbage: looking took a sixth of every command's start
from monitor.cli import main  # noqa: E402 - see above

gc.enable()

if __name__ == "__main__":
    main()
