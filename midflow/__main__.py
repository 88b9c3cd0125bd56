"""`python -m midflow`."""

import sys

from midflow.cli import main

sys.exit(main())
