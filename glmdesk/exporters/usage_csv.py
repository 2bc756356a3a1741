"""A usage report as CSV: one row per day, model, conversation and template."""

from __future__ import annotations

import csv
import io

from glmdesk.domain.spending import Report
from glmdesk.exporters.tables import guarded

_COLUMNS = (
    "group",
    "key",
    "name",
    "answers",
    "requests",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "yuan",
    "yuan_saved",
    "unpriced_requests",
    "requests_without_usage",
)


def usage_csv(report: Report) -> str:
    """With a byte order mark: spreadsheets read it as UTF-8. Amounts are exact."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for by, groups in report.groups.items():
        for group in groups:
            sums = group.sums
            counts = (sums.answers, sums.requests, sums.prompt, sums.cached, sums.completion)
            name = "" if group.key == group.label else guarded(group.label)
            key = "others" if group.key.startswith("\0") else guarded(group.key)
            money = (_exact(sums.yuan), _exact(sums.saved))
            writer.writerow((by.value, key, name, *counts, *money, sums.unpriced, sums.untold))
    return "\ufeff" + text.getvalue()


def _exact(amount: float) -> str:
    """All its digits and no exponent: some spreadsheets take `5e-05` for a text."""
    whole, _, part = f"{amount:.9f}".partition(".")
    return f"{whole}.{part.rstrip('0') or '0'}"
