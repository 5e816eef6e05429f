"""Rules that import-linter cannot see: it knows which modules import which, not what they take from them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.checkout import ROOT, tracked_files


def _service_modules() -> list[Path]:
    package = ROOT / "feedsite"
    return [
        path
        for path in tracked_files()
        if path.suffix == ".py" and path.is_relative_to(package) and "services" in (path.stem, path.parent.name)
    ]


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    arguments = function.args
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        yield argument.arg
        if argument.annotation is not None:
            yield ast.unparse(argument.annotation)


def test_services_know_no_request_and_no_response() -> None:
    """A service's factory finds its dependencies by the request; the service itself never sees one."""
    faults = []
    for path in _service_modules():
        tree = ast.parse(path.read_text())
        name = path.relative_to(ROOT)
        faults += [
            f"{name} imports {imported}"
            for imported in _imports(tree)
            if imported.startswith(("pyramid.response", "pyramid.httpexceptions", "webob"))
        ]
        for service in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            for method in (node for node in ast.walk(service) if isinstance(node, ast.FunctionDef)):
                if {"request", "response", "Request", "Response"} & set(_parameters(method)):
                    faults.append(f"{name}: {service.name}.{method.name} takes a request or a response")
    assert faults == []
