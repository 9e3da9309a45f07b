"""Scripts for who works on the playground: making what comes with it, and measuring."""
