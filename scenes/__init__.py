"""Content: one folder a domain, each with the procedural actors of that domain. Pure numpy, never bpy."""
