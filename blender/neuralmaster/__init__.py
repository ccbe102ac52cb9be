"""NeuralMaster for Blender: mask a view, have a WebUI repaint it, project it onto the texture."""


def register() -> None:
    """Called by Blender. What needs Blender is imported here, so that the rest can do without."""
    from . import registration  # noqa: PLC0415

    registration.register()


def unregister() -> None:
    """Called by Blender."""
    from . import registration  # noqa: PLC0415

    registration.unregister()
