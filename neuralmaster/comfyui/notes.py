"""The notes of a node: sentences beside its result."""

from __future__ import annotations

import sys


def joined(notes: tuple[tuple[str, ...], ...]) -> str:
    """All sentences, a line each; one that is not about all pictures begins with their numbers."""
    lines: dict[str, list[int]] = {}
    for number, sentences in enumerate(notes, 1):
        for sentence in sentences:
            lines.setdefault(sentence, []).append(number)
    return "\n".join(
        sentence
        if len(numbers) == len(notes)
        else f"Image {', '.join(map(str, numbers))} of {len(notes)}: {sentence}"
        for sentence, numbers in lines.items()
    )


def show(note: str, node: str | None) -> None:
    """Shows a note on the node itself, where ComfyUI can."""
    server = getattr(sys.modules.get("server"), "PromptServer", None)
    send = getattr(getattr(server, "instance", None), "send_progress_text", None)
    if note and node and send:
        send(note, node)
