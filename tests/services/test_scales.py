"""The scale of a model's tokens: learned from what a service has counted, on real replies too."""

from __future__ import annotations

import asyncio
from pathlib import Path

from glmdesk.domain.budget import TokenScale, estimate_tokens
from glmdesk.services.scales import TokenScales
from glmdesk.store.rows import RowFile
from tests.providers.test_recordings import RECORDINGS, Recording, expected, needs_recordings


def file(folder: Path) -> RowFile[TokenScale]:
    return RowFile(folder / "token_scales.json", TokenScale)


def test_a_model_that_has_not_answered_is_taken_as_estimated(tmp_path: Path) -> None:
    assert TokenScales(file(tmp_path)).of("e", "glm-4.6") == 1.0


def test_what_was_learned_is_known_after_a_restart_for_its_endpoint_and_model_alone(tmp_path: Path) -> None:
    asyncio.run(TokenScales(file(tmp_path)).learn("e", "m", estimated=1000, counted=1200))
    again = TokenScales(file(tmp_path))
    assert (again.of("e", "m"), again.of("e", "other"), again.of("other", "m")) == (1.2, 1.0, 1.0)


def test_odd_counts_and_short_requests_teach_nothing(tmp_path: Path) -> None:
    scales = TokenScales(file(tmp_path))
    for estimated, counted in ((1000, 9000), (1000, 0), (50, 60)):
        asyncio.run(scales.learn("e", "m", estimated=estimated, counted=counted))
    assert scales.of("e", "m") == 1.0


def test_older_counts_fade_and_the_scale_stays_in_its_bounds() -> None:
    scale = TokenScale("e", "m")
    for _ in range(400):
        scale = scale.learned(2000, 1600)
    assert abs(scale.scale - 0.8) < 0.01
    for _ in range(400):
        scale = scale.learned(2000, 4800)
    assert scale.scale == 1.7


def words_and_count(recordings: list[Recording]) -> tuple[int, int]:
    """Estimated and counted tokens of all replies in words alone: what calls are counted as is not their text."""
    estimated = counted = 0
    for recording in recordings:
        reply = expected(recording.reply.body)
        if not reply["calls"]:
            estimated += estimate_tokens(reply["reasoning"]) + estimate_tokens(reply["text"])
            counted += reply["usage"]["completion_tokens"]
    return estimated, counted


@needs_recordings
def test_what_the_first_replies_teach_brings_the_estimate_of_later_ones_nearer() -> None:
    first = words_and_count([r for r in RECORDINGS if r.name.startswith("2025-09")])
    later = words_and_count([r for r in RECORDINGS if r.name.startswith("2025-11")])
    scale = TokenScale("e", "glm-4.5").learned(*first).scale
    plain, learned = (abs(later[0] * factor - later[1]) / later[1] for factor in (1.0, scale))
    assert learned < plain
    assert learned < 0.08
