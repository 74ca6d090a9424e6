"""Endpoints are named by what requests have in common, and there are never many of them."""

from __future__ import annotations

import pytest

from perftool.profiling.live.endpoints import OTHER, Endpoints


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "/"),
        ("/orders", "/orders"),
        ("/orders/17", "/orders/{id}"),
        ("/orders/17/lines/2", "/orders/{id}/lines/{id}"),
        ("/v2/orders", "/v2/orders"),
        ("/o/123e4567-e89b-12d3-a456-426614174000/x", "/o/{id}/x"),
        ("/blob/0123456789abcdef0123", "/blob/{id}"),
        ("/2024", "/{id}"),
        ("/café/7", "/café/{id}"),
    ],
)
def test_names(path: str, name: str) -> None:
    endpoints = Endpoints()
    assert endpoints.name(path) == name
    assert endpoints.name(path) == name


def test_their_number_is_bounded() -> None:
    endpoints = Endpoints(most=3)
    names = {endpoints.name(f"/p{letter}") for letter in "abcdefgh"}
    assert names == {"/pa", "/pb", "/pc", OTHER}
    assert endpoints.name("/pa") == "/pa"
