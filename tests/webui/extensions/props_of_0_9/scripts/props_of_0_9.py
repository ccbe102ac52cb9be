"""Answers what NeuralMaster 0.9 answers, and does no more."""

from modules import script_callbacks

PROPS = {"version": "0.9.0", "menu_item_name": "NeuralMaster", "menu_item_index": 4}


def add_route(_, app):
    app.add_api_route("/neuralmaster_inpainter/get_props", lambda: PROPS, methods=["GET"])


script_callbacks.on_app_started(add_route)
