from PIL import Image

def flatten(img: Image.Image, bgcolor: str) -> Image.Image: ...
def resize_image(resize_mode: int, im: Image.Image, width: int, height: int) -> Image.Image: ...
def save_image(
    image: Image.Image,
    path: str,
    basename: str | None,
    *,
    existing_info: dict[str | tuple[int, int], object] | None = ...,
    forced_filename: str | None = ...,
    save_to_dirs: bool | None = ...,
) -> tuple[str, str | None]: ...
