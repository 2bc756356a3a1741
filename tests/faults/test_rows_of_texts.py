"""Rows 53 to 58 of the fault table: texts that models write and users paste."""

from __future__ import annotations

from tests.markup import test_formulas, test_highlight, test_links, test_safety
from tests.services import test_formulas as test_drawing
from tests.store import test_codec
from tests.ui.composer import test_editor
from tests.ui.composer.test_editor import editor
from tests.ui.transcript import test_links as test_shown_links
from tests.ui.transcript.conftest import make_view, theme

__all__ = ["editor", "make_view", "theme"]  # fixtures

test_row_53_an_image_becomes_a_chip_with_its_whole_address = (
    test_safety.test_an_image_becomes_a_chip_with_its_whole_address
)
test_row_53_an_image_from_the_disk_is_no_link = test_shown_links.test_an_image_from_the_disk_is_no_link
test_row_53_no_carrier_becomes_a_tag = test_safety.test_no_carrier_becomes_a_tag
test_row_54_links_that_may_mislead_ask_first = test_links.test_links_that_may_mislead_ask_first
test_row_54_other_schemes_never_open = test_links.test_other_schemes_never_open
test_row_54_the_question_shows_the_whole_address = test_shown_links.test_a_doubtful_link_asks_with_its_whole_address
test_row_55_bombs_end_soon_and_keep_their_words = test_safety.test_bombs_end_soon_and_keep_their_words
test_row_56_deep_nesting_is_refused_before_it_costs_anything = (
    test_formulas.test_a_formula_that_is_nested_too_deeply_is_refused_before_it_costs_anything
)
test_row_56_a_formula_that_takes_too_long_is_given_up = (
    test_drawing.test_a_formula_that_takes_too_long_is_given_up_and_the_next_one_is_drawn
)
test_row_57_long_and_unknown_code_stays_plain = test_highlight.test_unknown_languages_and_long_texts_stay_plain
test_row_58_a_paste_of_fifty_megabytes_is_refused_with_its_size = (
    test_editor.test_a_paste_of_fifty_megabytes_is_refused_with_its_size
)
test_row_58_any_text_comes_back_as_it_was_saved = test_codec.test_500_messages_of_any_text_come_back_as_they_were
