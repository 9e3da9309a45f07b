"""What class scores are worth: accuracy, calibration, mistakes, comparisons."""
