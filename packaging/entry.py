"""What the frozen program starts: the command `glmdesk`."""

import os
from collections.abc import MutableMapping


def give_back(environment: MutableMapping[str, str]) -> None:
    """Undo what the launcher has set: the bundle's libraries are not for the browser that a link opens.

    Ours are found without it: the system's loader has read the variable before this runs.
    """
    before = environment.pop("LD_LIBRARY_PATH_ORIG", None)
    environment.pop("LD_LIBRARY_PATH", None)
    if before is not None:
        environment["LD_LIBRARY_PATH"] = before


if __name__ == "__main__":
    give_back(os.environ)
    from glmdesk.cli import main

    raise SystemExit(main())
