"""An experiment is JSON there and back, and every fault of it is a sentence."""

import json
import math
import re
from typing import Any, get_args

import pytest
from settings import BASE, OTHERS
from small import SHAKEN, TINY

from playground.errors import ExperimentError
from playground.experiment import modules
from playground.experiment.architecture import Readout
from playground.experiment.experiment import Experiment
from playground.experiment.layers import Activation, Pool
from playground.experiment.presets import PRESETS
from playground.experiment.schedules import SCHEDULES
from playground.experiment.variants import VARIANTS
from playground.network import build

NOT_FOR_PEOPLE = re.compile(
    r"Input should|validation error|pydantic|type=|Traceback|<class|None|True|False|Invalid JSON"
)
NASTY = [None, True, -1, 0.5, 10**4000, 1e-320, "x", "\ud800", "1", [], [[]], {}, {"name": []}, math.nan, math.inf]


def paths(document: Any, above: str = "") -> list[str]:
    """Every path in a document, the groups too."""
    if isinstance(document, dict):
        pairs = list(document.items())
    else:
        pairs = list(enumerate(document)) if isinstance(document, list) else []
    found = []
    for key, value in pairs:
        path = f"{above}.{key}" if above else str(key)
        found += [path, *paths(value, path)]
    return found


def again(experiment: Experiment) -> Experiment:
    return Experiment.parse(json.loads(experiment.model_dump_json()))


def complaint(**changes: Any) -> str:
    with pytest.raises(ExperimentError) as caught:
        BASE.changed(changes)
    return str(caught.value)


class TestThereAndBack:
    @pytest.mark.parametrize("name", PRESETS)
    def test_a_preset_survives_json(self, name: str) -> None:
        assert again(PRESETS[name].experiment) == PRESETS[name].experiment

    @pytest.mark.parametrize("path", OTHERS)
    def test_every_option_survives_json(self, path: str) -> None:
        for value in OTHERS[path]:
            base = BASE.changed({"architecture.layers.1.batch_norm": False})  # so that a batch may be one image
            changed = base.changed({path: value})
            assert again(changed) == changed
            node = changed.model_dump(mode="json")
            for key in path.split("."):
                node = node[int(key)] if isinstance(node, list) else node[key]
            if not isinstance(node, dict | list):
                assert node == value

    def test_no_option_is_forgotten_here(self) -> None:
        fields = {path.split(".")[-1] for path in OTHERS}
        fields |= {
            key for values in OTHERS.values() for value in values if isinstance(value, dict) for key in value
        }
        models = [model for registry in VARIANTS.values() for model in registry.members]
        known = {field for model in models for field in model.model_fields}
        known |= {path.split(".")[-1] for path in paths(BASE.model_dump(mode="json")) if not path[-1].isdigit()}
        assert known - fields == {"schema_version", "architecture", "training", "augmentation", "data"}

    def test_an_empty_document_is_the_default_experiment(self) -> None:
        assert Experiment.parse({}) == Experiment()

    def test_whole_numbers_do_where_a_fraction_may_stand(self) -> None:
        assert BASE.changed({"data.fraction": 1}).data.fraction == 1.0

    def test_it_never_changes(self) -> None:
        with pytest.raises(ValueError, match="frozen"):
            BASE.training.epochs = 3  # type: ignore[misc]
        assert hash(BASE) == hash(again(BASE))


