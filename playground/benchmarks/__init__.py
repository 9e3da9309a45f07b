"""How fast the engine is beside the loops of others."""
