"""Where the command line writes, and what becomes of it when that does not work out."""

import os
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from neuralmaster import atomic, files, preprocess
from neuralmaster.cli import batch, main, paths
from neuralmaster.remote import client
from tests.fake_webui import IMG2IMG, FakeWebUI
from tests.pictures import ROOT, pixels, textured_scene

PYTHON = [sys.executable, "-c", "import sys; from neuralmaster.cli import main; sys.exit(main())"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
unprivileged = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere"
)


@pytest.fixture
def job(tmp_path, monkeypatch):
    """image.png, mask.png, and as folders images/ and masks/, in the working directory."""
    monkeypatch.chdir(tmp_path)
    image, mask = textured_scene(40, 32)
    for folder in (".", "images", "masks", "out"):
        Path(folder).mkdir(exist_ok=True)
    image.save("image.png")
    mask.save("mask.png")
    for name in "abc":
        image.save(f"images/{name}.png")
        mask.save(f"masks/{name}.png")
    return image, mask


def everything():
    """The content of every file below the working directory."""
    found = (path for path in Path().rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found}


def run(*arguments, command=PYTHON, **more):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": ENVIRONMENT, **more}
    return subprocess.run([*command, *arguments], timeout=60, check=False, **options)


# --- no output is an input --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prepare", "arguments"),
    [
        (lambda: Path("out/b.png").write_bytes(Path("mask.png").read_bytes()),
         ["images", "out/b.png", "-o", "out"]),
        (lambda: Path("out/b.png").write_bytes(Path("mask.png").read_bytes()),
         ["images", "masks", "-o", "red", "--mask-out", "out", "--object", "out/b.png"]),
        (lambda: Path("out/b.png").symlink_to("../images/c.png"), ["images", "masks", "-o", "out"]),
        (lambda: os.link("masks/c.png", "out/b.png"), ["images", "masks", "-o", "out"]),
        (lambda: (Path("images/b.png").rename("out/b.png"),
                  Path("images/b.png").symlink_to("../out/b.png")),
         ["images", "masks", "-o", "out"]),
        (lambda: Path("other").symlink_to("images"), ["images", "masks", "-o", "other"]),
        (lambda: Path("other").symlink_to("out"),
         ["images", "masks", "-o", "out", "--sheet", "other"]),
        (lambda: Path("new.png").symlink_to("mask.png"),
         ["image.png", "mask.png", "-o", "new.png"]),
        (lambda: os.link("image.png", "new.png"), ["image.png", "mask.png", "-o", "new.png"]),
        (lambda: None, ["image.png", "mask.png", "-o", "out/../mask.png"]),
        (lambda: None, ["image.png", "mask.png", "-o", "out/a.png", "--sheet", "out/../out/a.png"]),
    ],
)  # fmt: skip
def test_nothing_is_written_over_an_input_or_another_output(job, capsys, prepare, arguments):
    prepare()
    before = everything()
    assert main(["fill", *arguments]) == 2
    out, err = capsys.readouterr()
    assert ": is an input or named twice; choose another " in err
    assert (out, err.count("\n")) == ("", 1)
    assert everything() == before


def test_an_earlier_result_is_replaced(job):
    Path("out/a.png").touch()
    os.link("out/a.png", "out/b.png")  # by a program that finds doubles
    assert main(["fill", "images", "masks", "-o", "out"]) == 0
    expected = pixels(preprocess(*job).image)
    assert all(np.array_equal(pixels(files.read(f"out/{n}.png")), expected) for n in "abc")


@pytest.mark.parametrize(("ignores", "status"), [(True, 2), (False, 0)])
def test_names_that_are_one_file_there_are_one_name(job, monkeypatch, ignores, status):
    monkeypatch.setattr(atomic, "ignores_case", lambda _: ignores)
    common = ["fill", "image.png", "mask.png"]
    assert main([*common, "-o", "out/É.png", "--sheet", "out/é.png"]) == status
    assert main([*common, "-o", "out/x.png", "--sheet", "out/X.png"]) == status
    Path("images/A.png").write_bytes(Path("images/a.png").read_bytes())
    Path("masks/A.png").write_bytes(Path("masks/a.png").read_bytes())
    assert main(["fill", "images", "masks", "-o", "new"]) == status
    assert Path("new").exists() == (status == 0)


