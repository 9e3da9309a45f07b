"""What goes on inside a network, for one set of weights and some images."""
