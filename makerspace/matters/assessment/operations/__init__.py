"""What may be done to schemes and in assessments: one function an act."""
