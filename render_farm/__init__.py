"""Turns a job (grammar, seed, image range) into a finished dataset: a supervisor a worker, a bpy child process each."""
