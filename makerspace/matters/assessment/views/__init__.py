"""Pages of schemes and assessments."""
