"""Scenes to pictures by Blender. The only package that imports bpy; `import generator.render` alone does not."""
