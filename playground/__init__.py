"""A visual playground for small convolutional networks on Fashion-MNIST."""

import logging
import os

__version__ = "0.1.0"

# PyTorch's threads spin while they wait for each other. As soon as anything else wants a core, a browser for
# instance, that makes training about ten times slower; after a third of a millisecond they sleep. OpenMP reads
# this when torch is first imported, so it has to be said before that.
os.environ.setdefault("GOMP_SPINCOUNT", "6000")

# What libraries have to say to those who program with them goes to the log "py.warnings", not to the person who
# trains: whatever that person can do something about is said in sentences of ours. PyTorch reads the level, too,
# when it is first imported.
logging.captureWarnings(True)
os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
