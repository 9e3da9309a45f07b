"""What stands around every page: navigation, status, the browser's memory of a tab."""
