"""`python -m glmdesk` is the same as the command `glmdesk`."""

from glmdesk.cli import main

raise SystemExit(main())
