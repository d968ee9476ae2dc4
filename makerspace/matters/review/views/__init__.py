"""The pages of this room that need more than the usual page of an act."""
