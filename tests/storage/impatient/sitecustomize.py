"""Put first on PYTHONPATH: a client of S3 that gives a request up after a second instead of a minute, so that a short cut is a long one."""

import s3fs

import tests.actors  # noqa: F401

s3fs.S3FileSystem.connect_timeout = 1
s3fs.S3FileSystem.read_timeout = 1
s3fs.S3FileSystem.retries = 1
