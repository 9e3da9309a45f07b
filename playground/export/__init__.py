"""A run as a script, as ONNX, and as a zip that another playground imports."""
