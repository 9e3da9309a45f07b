"""Alternatives behind one field of a document, such as the optimizers: who they are, and how one is chosen."""

from __future__ import annotations

import inspect
import json
from functools import cached_property
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union

from pydantic import (
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from playground.experiment.base import Frozen


class Variant(Frozen):
    """One of several alternatives. Its first field is its tag: what it is called in a document."""

    title: ClassVar[str]
    """What it is called on the screen."""

    @classmethod
    def tag(cls) -> str:
        """What it is called in a document."""
        return str(next(iter(cls.model_fields.values())).default)

    @classmethod
    def explanation(cls) -> str:
        """A sentence about it: the first paragraph of its docstring."""
        return inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " ")


V = TypeVar("V", bound=Variant)
M = TypeVar("M", bound=Frozen)


class Registry(Generic[V]):
    """The alternatives behind a field, in the order of a form.

    It stands among the annotations of the field, `Annotated[Optimizer, OPTIMIZERS]`, and is asked whenever a value
    is validated: what was added counts from then on.
    """

    def __init__(self, key: str, *members: type[V]) -> None:
        self.key = key
        """The field that has the tag."""
        self.members: tuple[type[V], ...] = members

    @property
    def tags(self) -> tuple[str, ...]:
        """What the members are called in a document."""
        return tuple(member.tag() for member in self.members)

    def find(self, tag: object) -> type[V] | None:
        """The member that is called so, or None."""
        return next((member for member in self.members if member.tag() == tag), None)

    def title(self, tag: str) -> str:
        """What the member of this tag is called on the screen; the tag if there is none."""
        found = self.find(tag)
        return found.title if found else tag

    def add(self, member: type[V]) -> None:
        """One more alternative, behind the others.

        Raises:
            ValueError: Another has its tag.
        """
        if member.tag() in self.tags:
            raise ValueError(f"there is a {member.tag()} already")
        self._change(*self.members, member)

    def remove(self, member: type[V]) -> None:
        """One alternative less."""
        self._change(*(each for each in self.members if each is not member))

    def _change(self, *members: type[V]) -> None:
        self.members = members
        self.__dict__.pop("_adapter", None)

    def retagged(self, document: dict[str, Any], tag: str) -> dict[str, Any]:
        """The document as another member: the tag replaced, and what the new member does not admit dropped."""
        chosen = self.find(tag)
        if chosen is None:
            return {**document, self.key: tag}
        return {**{k: v for k, v in document.items() if k != self.key and _admits(chosen, k, v)}, self.key: tag}

    @cached_property
    def _adapter(self) -> TypeAdapter[V]:
        one_of: Any = Union[self.members]  # noqa: UP007  # known only now
        return TypeAdapter(Annotated[one_of, Field(discriminator=self.key)])

    def _validated(self, value: Any, info: ValidationInfo) -> V:
        return _validate(self._adapter, value, info)  # type: ignore[no-any-return]

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(self._adapter.core_schema)


class Extensible(Generic[M]):
    """The model behind a field, which may be exchanged for one with more settings: a class made of it.

    It stands among the annotations of the field, and is asked whenever a value is validated.
    """

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self._least = model

    def extend(self, model: type[M]) -> None:
        """Have the settings of this model from now on.

        Raises:
            TypeError: It lacks those that there were at first.
        """
        if not issubclass(model, self._least):
            raise TypeError(f"{model.__name__} is no {self._least.__name__}")
        self.model = model

    def _validated(self, value: Any, info: ValidationInfo) -> M:
        if isinstance(value, self._least):
            return value
        return _validate(self.model.__pydantic_validator__, value, info)  # type: ignore[no-any-return]

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(
            core_schema.chain_schema([self.model.__pydantic_core_schema__])
        )  # in a chain it is referred to


def _validate(validator: Any, value: Any, info: ValidationInfo) -> Any:
    """What stands in JSON is validated as JSON, where a list is a tuple."""
    if info.mode == "json":
        return validator.validate_json(json.dumps(value))
    return validator.validate_python(value)


def _admits(model: type[Frozen], field: str, value: Any) -> bool:
    try:
        model.model_validate_json(json.dumps({field: value}))
    except ValidationError:
        return False
    return True
