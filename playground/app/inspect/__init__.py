"""The pages that inspect predictions: confusion, failures, label issues, garments."""
