"""Run the command line with ``python -m perftool``."""

import sys

from perftool.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