def test_whether_case_matters_depends_on_the_file_system(job):
    (Path("out") / "Aa").touch()
    assert atomic.ignores_case(Path("out")) == Path("out/aA").exists()
    assert [path.name for path in Path("out").iterdir()] == ["Aa"]


def test_an_unwritable_folder_is_assumed_to_be_of_the_usual_kind(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError

    monkeypatch.setattr(atomic, "ignores_case", refuse)
    pairs = [batch.Pair(Path("i"), Path("m"), None, Path(name)) for name in ("A.png", "a.png")]
    if os.name == "posix":
        paths.check_pairs(pairs, [tmp_path])


def test_a_second_result_never_replaces_an_input_by_another_name(job, monkeypatch, capsys):
    monkeypatch.setattr(client, "POLL", 0.02)
    Path("out-2.png").symlink_to("mask.png")
    before = everything()
    with FakeWebUI() as webui:
        webui.pictures = 2
        arguments = ["img2img", "image.png", "mask.png", "--url", webui.url, "-o", "out.png"]
        assert main(arguments) == 2
    assert "out-2.png: is an input or another's result" in capsys.readouterr().err
    assert everything() == before


# --- standard output and error ----------------------------------------------------------------

FOLDER = ("fill", "images", "masks", "-o", "out")
FILE = ("fill", "image.png", "mask.png", "-o", "out.png")


@pytest.mark.parametrize("arguments", [FOLDER, (*FOLDER, "--json"), FILE, ("fill", "--help")])
def test_a_broken_pipe_ends_quietly(job, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run(*arguments, stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    ("arguments", "status"), [(FILE, 2), (FOLDER, 3), ((*FOLDER, "--json"), 3), (("--help",), 2)]
)
def test_a_full_standard_output_is_one_sentence_and_the_pictures_are_written(
    job, arguments, status
):
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - not a path to look into
        done = run(*arguments, stdout=full)
    assert done.returncode == status
    assert done.stderr == (
        b"neuralmaster: standard output cannot be written, what was done is not reported: "
        b"No space left on device\n"
    )
    if arguments == FOLDER:
        assert sorted(path.name for path in Path("out").iterdir()) == ["a.png", "b.png", "c.png"]


@pytest.mark.parametrize(("arguments", "status"), [(FILE, 2), (FOLDER, 3)])
def test_a_closed_standard_output_is_one_sentence(job, arguments, status):
    shell = ["sh", "-c", 'exec "$0" "$@" >&-', *PYTHON]
    done = run(*arguments, command=shell)
    assert done.returncode == status
    assert done.stderr == (
        b"neuralmaster: standard output is closed: what was done cannot be reported\n"
    )


def test_with_all_streams_closed_no_picture_takes_their_place(job):
    shell = ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', *PYTHON]
    assert run(*FILE, command=shell).returncode == 2
    assert np.array_equal(pixels(files.read("out.png")), pixels(preprocess(*job).image))
    assert run("fill", "none.png", "mask.png", "-o", "out.png", command=shell).returncode == 2


def test_names_that_the_encoding_does_not_know_are_escaped(job):
    done = run(*FILE[:-1], "кот.png", env={**ENVIRONMENT, "PYTHONIOENCODING": "cp1252"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(rb"\u043a\u043e\u0442.png: filled by context")


def test_control_characters_in_options_are_escaped(job, capsys):
    with pytest.raises(SystemExit):
        main([*FILE, "--\x1b[31m\x9b"])
    assert capsys.readouterr().err.startswith(
        r"neuralmaster: unrecognized arguments: --\x1b[31m\x9b; see "
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\x1b[31mred\n.png", r"\x1b[31mred\n.png"),
        ("\x9b31m\u202egnp.png", r"\x9b31m\u202egnp.png"),
        (os.fsdecode(b"\xff.png"), r"\udcff.png"),
    ],
)
def test_control_characters_in_names_are_escaped(job, capsys, name, shown):
    assert main([*FILE[:-1], name]) == 0
    assert capsys.readouterr().out.startswith(f"{shown}: filled by")
    assert main(["fill", "image.png", f"no{name}", "-o", "out.png"]) == 2
    assert capsys.readouterr().err == (
        f"neuralmaster: no{shown}: cannot be read: No such file or directory\n"
    )


# --- what the operating system refuses --------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["x" * 300 + ".png", "mask.png", "-o", "o.png"], "x" * 300 + ".png: File name too long"),
        (["x" * 300, "mask.png", "-o", "o"], "x" * 300 + ": File name too long"),
        (["image.png", "mask.png", "-o", "x" * 300 + ".png"], ".png: cannot be written: File nam"),
        (["loop", "mask.png", "-o", "o.png"], "loop: Too many levels of symbolic links"),
        (["image.png", "loop", "-o", "o.png"], "loop: Too many levels of symbolic links"),
        (["image.png", "mask.png", "-o", "loop.png"], "loop.png: Too many levels of symbolic lin"),
        (["image.png", "image.png/mask.png", "-o", "o.png"], "image.png/mask.png: Not a directory"),
        (["images", "masks", "-o", "x" * 300], ": File name too long"),
        (["images", "loop", "-o", "o"], "loop: Too many levels of symbolic links"),
    ],
)
def test_what_the_system_refuses_is_one_sentence_and_exit_status_2(
    job, capsys, arguments, sentence
):
    Path("loop").symlink_to("loop")
    Path("loop.png").symlink_to("loop.png")
    assert main(["fill", *arguments]) == 2
    out, err = capsys.readouterr()
    assert err.startswith("neuralmaster: ")
    assert sentence in err
    assert (out, err.count("\n")) == ("", 1)


def test_what_pillow_logs_of_a_damaged_file_is_not_a_second_line(job):
    job[0].save("damaged.tif")
    content = Path("damaged.tif").read_bytes()
    samples = struct.pack("<HHIH", 277, 3, 1, 3)  # per pixel
    assert samples in content
    many = struct.pack("<HHIH", 277, 3, 1, 65284)
    Path("damaged.tif").write_bytes(content.replace(samples, many))
    done = run("fill", "damaged.tif", "mask.png", "-o", "out.png")
    assert done.returncode == 2
    assert done.stderr.startswith(b"neuralmaster: damaged.tif: ")
    assert done.stderr.count(b"\n") == 1


@unprivileged
def test_a_folder_without_permission_is_one_sentence(job, capsys):
    Path("images").chmod(0)
    try:
        assert main(list(FOLDER)) == 2
        assert main(["fill", "images/a.png", "mask.png", "-o", "out.png"]) == 2
    finally:
        Path("images").chmod(0o755)
    assert capsys.readouterr().err == (
        "neuralmaster: images: Permission denied\nneuralmaster: images/a.png: Permission denied\n"
    )


def test_permission_is_checked_in_one_place(job, capsys, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert main(list(FOLDER)) == 2
    assert capsys.readouterr().err == "neuralmaster: images: Permission denied\n"


def test_a_picture_of_a_folder_that_cannot_be_written_is_reported_and_the_rest_goes_on(job, capsys):
    Path("out/b.png").mkdir()
    assert main(list(FOLDER)) == 3
    out, err = capsys.readouterr()
    assert out == "2 written, 0 skipped, 1 failed\n"
    assert err == "neuralmaster: out/b.png: cannot be written: Is a directory\n"


# --- ended from outside -----------------------------------------------------------------------

SLOW = """
import pathlib, signal, sys, time
from neuralmaster.cli import main
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the test run may have been started by nohup
pathlib.Path.replace = lambda *_: time.sleep(60)
sys.exit(main())
"""


def parts(folder):
    return [path for path in Path(folder).iterdir() if path.suffix == ".part"]


def writing(*arguments):
    """A process that is about to put a finished file in its place."""
    running = subprocess.Popen(
        [sys.executable, "-c", SLOW, *arguments],
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    end = time.monotonic() + 30
    while not parts("out") and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.1)  # so that it has the name and the content
    return running


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_leaves_nothing_behind(job, name):
    number = getattr(signal, name)
    running = writing(*FOLDER)
    assert len(parts("out")) == 1
    running.send_signal(number)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 128 + number
    assert out == b"0 written, 0 skipped, 0 failed, 3 left\n"
    assert err == b"neuralmaster: stopped\n"
    assert list(Path("out").iterdir()) == []


def test_resume_cleans_up_what_a_killed_run_left(job):
    running = writing(*FOLDER)
    running.kill()
    running.communicate(timeout=30)
    assert len(parts("out")) == 1
    assert main([*FOLDER, "--resume"]) == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.png", "b.png", "c.png"]


def test_sigterm_stops_the_job_at_the_webui_too(job):
    with FakeWebUI() as webui:
        webui.routes[IMG2IMG] = lambda job: webui.interrupted.wait(20) and webui.img2img(job)
        running = subprocess.Popen(
            [*PYTHON, "img2img", "image.png", "mask.png", "-o", "o.png", "--url", webui.url],
            env=ENVIRONMENT, stderr=subprocess.PIPE,
        )  # fmt: skip
        end = time.monotonic() + 20
        while not webui.jobs and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.2)
        running.terminate()
        _, err = running.communicate(timeout=30)
        assert (running.returncode, err) == (143, b"neuralmaster: stopped\n")
        assert webui.interrupted.is_set()


def test_signals_are_left_as_they_were(job, monkeypatch):
    """Also while a command runs in another thread than the main one, or for who handles them."""

    def handler(*_):
        pass

    before = signal.getsignal(signal.SIGTERM)
    seen = []
    real = files.write_all

    def write_all(pictures):
        seen.append(signal.getsignal(signal.SIGTERM))
        return real(pictures)

    monkeypatch.setattr(files, "write_all", write_all)
    assert main(list(FILE)) == 0
    assert signal.getsignal(signal.SIGTERM) is before
    thread = threading.Thread(target=main, args=[list(FILE)])
    thread.start()
    thread.join()
    signal.signal(signal.SIGTERM, handler)
    try:
        assert main(list(FILE)) == 0
        assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, before)
    assert seen[0] is not before
    assert seen[1:] == [before, handler]


# --- notes on pictures --------------------------------------------------------------------------


def test_frames_that_are_left_out_and_pixels_that_change_are_warned_of(job, capsys):
    image, mask = job
    image.save("moving.gif", save_all=True, append_images=[mask])
    mask.save("pages.tif", save_all=True, append_images=[mask])
    arguments = ["moving.gif", "pages.tif", "-o", "out.jpg", "--mask-out", "red.jpg"]
    assert main(["fill", *arguments, "--sheet", "sheet.jpg"]) == 0
    warnings = capsys.readouterr().err.splitlines()
    assert [warning.split(": ")[2:4] for warning in warnings] == [
        ["moving.gif", "holds several frames or pages"],
        ["pages.tif", "holds several frames or pages"],
        ["red.jpg", "JPEG does not keep pixels as they are"],
        ["out.jpg", "JPEG does not keep pixels as they are"],
    ]
    note = "pages.tif: holds several frames or pages: only the first is used."
    for arguments in (
        ["--split", "pages.tif", "--inpaint-out", "r.png", "--object-out", "g.png"],
        ["--remove", "pages.tif", "-o", "m.png"],
        ["--inpaint", "pages.tif", "-o", "m.png"],
        ["--outpaint", "1,1,1,1", "--image", "pages.tif", "-o", "m.png"],
        ["--remove", "all", "--image", "pages.tif", "-o", "m.png"],
    ):
        assert main(["mask", *arguments]) == 0
        assert note in capsys.readouterr().out
    with FakeWebUI() as webui:
        arguments = ["image.png", "pages.tif", "-o", "m.png", "--url", webui.url]
        assert main(["img2img", *arguments]) == 0
    assert capsys.readouterr().err == f"neuralmaster: warning: {note}\n"


def test_a_mask_in_a_lossy_format_is_a_warning(job, capsys):
    assert main(["mask", "--inpaint", "mask.png", "-o", "m.jpg"]) == 0
    assert "m.jpg: JPEG does not keep pixels as they are" in capsys.readouterr().out
