"""Who is answered: this machine, or whoever has the token, and nobody by way of a trick."""

from __future__ import annotations

import pytest

from perftool.profiling.live.access import refusal

HERE = {"host": "localhost:6060"}


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.0.9", "::1", "::ffff:127.0.0.1", None, "testclient"])
def test_this_machine_is_answered(client: str | None) -> None:
    assert refusal(client, HERE, {}, None) is None


@pytest.mark.parametrize("host", ["127.0.0.1:6060", "[::1]:6060", "LOCALHOST", "127.0.0.1", ""])
def test_names_of_this_machine(host: str) -> None:
    assert refusal("127.0.0.1", {"host": host}, {}, None) is None


@pytest.mark.parametrize("client", ["10.0.0.4", "192.168.1.2", "2001:db8::1", "::ffff:10.0.0.1", "0.0.0.0"])
def test_others_are_not(client: str) -> None:
    refused = refusal(client, HERE, {}, None)
    assert refused is not None
    assert refused[0] == 403


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_a_proxy_on_this_machine_vouches_for_nobody(header: str) -> None:
    refused = refusal("127.0.0.1", {**HERE, header: "127.0.0.1"}, {}, None)
    assert refused is not None
    assert "proxy" in refused[1]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1:6060"])
def test_a_page_under_a_name_of_its_own_is_refused(host: str) -> None:
    refused = refusal("127.0.0.1", {"host": host}, {}, None)
    assert refused is not None
    assert refused[0] == 403


def test_with_a_token_it_is_asked_of_everyone() -> None:
    wanted = "s3cret"
    assert refusal("127.0.0.1", HERE, {}, wanted) is not None
    assert refusal("127.0.0.1", HERE, {"token": "wrong"}, wanted) is not None
    assert refusal("127.0.0.1", {**HERE, "authorization": "Bearer s3cre"}, {}, wanted) is not None
    assert refusal("127.0.0.1", {**HERE, "authorization": "Basic s3cret"}, {}, wanted) is not None
    assert refusal("10.0.0.4", {"host": "any.example", "authorization": "Bearer s3cret"}, {}, wanted) is None
    assert refusal("10.0.0.4", {"x-forwarded-for": "1.2.3.4"}, {"token": "s3cret"}, wanted) is None


def test_a_token_of_other_letters_is_compared_too() -> None:
    assert refusal("10.0.0.4", {}, {"token": "schlüssel"}, "schlüssel") is None
    assert refusal("10.0.0.4", {}, {"token": "schlussel"}, "schlüssel") is not None


def test_white_space_around_a_token_is_none_of_it() -> None:
    assert refusal("10.0.0.4", {"authorization": "Bearer s3cret"}, {}, "s3cret\n") is None
    assert refusal("10.0.0.4", {}, {"token": " s3cret"}, "s3cret") is None


@pytest.mark.parametrize("token", ["", " ", "\n", None])
def test_a_token_that_is_none_lets_nobody_in_from_elsewhere(token: str | None) -> None:
    refused = refusal("10.0.0.4", HERE, {"token": ""}, token)
    assert refused is not None
    assert refused[0] == 403
