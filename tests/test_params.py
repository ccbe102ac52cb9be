from dataclasses import FrozenInstanceError, fields

import pytest

from neuralmaster import FillParams
from neuralmaster.fills import FILLS
from neuralmaster.params import BY_POSITION, Choice, all_specs, applies, specs

METHODS = ", ".join(FILLS)


def test_every_field_has_a_label_and_a_help():
    assert list(specs()) == [field.name for field in fields(FillParams)]
    assert all(spec.label and spec.help for spec in specs().values())


def test_a_published_position_does_not_change():
    published = ("method", "source", "feather", "grain", "colour", "gradient", "match")
    assert BY_POSITION[:8] == (*published, "match_strength")
    assert sorted(BY_POSITION) == sorted(all_specs())


@pytest.mark.parametrize("method", FILLS)
def test_a_parameter_of_certain_fills_applies_to_these_alone(method):
    assert applies("colour", method) == (method == "colour")
    assert applies("feather", method)


def test_the_methods_are_the_fills():
    method = specs()["method"]
    assert isinstance(method, Choice)
    assert method.names == tuple(FILLS)
    assert FillParams().method == "context"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("method", "best", f"method: expected one of {METHODS}, got 'best'"),
        ("method", None, f"method: expected one of {METHODS}, got None"),
        ("source", "red", "source: expected one of green, alpha, all, auto, got 'red'"),
        ("colour", "red", "colour: expected a colour as in #b2543a, got 'red'"),
        ("colour", "#b2543", "colour: expected a colour as in #b2543a, got '#b2543'"),
        ("colour", "#b2543a\n", "colour: expected a colour as in #b2543a, got '#b2543a\\n'"),
        ("colour", None, "colour: expected a colour as in #b2543a, got None"),
        ("feather", -1, "feather: expected a number from 0 to 512, got -1"),
        ("feather", 513, "feather: expected a number from 0 to 512, got 513"),
        ("feather", "9", "feather: expected a number from 0 to 512, got '9'"),
        ("grain", 1.1, "grain: expected a number from 0 to 1, got 1.1"),
        ("feather", True, "feather: expected a number from 0 to 512, got True"),
        ("feather", float("nan"), "feather: expected a number from 0 to 512, got nan"),
    ],
)
def test_a_value_out_of_range_is_refused(name, value, message):
    with pytest.raises(ValueError) as error:
        FillParams(**{name: value})
    assert str(error.value) == message


def test_params_do_not_change():
    with pytest.raises(FrozenInstanceError):
        FillParams().method = "mean"


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, False),
        ({"grain": 0.05}, True),
        ({"method": "texture"}, True),
        ({"method": "mean"}, False),
    ],
)
def test_only_grain_and_texture_need_a_seed(chosen, expected):
    assert FillParams(**chosen).uses_seed is expected
