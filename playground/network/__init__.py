"""From an architecture to a PyTorch network: its plan, its construction, its fast kernels."""
