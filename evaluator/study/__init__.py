"""Does synthetic data pay: trainings on many mixes, and the tables that answer it."""
