"""``python -m impactlib.cli``: the command, wherever the package can be imported."""

import sys

from impactlib.cli import main

if __name__ == "__main__":
    sys.exit(main())
