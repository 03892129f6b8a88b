"""Trains the model through Rasa, as `rasa train` does, and names it after all that it was trained from."""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

from bot.content_checks import TRAINING_CHECKS, content_problems
from bot.problems import NotInOrder, Problem, refuse
from bot.progress import Progress
from bot.surroundings import hushed, quiet_rasa
from nlu.encoder_build import is_built
from nlu.encoder_files import MANIFEST_FILE
from settings import ROOT, Settings, from_environment

# The model in use and the one before it, to go back to.
MODELS_KEPT = 2


def encoder_folder(settings: Settings) -> Path:
    """Where the sentence encoder is kept."""
    return settings.models_dir / "encoder"


def current_model(settings: Settings) -> Path:
    """The model trained from the files as they are now, whether it exists yet or not."""
    core, articles = _fingerprints(settings)
    return settings.models_dir / f"signpost-{core}-{articles}.tar.gz"


def usable_model(settings: Settings) -> Path:
    """The current model; where there is none, the newest that differs in nothing but the articles.

    It answers as well, because articles are read from the database: it only starts more slowly.
    """
    current = current_model(settings)
    if current.is_file():
        return current
    core, _ = _fingerprints(settings)
    return max(settings.models_dir.glob(f"signpost-{core}-*.tar.gz"), key=_age, default=current)


def _fingerprints(settings: Settings) -> tuple[str, str]:
    """Digits that change with all that a model is trained from but the articles, and digits that change with these."""
    core = [ROOT / "config.yml", ROOT / "domain.yml", encoder_folder(settings) / MANIFEST_FILE]
    core += sorted(file for file in (ROOT / "nlu").rglob("*") if file.suffix in (".py", ".yml"))
    return _fingerprint(core), _fingerprint(sorted(settings.articles_dir.glob("*.yml")))


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256(version("rasa").encode())
    for file in files:
        content = file.read_bytes() if file.exists() else b""
        digest.update(f"\0{file.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def _age(file: Path) -> float:
    return file.stat().st_mtime


def build(folder: Path) -> None:
    """Build the sentence encoder into `folder`; raises `NotInOrder`."""
    # In a process of its own: what builds is large, and the server never needs it.
    process = subprocess.run(
        [sys.executable, "-m", "nlu.encoder_build", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if process.returncode:
        reason = (process.stderr.strip().splitlines() or ["no reason given"])[-1]
        mend = "Mend that, or run `uv sync --group encoder` and try again."
        raise NotInOrder(Problem(f"the sentence encoder could not be built: {reason}", str(folder), mend))


def train(settings: Settings) -> Path:
    """Train from scratch and put the model in its place in one move; returns its path.

    Raises `NotInOrder`, also for articles or a configuration that Rasa would train from without a word.
    """
    with hushed():
        refuse(content_problems(settings, TRAINING_CHECKS))
    model = current_model(settings)
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".training-", dir=settings.models_dir) as folder:
        with hushed() as said:
            from rasa.api import train as rasa_train
            from rasa.shared.exceptions import RasaException

            quiet_rasa()
            try:
                with _quickly_packed():
                    result = rasa_train(
                        domain=str(ROOT / "domain.yml"),
                        config=str(ROOT / "config.yml"),
                        training_files=[],
                        output=folder,
                        force_training=True,
                        fixed_model_name=model.name,
                    )
            except RasaException as error:
                raise NotInOrder(_untrained(str(error.__cause__ or error))) from error
        if result.code or not result.model:
            raise NotInOrder(_untrained((said.getvalue().strip().splitlines() or ["no reason given"])[-1]))
        Path(result.model).replace(model)
    _remove_old_models(settings, model)
    return model


@contextmanager
def _quickly_packed() -> Iterator[None]:
    """Rasa packs a model as tightly as gzip can: seconds at each training and start, for an eighth of its size."""
    packing = tarfile.TarFile.gzopen
    quickly = partial(packing.__func__, compresslevel=0)  # type: ignore[attr-defined]
    tarfile.TarFile.gzopen = classmethod(quickly)  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        tarfile.TarFile.gzopen = packing  # type: ignore[method-assign]


def _untrained(reason: str) -> Problem:
    mend = "Mend what it says; `rasa train` tells more."
    return Problem(f"Rasa did not train: {reason}", "config.yml, domain.yml, nlu/", mend)


def _remove_old_models(settings: Settings, current: Path) -> None:
    others = [file for file in settings.models_dir.glob("signpost-*.tar.gz") if file != current]
    others.sort(key=_age, reverse=True)
    for old in others[MODELS_KEPT - 1 :]:
        old.unlink(missing_ok=True)


def prepare_model(settings: Settings, progress: Progress) -> Path:
    """Encoder and model, each made only where it is missing or its inputs have changed; raises `NotInOrder`."""
    _prepare_encoder(settings, progress)
    model = current_model(settings)
    if model.is_file():
        progress.already("the model is trained")
    else:
        with progress.step("training (about half a minute)"):
            train(settings)
    return model


def _prepare_encoder(settings: Settings, progress: Progress) -> None:
    folder = encoder_folder(settings)
    if is_built(folder):
        progress.already("the sentence encoder is built")
    else:
        with progress.step("building the sentence encoder (half a minute)"):
            build(folder)


def main(arguments: list[str]) -> int:
    """The command `train`."""
    parser = argparse.ArgumentParser(prog="python -m bot train", description=__doc__)
    parser.add_argument("--if-changed", action="store_true", help="only when its inputs have changed")
    parser.add_argument("--steps-before", type=int, default=0, help="steps that the caller has counted")
    options = parser.parse_args(arguments)
    settings = from_environment()
    progress = Progress(options.steps_before + 1, options.steps_before + 2)
    if options.if_changed:
        model = prepare_model(settings, progress)
    else:
        _prepare_encoder(settings, progress)
        with progress.step("training (about half a minute)"):
            model = train(settings)
    print(model)
    return 0
