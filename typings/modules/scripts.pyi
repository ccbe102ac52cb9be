from collections.abc import Callable, Sequence
from types import ModuleType
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

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

Number = float

class Tensor(Protocol):
    """What we use of torch.Tensor."""

    shape: tuple[int, ...]
    dtype: object
    def float(self) -> Tensor: ...
    def cpu(self) -> Tensor: ...
    def numpy(self) -> NDArray[np.float32]: ...
    def to(self, dtype: object, /) -> Tensor: ...
    def flatten(self) -> Tensor: ...
    def reshape(self, shape: tuple[int, ...]) -> Tensor: ...
    def new_tensor(self, data: NDArray[np.float32]) -> Tensor: ...
    def __getitem__(self, index: int) -> Tensor: ...
    def __int__(self) -> int: ...
    def __float__(self) -> Number: ...
    def __add__(self, other: Tensor | Number) -> Tensor: ...
    def __sub__(self, other: Tensor | Number) -> Tensor: ...
    def __rsub__(self, other: Tensor | Number) -> Tensor: ...
    def __mul__(self, other: Tensor | Number) -> Tensor: ...
    def __truediv__(self, other: Tensor | Number) -> Tensor: ...
    def __ge__(self, other: Tensor | Number) -> Tensor: ...

class Denoiser(Protocol):
    """The host's CFGDenoiser; `alphas` only for samplers of timesteps."""

    step: int
    steps: int | None
    total_steps: int
    mask: Tensor
    nmask: Tensor
    alphas: Tensor

class MaskBlendArgs:
    current_latent: Tensor
    init_latent: Tensor
    nmask: Tensor
    blended_latent: Tensor
    denoiser: Denoiser | None
    sigma: Tensor

class PostprocessImageArgs:
    image: Image.Image

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
