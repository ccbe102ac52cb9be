"""The HTML of the page, made from the tables of tools, finders, edits and parameters."""

from __future__ import annotations

import html
import json

from neuralmaster.making import presets
from neuralmaster.making.finders import FINDERS
from neuralmaster.params import OF_MASK, SamplingParams, specs
from neuralmaster.studio import desk, sessions, view
from neuralmaster.studio.tools import TOOLS
from neuralmaster.studio.widgets import (
    act,
    bar,
    button,
    file,
    fold,
    group,
    number,
    param,
    radio,
    slider,
)

_LAYERS = [(desk.INPAINT, "Inpaint region"), (desk.SOURCE, "Useful object")]
_PRESETS = [
    (desk.RETEXTURE, "Retexture a part"),
    (desk.REMOVE, "Remove object"),
    (desk.OUTPAINT, "Outpaint"),
]
_EDITS = [
    ("grow", "Grow"),
    ("shrink", "Shrink"),
    ("holes", "Fill holes"),
    ("invert", "Invert"),
    ("clear", "Clear"),
]
_COMPARED = [("original", "Original"), (view.HOST, "WebUI's fill"), (view.MASK, "Mask")]
_FIRST = "method"  # the parameter that is always shown

_OF_TOOL = ("key", "cursor", "shape", "erases", "finds", "help")  # what the page needs of a tool

KEYS = [
    *((tool.key.upper(), tool.label) for tool in TOOLS.values()),
    ("X", "Other layer"),
    ("[ and ]", "Smaller, larger brush; Ctrl+wheel too"),
    ("Shift+click", "Straight line from the last stroke"),
    ("Arrow keys", "Move the brush; with Shift faster"),
    ("Space, Enter", "Start and end a stroke"),
    ("Esc", "Cancel a stroke"),
    ("Wheel, pinch", "Zoom; + and - too"),
    ("Space+drag, middle button", "Move the picture"),
    ("0, 1", "Whole picture, 100%"),
    ("H", "Hide the mask while held"),
    ("C", "Show what it is compared with while held"),
    ("F", "Full screen"),
    ("Ctrl+Z", "Undo"),
    ("Ctrl+Shift+Z, Ctrl+Y", "Redo"),
    ("?", "This list"),
]


def page(*, in_webui: bool) -> str:
    """The whole of it."""
    left, right = "".join(_left()), "".join(_right(in_webui))
    return (
        f'<div class="nm-root">{_top(in_webui)}{_OFFER}<div class="nm-main">'
        f'<div class="nm-half">{left}</div><div class="nm-half">{right}</div></div>'
        f"{_keys()}{_ASK}</div>"
    )


def _top(in_webui: bool) -> str:
    return bar(
        file("nm_open", "Open a picture", "nm-primary"),
        button("nm_example", "Example"),
        button("nm_take", "From img2img") if in_webui else "",
        radio("nm_preset", "What to do", _PRESETS),
        '<span class="nm-spring"></span>',
        group(
            act("nm_undo", "Undo", act="undo", disabled=True),  # there is nothing yet
            act("nm_redo", "Redo", act="redo", disabled=True),
        ),
        group(
            button("nm_out", "-", title="Zoom out"),
            button("nm_actual", "100%"),
            button("nm_in", "+", title="Zoom in"),
            button("nm_fit", "Fit"),
            label="Zoom",
        ),
        group(button("nm_full", "Full screen"), button("nm_help", "?", title="Keyboard shortcuts")),
    )


def _left() -> list[str]:
    names = [(name, tool.label) for name, tool in TOOLS.items()]
    sides = [number(f"nm_{side}", side.title(), 0, presets.LONGEST) for side in presets.SIDES]
    extend = button("nm_extend", "Extend", "nm-primary")
    return [
        bar(
            radio("nm_layer", "Layer", _LAYERS, "nm-silent"),
            radio("nm_tool", "Tool", names, "nm-silent"),
        ),
        _canvas(),
        bar(slider("nm_brush", "Brush", 1000, 0), slider("nm_feather", "Soft edge", 512, 0)),
        bar(*sides, extend, elem_id="nm_sides", hidden=True),
        _more(),
        fold("nm_look", "How the mask is shown", *(_look(*layer) for layer in _LAYERS)),
    ]


