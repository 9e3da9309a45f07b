"""Fashion-MNIST as tensors, and garments drawn at random."""
