"""`python -m neuralmaster`."""

import sys

from neuralmaster.cli import main

sys.exit(main())