class TestLimits:
    @pytest.mark.parametrize(
        ("path", "value", "sentence"),
        [
            ("training.epochs", 0, "0 is too small. The least is 1."),
            ("training.epochs", 1001, "1001 is too large. The most is 1,000."),
            ("training.epochs", 1.5, "1.5 is not a whole number. Give one such as 2."),
            ("training.epochs", math.nan, "nan is not a whole number. Give one such as 4."),
            ("training.epochs", None, "null is not a whole number. Give one such as 4."),
            ("training.epochs", True, "true is not a whole number. Give one such as 4."),
            ("training.batch_size", 8193, "8193 is too large. The most is 8,192."),
            ("training.seed", -1, "-1 is too small. The least is 0."),
            ("training.seed", 2**32, f"{2**32} is too large. The most is 4,294,967,295."),
            ("training.optimizer.learning_rate", 0, "0 is too small. It has to be above 0."),
            ("training.optimizer.learning_rate", math.inf, "inf is not a finite number. Give a number."),
            ("training.optimizer.learning_rate", "fast", "'fast' is not a number. Give a number."),
            ("training.optimizer.beta1", 1, "1 is too large. It has to be below 1."),
            ("training.optimizer.weight_decay", -0.1, "-0.1 is too small. The least is 0."),
            ("training.label_smoothing", 1.0, "1.0 is too large. It has to be below 1."),
            ("training.shuffle", "yes", "'yes' is neither true nor false. Write true."),
            ("training.device", "tpu", "'tpu' is not a choice. Use 'auto', 'cpu', 'cuda' or 'mps'."),
            ("training.optimizer", 5, "5 is not a group of settings. Give an object."),
            ("training", [], "[] is not a group of settings. Give an object in curly brackets."),
            ("training.augmentation.shift", 9, "9 is too large. The most is 8."),
            ("architecture.layers", [{"kind": "conv"}] * 25, "25 entries are too many. The most is 24."),
            ("architecture.layers", "conv", "'conv' is not a list. Give a list in square brackets."),
            ("architecture.layers.0", {}, "it does not say what it is. Set 'kind'."),
            ("architecture.layers.0.channels", 4097, "4097 is too large. The most is 4,096."),
            ("architecture.layers.0.padding", 15, '15 is no padding. Use 0 to 14 pixels, or "same".'),
            ("architecture.layers.0.padding", "valid", "'valid' is no padding. Use 0 to 14 pixels, or \"same\"."),
            ("architecture.layers.0.dropout", 1, "1 is too large. It has to be below 1."),
            ("architecture.hidden.0.units", 65_537, "65537 is too large. The most is 65,536."),
            ("data.fraction", 0, "0 is too small. It has to be above 0."),
            ("data.colour", 1, "there is no such setting. Remove it, or look for a misspelling."),
            (
                "architecture.layers.0.filters",
                1,
                "there is no such setting. Remove it, or look for a misspelling.",
            ),
            ("schema_version", 0, "0 is not a choice. Use 1."),
        ],
    )
    def test_each_has_its_sentence(self, path: str, value: Any, sentence: str) -> None:
        assert complaint(**{path: value}) == f"{path}: {sentence}"

    @pytest.mark.parametrize("family", ["optimizer", "schedule"])
    def test_an_unknown_variant_lists_the_known(self, family: str) -> None:
        said = complaint(**{f"training.{family}.name": "x"})
        assert said.startswith(f"training.{family}: 'x' is not a choice.")
        assert all(tag in said for tag in VARIANTS[family].tags)

    def test_several_faults_are_all_named(self) -> None:
        said = complaint(**{"training.epochs": 0, "data.fraction": 2})
        assert "training.epochs: 0" in said
        assert "data.fraction: 2" in said

    @pytest.mark.parametrize("path", paths(SHAKEN.model_dump(mode="json")))
    def test_no_value_anywhere_speaks_of_the_machinery(self, path: str) -> None:
        for value in NASTY:
            said = ""
            try:
                accepted = SHAKEN.changed({path: value})
            except ExperimentError as error:
                said = str(error)
            else:
                assert again(accepted) == accepted
            assert not NOT_FOR_PEOPLE.search(said)
            assert len(said) < 600


class TestNotAnExperimentAtAll:
    @pytest.mark.parametrize("document", [None, [], 5, "x", math.nan, {1: 2}, {"a": {1, 2}}])
    def test_it_is_refused_in_a_sentence(self, document: object) -> None:
        with pytest.raises(ExperimentError) as caught:
            Experiment.parse(document)
        assert not NOT_FOR_PEOPLE.search(str(caught.value))

    def test_a_document_a_hundred_thousand_levels_deep(self) -> None:
        document: list[Any] = []
        for _ in range(100_000):
            document = [document]
        with pytest.raises(ExperimentError, match="recursion"):
            Experiment.parse(document)

    def test_one_that_contains_itself(self) -> None:
        document: dict[str, Any] = {}
        document["training"] = document
        with pytest.raises(ExperimentError, match="Circular"):
            Experiment.parse(document)

    @pytest.mark.parametrize("version", [2, 10**20])
    def test_a_newer_schema_says_what_to_do(self, version: int) -> None:
        with pytest.raises(ExperimentError, match=f"version {version}.*Update the playground"):
            Experiment.parse({"schema_version": version, "whatever": 1})


