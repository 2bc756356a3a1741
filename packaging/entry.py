"""What the frozen program starts: the command `glmdesk`."""

from glmdesk.cli import main

raise SystemExit(main())
