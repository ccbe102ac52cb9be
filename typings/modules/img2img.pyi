from collections.abc import Callable

img2img: Callable[..., object]
