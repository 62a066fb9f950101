"""``python3 -m pb COMMAND`` on a machine with Python and nothing else.

Standard library only. Makes ``.venv`` beside this checkout when it is missing or stale, installs
what pyproject.toml names, and runs itself again inside it. All of this speaks on standard error:
standard output belongs to the command's result.
"""

import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "common-purse.json"
COMPILED = VENV / "compiled"
"""Where Python keeps its compiled files: the checkout stays clean, and a start need not compile
hundreds of files again, also from a shell that forbids such files."""


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def extras_wanted(arguments: list[str]) -> set[str]:
    """The optional dependencies that this call needs."""
    wanted = set()
    if arguments[:1] == ["test"]:
        wanted.add("test")
    if os.environ.get("PB_DATABASE_URL", "").startswith("postgres"):
        wanted.add("postgres")
    if os.environ.get("PB_EXTRAS"):
        wanted.update(os.environ["PB_EXTRAS"].replace(",", " ").split())
    return wanted


def requirements(extras: set[str]) -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    unknown = sorted(extras - set(optional))
    if unknown:
        sys.exit(f"PB_EXTRAS names what pyproject.toml does not know: {', '.join(unknown)}")
    wanted: list[str] = list(project["dependencies"])
    return wanted + [name for extra in sorted(extras) for name in optional[extra]]


def stamp_of(extras: set[str]) -> dict[str, object]:
    constraints = (ROOT / "constraints.txt").read_bytes()
    names = "\n".join(requirements(extras)).encode()
    return {
        "python": sys.version.split()[0],
        "extras": sorted(extras),
        "digest": hashlib.sha256(names + b"\n" + constraints).hexdigest(),
    }


def stamped() -> dict[str, object]:
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and PYTHON.exists() else {}


def run(command: list[str]) -> None:
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    if done.returncode:
        sys.exit(
            "The set-up stopped: the command above failed. Is the network there?\n"
            "Nothing else was changed; the same command tries again."
        )


def make_environment() -> list[str]:
    """Create ``.venv``; the command that installs into it, by what the machine has."""
    uv = shutil.which("uv")
    if uv:
        if not PYTHON.exists():
            run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)])
        return [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    has_pip = subprocess.run(
        [sys.executable, "-c", "import pip"], capture_output=True, check=False
    )
    if has_pip.returncode == 0:
        if not PYTHON.exists():
            run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
        pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    else:
        if not PYTHON.exists():
            run([sys.executable, "-m", "venv", str(VENV)])
        pip = [str(PYTHON), "-m", "pip"]
    # Without compiling everything beforehand: what is used is compiled at its first import.
    return [*pip, "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--no-input"]


def install(extras: set[str]) -> None:
    started = time.monotonic()
    say("Setting up (the first time only; it needs the network) ...")
    if VENV.exists() and not PYTHON.exists():
        shutil.rmtree(VENV)
    command = make_environment()
    names = requirements(extras)
    say(f"Installing {len(names)} packages and what they need ...")
    run([*command, "-c", str(ROOT / "constraints.txt"), *names])
    # The checkout itself is on the environment's path, so the command works from any folder.
    site = subprocess.run(
        [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()
    (Path(site) / "common_purse.pth").write_text(str(ROOT) + "\n", encoding="utf-8")
    STAMP.write_text(json.dumps(stamp_of(extras)), encoding="utf-8")
    say(f"Set up in {time.monotonic() - started:.0f} s.")


def ensure(extras: set[str]) -> None:
    """Install unless the stamp says that all of this is there."""
    found = stamped()
    have = {str(name) for name in list(found.get("extras", []))}  # type: ignore[call-overload]
    if extras <= have and found == stamp_of(have):
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        if os.name != "nt":
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        found = stamped()
        have = {str(name) for name in list(found.get("extras", []))}  # type: ignore[call-overload]
        if not (extras <= have and found == stamp_of(have)):
            install(extras | have)


def keep_compiled() -> None:
    """For this process and those that it starts."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(COMPILED)
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(COMPILED)


def main() -> None:
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    if not (ROOT / "pyproject.toml").exists() or os.environ.get("PB_SETUP") == "no":
        pass  # installed from a wheel, or told that the environment is somebody else's care
    elif not inside or os.environ.get("PB_SETUP") != "done":
        if sys.version_info < (3, 11):  # noqa: UP036 - said in words before the traceback would
            sys.exit("Python 3.11 or newer is needed.")
        if not inside:
            ensure(extras_wanted(sys.argv[1:]))
            os.environ["PB_SETUP"] = "done"
            keep_compiled()
            command = [str(PYTHON), "-m", "pb", *sys.argv[1:]]
            if os.name == "nt":
                sys.exit(subprocess.run(command, check=False).returncode)
            os.execv(command[0], command)  # the same process goes on: signals reach it
        keep_compiled()
    # A start makes half a million objects that stay: looking through them for garbage every 700
    # objects, as Python does unless told, is a quarter of its time.
    gc.set_threshold(50_000, 20, 20)
    from pb.cli import main as command_line

    command_line(prog_name="python3 -m pb")


if __name__ == "__main__":
    main()
