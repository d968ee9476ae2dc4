"""What a makerspace is helped with (articles 14–17): facilities, mentors, financing, priority."""
