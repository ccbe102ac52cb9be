from collections.abc import Callable, Mapping

class CommandLine:
    """The command line as it was read; the last three flags are of our preload.py."""

    api_auth: str | None
    gradio_auth: str | None
    gradio_auth_path: str | None
    neuralmaster_max_megapixels: float
    neuralmaster_max_request_mb: float
    neuralmaster_model: str

class OptionInfo:
    default: object
    section: tuple[str, str]
    infotext: str | None
    def __init__(
        self,
        default: object = ...,
        label: str = ...,
        component: Callable[..., object] | None = ...,
        component_args: Mapping[str, object] | None = ...,
    ) -> None: ...
    def info(self, info: str) -> OptionInfo: ...

class Options:
    data: dict[str, object]
    img2img_background_color: str
    outdir_init_images: str
    def add_option(self, key: str, info: OptionInfo) -> None: ...

class State:
    """textinfo: stands beside the progress bar; None for nothing.

    interrupted: the job ends at once. stopping_generation: it ends after the current picture;
    hosts before 1.9 lack it.
    """

    textinfo: str | None
    interrupted: bool
    stopping_generation: bool

opts: Options
state: State
cmd_opts: CommandLine
