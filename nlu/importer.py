"""Gives Rasa the training data of this project: acts and rules from `nlu/data/`, examples from the articles."""

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge.articles import load_articles
from nlu.examples import DATA, article_examples, load_acts
from settings import from_environment

ASK = "ask"
LABEL = "label"
LANGUAGE = "language"


class ExampleMessage(Message):
    """An example, which never changes. Rasa 3.6.21 would copy and fingerprint each five times as it merges its sources,
    for a third of the training's time."""

    def _known_by(self) -> tuple[str, str, str]:
        return self.data[TEXT], self.data[LABEL], self.data[LANGUAGE]

    def __deepcopy__(self, memo: dict[int, Any]) -> "ExampleMessage":
        return self

    def __hash__(self) -> int:
        return hash(self._known_by())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ExampleMessage) and self._known_by() == other._known_by()


class SignpostImporter(TrainingDataImporter):
    """Beside RasaFileImporter (which reads the domain and the configuration) in `config.yml`."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        self._articles = from_environment().articles_dir
        self._read: TrainingData | None = None

    def get_domain(self) -> Domain:
        return Domain.empty()

    def get_config(self) -> dict[str, Any]:
        return {}

    def get_config_file_for_auto_config(self) -> str | None:
        return None

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        return StoryGraph(YAMLStoryReader().read_from_file(DATA / "rules.yml"))

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        if self._read is None:
            examples = [(example.label, example) for example in load_acts()]
            examples += [(ASK, example) for example in article_examples(load_articles(self._articles))]
            self._read = TrainingData(
                [
                    ExampleMessage({TEXT: e.text, INTENT: intent, LABEL: e.label, LANGUAGE: e.language})
                    for intent, e in examples
                ]
            )
        return self._read
