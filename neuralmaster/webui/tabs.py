"""The host's inpaint tabs: their components, and the image and mask that they hold.

What a tab holds differs by host; hosts.py reads it as the host itself does for a job.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PIL import Image, ImageOps

from neuralmaster.webui import hosts
from neuralmaster.webui.hosts import Key

MODE = hosts.MODE
SHOWN = (*hosts.CANVASES, hosts.BASE, hosts.MASK, MODE, hosts.BLUR, hosts.FADED)  # by a preview
SHOWN_PARTS = tuple((canvas, part) for canvas in hosts.CANVASES for part in hosts.PARTS)
NAMED = (*hosts.RADIOS, *SHOWN)

_made: dict[Key, object] = {}
_last = ""  # the component with an id that was made last


def capture(component: object, *, elem_id: str | None = None, **kwargs: object) -> None:
    """Called by the host after every component; remembers those of the inpaint tabs."""
    global _last  # noqa: PLW0603 - the host makes its page one component after the other
    if elem_id in NAMED:
        _last = elem_id
        for key in [key for key in _made if key == elem_id or key[0] == elem_id]:
            del _made[key]  # of an earlier page
        _made[elem_id] = component
    elif part := _part(component, kwargs.get("elem_classes")):
        _made.setdefault((_last, part), component)


def _part(component: object, classes: object) -> str | None:
    """Which part of the canvas that was made last a component is, if it is one."""
    for part, name in hosts.PARTS.items():
        if name and isinstance(classes, Iterable) and name in classes:
            return part
    is_sketch = _last == hosts.SKETCH and type(component).__name__ == "State"
    return hosts.BEFORE if is_sketch else None


def component(elem_id: str) -> object | None:
    """A component by its id, or None if no page has it."""
    return _made.get(elem_id)


def on_page() -> bool:
    """Whether the page with the inpaint tabs is being made just now."""
    radio = component(hosts.RADIOS[0])
    return radio is not None and hosts.on_page(radio)


def loses_gradients() -> bool:
    """Whether the page hands a job an uploaded mask without its gradients."""
    return hosts.current().hard_masks or hosts.has_canvas(_made)


def before_hardening(mask: Image.Image, uploaded: Image.Image | None) -> Image.Image:
    """The mask of a job as it was uploaded, if the host made just this mask of it; else itself."""
    if uploaded is None:
        return mask
    uploaded = ImageOps.exif_transpose(uploaded)
    hard = hosts.hardened(uploaded)
    same = (hard.mode, hard.size, hard.tobytes()) == (mask.mode, mask.size, mask.tobytes())
    return uploaded if same else mask


def shown() -> dict[Key, object]:
    """The components that a preview of the open tab needs, as far as this host has them."""
    return {key: _made[key] for key in (*SHOWN, *SHOWN_PARTS) if key in _made}


def picked(tab: int, held: Mapping[Key, object]) -> tuple[Image.Image, Image.Image]:
    """The image and the mask of a tab, by its place, as the host would make a job of them.

    held: the values of `shown`. Raises ValueError in one sentence if there is nothing to fill.
    """
    of_tab = hosts.current().tabs
    if tab not in of_tab:
        *names, last = [name for name, _ in of_tab.values()]
        raise ValueError(f"open {', '.join(names)} or {last} to see a preview of it")
    name, read = of_tab[tab]
    image, mask = read(held)
    if image is None or mask is None:
        missing = "image" if image is None else "mask"
        raise ValueError(f"{name} has no {missing} yet; put one there")
    return ImageOps.exif_transpose(image), ImageOps.exif_transpose(mask)
