"""Run by the WebUI at its start. Installs nothing: a WebUI has all that this extension needs."""

import importlib.util
import sys

NEEDED = {"numpy": "numpy", "PIL": "pillow", "cv2": "opencv-python"}  # module: package

missing = [name for module, name in NEEDED.items() if importlib.util.find_spec(module) is None]
if missing:
    print(
        f"NeuralMaster cannot load: {', '.join(missing)} is missing in the WebUI's Python. "
        f'To get it: "{sys.executable}" -m pip install {" ".join(missing)}'
    )
