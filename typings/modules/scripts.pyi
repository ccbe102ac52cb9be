from collections.abc import Callable, Sequence
from types import ModuleType
from typing import ClassVar, NamedTuple

AlwaysVisible: object

class Script:
    """What the WebUI asks of a script. The fields of `ui` are gradio's components."""

    section: ClassVar[str | None]
    args_from: int
    args_to: int
    infotext_fields: Sequence[tuple[object, str | Callable[[dict[str, object]], object]]] | None
    paste_field_names: Sequence[str] | None
    def title(self) -> str: ...
    def show(self, is_img2img: bool) -> object: ...
    def ui(self, is_img2img: bool) -> Sequence[object]: ...

class ScriptRunner:
    alwayson_scripts: list[Script]
    callback_map: dict[str, object]  # from A1111 1.9 on

class ScriptClassData(NamedTuple):
    script_class: type[Script]
    path: str
    basedir: str
    module: ModuleType

scripts_img2img: ScriptRunner | None
scripts_data: list[ScriptClassData]
