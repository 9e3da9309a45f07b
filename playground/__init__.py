"""A visual playground for small convolutional networks on Fashion-MNIST."""

__version__ = "0.1.0"
