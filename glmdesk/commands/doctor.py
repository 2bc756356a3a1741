"""`glmdesk doctor`: what is missing on this machine, in plain words."""

from __future__ import annotations

import argparse

from glmdesk.domain.messages import Catalogue
from glmdesk.domain.settings import Language


def run(options: argparse.Namespace) -> int:
    """0 when nothing is missing, 1 otherwise."""
    del options
    from glmdesk.doctor import run as examine

    report, code = examine(Catalogue.load(Language.SYSTEM).text)
    print(report)
    return code
