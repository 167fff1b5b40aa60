"""What was: files of measured demand, what they tell of handling and patience, and what may come of it."""