def _canvas() -> str:
    tools = {
        name: {field: getattr(tool, field) for field in _OF_TOOL} for name, tool in TOOLS.items()
    }
    helps = " ".join(f"{tool.key.upper()}: {tool.help}" for tool in TOOLS.values())
    label = (
        "Picture to paint on. Arrow keys move the brush, Space starts and ends a stroke, "
        f"Escape cancels it, question mark lists the keys. {helps}"
    )
    return (
        f'<div id="nm_canvas" class="nm-pane" tabindex="0" role="application" '
        f'aria-label="{html.escape(label)}" data-tools="{html.escape(json.dumps(tools))}">'
        '<canvas></canvas><canvas></canvas><div class="nm-cursor" hidden></div>'
        '<p class="nm-empty">Click, drop or paste a picture here</p>'
        '<p class="nm-help" aria-hidden="true"></p></div>'
    )


def _more() -> str:
    finders = [
        act(f"nm_{name}", finder.label, act="find", finder=name) for name, finder in FINDERS.items()
    ]
    edits = [act(f"nm_{name}", label, act="edit", edit=name) for name, label in _EDITS]
    return fold(
        "nm_more",
        "Find and shape the layer",
        bar(*finders, file("nm_upload", "Upload mask")),
        bar(*edits, number("nm_pixels", "by pixels", 8, 4096)),
    )


def _look(layer: str, label: str) -> str:
    return (
        f'<div class="nm-bar" data-layer="{layer}"><span class="nm-name">{label}</span>'
        '<label>Colour <input type="color" data-look="colour"></label>'
        '<label>Opacity <input type="range" min="0" max="100" data-look="opacity"></label>'
        '<label><input type="checkbox" data-look="outline"> Outline</label></div>'
    )


def _right(in_webui: bool) -> list[str]:
    # the mask has its own controls: the layer *Useful object*, and the soft edges of the layers
    folded = [param(name) for name in specs() if name not in (_FIRST, *OF_MASK)]
    return [
        bar(param(_FIRST, "Fill")),
        '<div id="nm_stage" class="nm-pane" role="img" aria-label="The picture, filled">'
        '<canvas></canvas><div class="nm-line" hidden></div></div>',
        bar(
            radio("nm_compared", "Compare with", _COMPARED),
            '<label class="nm-wide"><input type="range" id="nm_cut" min="0" max="100" value="0" '
            'aria-label="Before and after" title="Before and after"></label>',
            button("nm_hold", "Hold"),
            button("nm_flicker", "Flicker"),
        ),
        '<div id="nm_busy" hidden><span></span><progress aria-label="Progress"></progress>',
        button("nm_cancel", "Cancel"),
        '</div><div id="nm_said" role="status"><p class="nm-said nm-hint">',
        f"{sessions.OPEN_FIRST}</p></div>",
        _outputs(in_webui),
        fold("nm_how", "How to fill", *folded),
        fold("nm_sampling", "While the model paints", *map(param, specs(SamplingParams))),
    ]


def _outputs(in_webui: bool) -> str:
    extended = button("nm_extended", "Download extended picture")
    return bar(
        button("nm_send", "Send to Inpaint upload", "nm-primary") if in_webui else "",
        button("nm_mask", "Download mask", "" if in_webui else "nm-primary"),
        button("nm_prepared", "Download prepared image"),
        f'<span id="nm_extended_box" hidden>{extended}</span>',
        button("nm_copy", "Copy API JSON"),
    )


def _keys() -> str:
    rows = "".join(f"<dt>{html.escape(key)}</dt><dd>{html.escape(what)}</dd>" for key, what in KEYS)
    return (
        '<dialog id="nm_keys" aria-labelledby="nm_keys_title"><h2 id="nm_keys_title">Keyboard, '
        f"mouse and touch</h2><dl>{rows}</dl><p>On a touch screen, one finger paints and two "
        "fingers zoom and move; once a pen has been used, one finger moves the picture. "
        "A pen's other end erases.</p>"
        '<form method="dialog"><button id="nm_keys_close">Close</button></form></dialog>'
    )


_OFFER = (
    '<div id="nm_offer" role="region" aria-label="Earlier work" hidden><span></span>'
    + button("nm_continue", "Continue", "nm-primary")
    + button("nm_discard", "Discard")
    + "</div>"
)
_ASK = (
    '<dialog id="nm_ask" aria-labelledby="nm_ask_text"><p id="nm_ask_text"></p>'
    '<form method="dialog"><button id="nm_yes" value="yes" class="nm-primary">Replace</button>'
    '<button id="nm_no" value="no">Keep working</button></form></dialog>'
)
