"""What the frozen program does before it is our program."""

from __future__ import annotations

from entry import give_back


def test_programs_that_a_link_starts_do_not_get_the_libraries_of_the_bundle() -> None:
    environment = {"PATH": "/usr/bin", "LD_LIBRARY_PATH": "/opt/glmdesk/_internal"}
    give_back(environment)
    assert environment == {"PATH": "/usr/bin"}


def test_a_library_path_of_the_users_own_comes_back() -> None:
    environment = {"LD_LIBRARY_PATH": "/opt/glmdesk/_internal:/mine", "LD_LIBRARY_PATH_ORIG": "/mine"}
    give_back(environment)
    assert environment == {"LD_LIBRARY_PATH": "/mine"}
