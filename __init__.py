"""ComfyUI's entry: it loads this folder from custom_nodes as a module, and takes two names from it.

A WebUI runs scripts/, and pip installs the folder neuralmaster alone: neither reads this file.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

NODE_CLASS_MAPPINGS: dict[str, type] = {}
NODE_DISPLAY_NAME_MAPPINGS: dict[str, str] = {}
_PACKAGE = Path(__file__).resolve().parent / "neuralmaster"

if "folder_paths" in sys.modules:  # ComfyUI's own: test runners and type checkers come by as well
    if "neuralmaster" not in sys.modules:
        # not by sys.path, for then tests/ and install.py could be imported too
        spec = spec_from_file_location("neuralmaster", _PACKAGE / "__init__.py")
        sys.modules["neuralmaster"] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules["neuralmaster"])

    from neuralmaster import comfyui

    NODE_CLASS_MAPPINGS = comfyui.NODE_CLASS_MAPPINGS
    NODE_DISPLAY_NAME_MAPPINGS = comfyui.NODE_DISPLAY_NAME_MAPPINGS
elif __name__ == "neuralmaster":
    # pytest, in a checkout of this name: stand in for the package inside
    __path__.insert(0, str(_PACKAGE))
    exec(compile((_PACKAGE / "__init__.py").read_text(), _PACKAGE / "__init__.py", "exec"))
elif __name__ == "blender":
    # the same, in a checkout called blender: its folder of that name comes first
    __path__.insert(0, str(_PACKAGE.parent / "blender"))
