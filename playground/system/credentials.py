"""What only its owner may know, kept out of every sentence: passwords in addresses."""

from __future__ import annotations

import re
from urllib.parse import unquote, unquote_plus
from urllib.request import getproxies

_HIDDEN = "***"
_LOGIN = re.compile(r"(://)\S*@")  # greedy: a password that was not quoted may hold anything, also "@" and "/"
_IN_QUERY = re.compile(r"([?&;][\w.-]*(?:pass|pwd|secret|token|key|auth|credential)[\w.-]*=)[^&;\s\"')]*", re.I)
_PAIRS = re.compile(r"[?&;][^=&;]*=([^&;]*)")
_SHORTEST = 3  # letters; anything shorter is in every text


def without_secrets(text: str, *addresses: str) -> str:
    """A text of a library's without what its addresses, those given and those of proxies keep to themselves.

    Where it quotes a part of one that cannot be cut out, nothing is left of it.
    """
    text = _IN_QUERY.sub(rf"\1{_HIDDEN}", _LOGIN.sub(rf"\1{_HIDDEN}@", text))
    for address in (*addresses, *getproxies().values()):
        if any(secret in text for secret in _secrets(address)):
            return "the reason is not shown, for it quotes a password"
    return text


def _secrets(address: str) -> set[str]:
    """The parts of an address that may be secret, as they stand there and as they are meant."""
    if address.startswith("sqlite:///"):  # a file
        return set()
    login = re.search(r"://(\S*)@", address)
    words = login.group(1) if login else ""
    found = [words, words.partition(":")[2], *re.split(r"[:@/]", words)[1:], *_PAIRS.findall(address)]
    meant = (each for secret in found for each in (secret, unquote(secret), unquote_plus(secret)))
    return {secret for secret in meant if len(secret) >= _SHORTEST}
