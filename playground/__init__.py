"""A visual playground for small convolutional networks on Fashion-MNIST."""

import os

__version__ = "0.1.0"

# PyTorch's threads spin while they wait for each other. As soon as anything else wants a core, a browser for
# instance, that makes training about ten times slower; after a third of a millisecond they sleep. OpenMP reads
# this when torch is first imported, so it has to be said before that.
os.environ.setdefault("GOMP_SPINCOUNT", "6000")
