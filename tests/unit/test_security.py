"""Tokens, addresses, local paths, passwords: small pieces that must not be wrong."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from feedsite.db import new_id, utcnow
from feedsite.security.passwords import Passwords, PasswordTooLong, refusal
from feedsite.security.permissions import PREDICATES, RANKS, Permission, outranks
from feedsite.security.signing import BadToken, Signer
from feedsite.security.throttle import address_key
from feedsite.web.redirects import is_local_path

SECRET = b"0123456789abcdef0123456789abcdef"
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8)


@given(JSON)
def test_a_token_gives_back_what_it_was_made_of(payload: object) -> None:
    signer = Signer(SECRET, "test")
    token = signer.sign(payload)
    assert signer.read(token) == payload
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", fullmatch=True))
def test_nobody_else_makes_a_token(token: str) -> None:
    with pytest.raises(BadToken):
        Signer(SECRET, "test").read(token)


@given(st.data())
def test_a_changed_token_is_nothing(data: st.DataObject) -> None:
    token = Signer(SECRET, "test").sign(["ana", 1])
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_. é\0"))
    changed = token[:at] + other + token[at + 1 :]
    if changed != token:
        with pytest.raises(BadToken):
            Signer(SECRET, "test").read(changed)


def test_a_token_is_for_one_purpose_one_site_and_a_while() -> None:
    token = Signer(SECRET, "reset").sign("ana")
    for other in (Signer(SECRET, "login"), Signer(SECRET[::-1], "reset")):
        with pytest.raises(BadToken):
            other.read(token)
    with time_machine.travel(utcnow() + timedelta(seconds=61), tick=False), pytest.raises(BadToken):
        Signer(SECRET, "reset").read(token, max_age=60)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
        (None, "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_what_an_address_counts_as(address: str | None, key: str) -> None:
    assert address_key(address) == key


@pytest.mark.parametrize("path", ["/", "/home", "/tags/a?cursor=x&y=1#act-1", "/@ana/1", "/tags/%2F%2Fevil"])
def test_local_paths(path: str) -> None:
    assert is_local_path(path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "home",
        "//evil",
        "///evil",
        "/\\evil",
        "\\\\evil",
        "/\t/evil",
        "/\n/evil",
        " /home",
        "http://evil",
        "http:/evil",
    ]
    + ["javascript:1", "/a b", "/" + "a" * 3000, "https:evil", "/\x00", "//[", "/\\/evil"],
)
def test_what_leads_away(url: str) -> None:
    assert not is_local_path(url)


def test_ids_are_opaque_and_never_the_same() -> None:
    made = {new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(one) == 20 and set(one) <= set("0123456789abcdefghijklmnopqrstuvwxyz") for one in made)


def test_passwords_are_hashed_with_salt_and_checked() -> None:
    passwords = Passwords()
    one, two = passwords.hash("a sentence of mine"), passwords.hash("a sentence of mine")
    assert one != two
    assert passwords.verify(one, "a sentence of mine")
    assert not passwords.verify(one, "a sentence of mine ")
    assert not passwords.verify(None, "the password of an account that does not exist")
    assert not passwords.verify("no hash at all", "x")
    assert not passwords.needs_rehash(one)
    assert Passwords(memory_kib=32_768).needs_rehash(one)


def test_the_same_characters_typed_differently_are_the_same_password() -> None:
    passwords = Passwords()
    assert passwords.verify(passwords.hash("tourne\u0301e d'hiver"), "tourn\u00e9e d'hiver")


def test_four_kibibytes_are_refused_before_any_work() -> None:
    passwords = Passwords()
    with pytest.raises(PasswordTooLong):
        passwords.hash("x" * 4097)
    assert not passwords.verify(passwords.hash("x" * 4096), "x" * 4097)
    assert passwords.verify(passwords.hash("x" * 4096), "x" * 4096)
    assert refusal("é" * 2049) is not None


@given(st.text(min_size=8, max_size=128))
def test_whatever_is_accepted_can_be_used(password: str) -> None:
    if refusal(password, context=["ana", "Ana", "ana@example.org"]) is None:
        assert len(password) >= 8


def test_nobody_acts_on_an_equal_or_higher_rank() -> None:
    for actor, target in itertools.product(RANKS, RANKS):
        assert outranks(actor, target) is (RANKS[actor] > RANKS[target])


def test_every_permission_has_a_predicate() -> None:
    assert set(PREDICATES) == set(Permission)
