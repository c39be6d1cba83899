"""Reads the framings of recorded streams: server-sent events and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator


def server_sent(body: bytes) -> Iterator[tuple[str, str]]:
    """Name and data of each event. A last event without its blank line counts: some providers close like that."""
    name, data = "", []
    text = body.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for line in [*text.split("\n"), ""]:
        if not line:
            if data:
                yield name, "\n".join(data)
            name, data = "", []
            continue
        key, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if key == "event":
            name = value
        elif key == "data":
            data.append(value)


def json_or_none(text: str | bytes) -> object:
    """None for broken JSON; no recorded event is a bare null."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def arguments(text: str) -> object:
    """Tool arguments in comparable form: an empty text means no arguments."""
    if not text.strip():
        return {}
    parsed = json_or_none(text)
    return text if parsed is None else parsed
