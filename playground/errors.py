"""Everything that can go wrong in a way a person can mend.

PlaygroundError
 +-- ExperimentError      a setting that cannot be, or contradicts another
 |    +-- ArchitectureError   layers that do not fit together, or are too large
 +-- DataError            a data source that is missing or damaged
 +-- PictureError         a picture that cannot be read
 +-- PinError             a picture that cannot be pinned or unpinned
 +-- SettingsError        an environment variable with a value that cannot be
 +-- RunError             a run that is not there, or cannot do what was asked
 |    +-- RunNotFoundError
 +-- PyTorchError         PyTorch is not installed, or cannot be loaded

Every message is a sentence or two for the person at the screen: the value, the reason, the remedy.
"""


class PlaygroundError(Exception):
    """Root of all errors that are shown to a person as they are, without a traceback."""


class ExperimentError(PlaygroundError):
    """A setting of an experiment is out of its range or contradicts another setting."""


class ArchitectureError(ExperimentError):
    """The layers of an architecture do not fit together, or are too large to train."""


class DataError(PlaygroundError):
    """A source of Fashion-MNIST is missing, unreachable or damaged."""


class PictureError(PlaygroundError):
    """A picture is of a kind or size that is not accepted, or cannot be decoded."""


class PinError(PlaygroundError):
    """A picture cannot be pinned or unpinned."""


class SettingsError(PlaygroundError):
    """An environment variable of the playground has a value that cannot be."""


class RunError(PlaygroundError):
    """A run cannot do what was asked of it."""


class RunNotFoundError(RunError):
    """No run has this name."""


class PyTorchError(PlaygroundError):
    """PyTorch is not installed, or cannot be loaded: nothing can be trained or looked at."""
