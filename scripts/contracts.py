"""An import contract that import-linter does not bring: a package that may import the standard library only."""

from __future__ import annotations

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.imports import Module


class StandardLibraryOnly(Contract):
    """`package` imports itself and the standard library, and nothing else: no list of names to keep up to date."""

    type_name = "standard_library_only"

    package = fields.ModuleField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        package = cast(Module, self.package).name  # the linter fills the field with the parsed value
        modules = {package, *graph.find_descendants(package)}
        imports = ((module, other) for module in modules for other in graph.find_modules_directly_imported_by(module))
        links = sorted((m, other) for m, other in imports if other not in modules and not _is_standard(other))
        return ContractCheck(kept=not links, metadata={"links": links})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for module, imported in check.metadata["links"]:
            output.print_error(f"{module} imports {imported}", bold=False)


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names
