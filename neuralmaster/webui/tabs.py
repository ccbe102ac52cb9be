"""The host's inpaint tabs: their components, and the image and mask in them.

Tabs differ by host; the package hosts reads them as the host itself does for a job.
"""

from __future__ import annotations

from collections.abc import Mapping

from PIL import Image, ImageOps

from neuralmaster.webui import hosts
from neuralmaster.webui.hosts import Key

MODE = hosts.MODE
FIELDS = (hosts.BASE, hosts.MASK, MODE, hosts.BLUR, hosts.FADED)  # that a preview reads

_components: dict[Key, object] = {}
_last = ""  # the elem_id of the latest component that has one


def capture(component: object, *, elem_id: str | None = None, **kwargs: object) -> None:
    """Called by the host after every component; remembers those of the inpaint tabs."""
    global _last  # noqa: PLW0603 - the host calls this for one component after another
    if elem_id in (*hosts.RADIOS, *hosts.current().canvases, *FIELDS):
        _last = elem_id
        for key in [key for key in _components if key == elem_id or key[0] == elem_id]:
            del _components[key]  # from an earlier page
        _components[elem_id] = component
    elif part := hosts.part_of(_last, component, kwargs.get("elem_classes")):
        _components.setdefault((_last, part), component)


def component(elem_id: str) -> object | None:
    """A component by its id, or None if no page has it."""
    return _components.get(elem_id)


def on_page() -> bool:
    """Whether the page with the inpaint tabs is being built now."""
    radio = component(hosts.RADIOS[0])
    return radio is not None and hosts.on_page(radio)


def loses_gradients() -> bool:
    """Whether the page thresholds an uploaded mask, so that a job gets no gradient."""
    return hosts.current().hard_masks or hosts.has_canvas(_components)


def before_hardening(mask: Image.Image, uploaded: Image.Image | None) -> Image.Image:
    """The uploaded mask, if thresholding it gives the mask of the job; else the mask itself."""
    if uploaded is None:
        return mask
    uploaded = ImageOps.exif_transpose(uploaded)
    hard = hosts.hardened(uploaded)
    same = (hard.mode, hard.size, hard.tobytes()) == (mask.mode, mask.size, mask.tobytes())
    return uploaded if same else mask


def shown() -> dict[Key, object]:
    """The components that a preview reads, as far as this host has them."""
    canvases = hosts.current().canvases
    parts = ((canvas, part) for canvas in canvases for part in hosts.PARTS)
    return {key: _components[key] for key in (*canvases, *FIELDS, *parts) if key in _components}


def picked(tab: int, values: Mapping[Key, object]) -> tuple[Image.Image, Image.Image]:
    """The image and the mask of a tab, read as the host does for a job.

    tab: the position of the tab in img2img. values: those of the components of `shown`. Raises
    ValueError in one sentence if there is nothing to fill.
    """
    by_position = hosts.current().tabs
    if tab not in by_position:
        *names, last = [name for name, _ in by_position.values()]
        raise ValueError(f"open {', '.join(names)} or {last} to see a preview of it")
    name, read = by_position[tab]
    image, mask = read(values)
    if image is None or mask is None:
        missing = "image" if image is None else "mask"
        raise ValueError(f"{name} has no {missing} yet; put one there")
    return ImageOps.exif_transpose(image), ImageOps.exif_transpose(mask)