class TestContradictions:
    def test_batch_norm_needs_two_images(self) -> None:
        assert "Raise training.batch_size, or switch batch norm off" in complaint(**{"training.batch_size": 1})

    @pytest.mark.parametrize("readout", ["average", "maximum"])
    def test_a_readout_of_the_bare_image(self, readout: str) -> None:
        said = complaint(**{"architecture.layers": [], "architecture.readout": readout})
        assert said.startswith(f'architecture: readout "{readout}"')
        assert 'set readout to "flatten"' in said

    def test_an_even_kernel_in_a_residual_block(self) -> None:
        assert "4 is even. Use 3 or 5." in complaint(**{"architecture.layers.1.kernel": 4})

    @pytest.mark.parametrize("milestones", [[3, 2], [2, 2, 3]])
    def test_milestones_out_of_order(self, milestones: list[int]) -> None:
        said = complaint(**{"training.schedule": {"name": "steps", "milestones": milestones}})
        assert said.endswith("Use [2, 3].")


class TestChanged:
    def test_nothing_changes_nothing(self) -> None:
        assert BASE.changed({}) == BASE

    def test_the_original_stays(self) -> None:
        before = BASE.model_dump_json()
        BASE.changed({"architecture.layers.0.channels": 99, "training.epochs": 9})
        assert BASE.model_dump_json() == before

    @pytest.mark.parametrize("family", ["optimizer", "schedule"])
    def test_every_variant_can_become_every_other(self, family: str) -> None:
        for one in VARIANTS[family].tags:
            for other in VARIANTS[family].tags:
                first = BASE.changed({f"training.{family}.name": one})
                second = first.changed({f"training.{family}.name": other})
                assert getattr(second.training, family).name == other

    def test_what_means_the_same_is_kept(self) -> None:
        slow = BASE.changed({"training.optimizer.learning_rate": 0.007, "training.optimizer.weight_decay": 0.5})
        sgd = slow.changed({"training.optimizer.name": "sgd"}).training.optimizer
        assert (sgd.learning_rate, sgd.weight_decay) == (0.007, 0.5)

    def test_what_the_new_one_does_not_admit_takes_its_default(self) -> None:
        rmsprop = BASE.changed({"training.optimizer.name": "rmsprop"})  # momentum 0, which Nesterov cannot have
        nesterov = rmsprop.changed({"training.optimizer.name": "nesterov"}).training.optimizer
        assert nesterov.momentum == 0.9  # type: ignore[union-attr]
        even = BASE.changed({"architecture.layers.0.kernel": 4})
        assert even.changed({"architecture.layers.0.kind": "residual"}).architecture.layers[0].kernel == 3

    def test_a_variant_and_its_fields_come_in_any_order(self) -> None:
        changes = {"training.optimizer.momentum": 0.8, "training.optimizer.name": "momentum"}
        backwards = dict(reversed(changes.items()))
        assert BASE.changed(changes) == BASE.changed(backwards)
        assert BASE.changed(changes).training.optimizer.momentum == 0.8  # type: ignore[union-attr]

    def test_a_field_that_the_new_variant_lacks_is_named(self) -> None:
        said = complaint(**{"training.optimizer.beta1": 0.5, "training.optimizer.name": "sgd"})
        assert said.startswith("training.optimizer.beta1: there is no such setting.")

    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("a.b", '"a" is none of schema_version, architecture, training, data'),
            ("training.optimiser.name", '"optimiser" is none of optimizer, schedule'),
            ("training.epochs.x", '"epochs" has nothing inside it'),
            ("training.epochs.x.y", 'there is nothing that "x" could be in'),
            ("architecture.layers.2.kernel", '"2" is not a position from 0 to 1'),
            ("architecture.layers.-1.kernel", '"-1" is not a position from 0 to 1'),
            ("architecture.layers.²", '"²" is not a position from 0 to 1'),
            ("architecture.layers." + "9" * 5000, "is not a position from 0 to 1"),
        ],
    )
    def test_a_path_that_is_not_there(self, path: str, reason: str) -> None:
        assert reason in complaint(**{path: 1})

    def test_a_position_in_an_empty_list(self) -> None:
        with pytest.raises(ExperimentError, match="this list is empty"):
            TINY.changed({"architecture.hidden.0.units": 3})

    def test_an_empty_path(self) -> None:
        assert "there is no such setting" in complaint(**{"": 1})

    def test_retagged_keeps_only_what_is_known(self) -> None:
        steps = {"name": "steps", "milestones": [1], "final": 0.5}
        assert SCHEDULES.retagged(steps, "cosine") == {"name": "cosine", "final": 0.5}
        assert SCHEDULES.retagged(steps, "zigzag") == {**steps, "name": "zigzag"}


class TestRegistriesAgree:
    def test_with_the_choices(self) -> None:
        assert tuple(modules.ACTIVATIONS) == get_args(Activation)
        assert tuple(modules.POOLS) == get_args(Pool)
        assert tuple(build.READOUTS) == get_args(Readout)
