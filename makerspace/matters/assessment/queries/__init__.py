"""What may be read of schemes and assessments, and by whom."""
