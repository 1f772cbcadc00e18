"""People: bodies of every age and build, poses, clothes, hair, things they carry."""
