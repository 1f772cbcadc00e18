"""What a dataset asks of an object store: requests by operation, for committing, compacting, finishing, resuming and verifying.

    python -m benchmarks.object_store [images]

Against moto's S3 server in this process, with six small files an image and the usual thousand images a shard. Needs the
packages of the extra `dev`.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import orjson
from aiobotocore.client import AioBaseClient
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from benchmarks.records import record_maker
from generator.dataset import DatasetFacts, Store, compact_complete, finish, open_store
from generator.verification import verify

FACTS = DatasetFacts("benchmark", 0, ("car",), ("sky", "object"), {}, {}, None)
URL = "s3://benchmark/dataset"
_RECORD = record_maker(instances=0)
_PNG = cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1].tobytes()


def main(images: int) -> None:
    counts: Counter[str] = Counter()
    _count_into(counts)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ |= {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    import s3fs

    s3fs.S3FileSystem().mkdir("benchmark")
    with contextlib.ExitStack() as stack:
        store = _counted(counts, images, "open", lambda: stack.enter_context(open_store(URL, {"images": images})))
        _counted(counts, images, "commit", lambda: [_commit(store, index) for index in range(images)])
        _counted(counts, images, "compact", lambda: compact_complete(store))
        _counted(counts, images, "finish", lambda: finish(store, FACTS))
        _counted(counts, images, "resume", store.done_indices)
    _counted(counts, images, "verify", lambda: verify(URL))
    server.stop()


def _commit(store: Store, index: int) -> None:
    record = orjson.loads(_RECORD(index))
    paths = record["image"]["files"]
    files = dict.fromkeys(paths.values(), _PNG)
    record["image"]["sha256"] = dict.fromkeys(paths, hashlib.sha256(_PNG).hexdigest())
    store.commit(index, files, record)


def _count_into(counts: Counter[str]) -> None:
    original = AioBaseClient._make_api_call

    async def counted(self: Any, operation_name: str, api_params: Any) -> Any:
        counts[operation_name] += 1
        return await original(self, operation_name, api_params)

    AioBaseClient._make_api_call = counted


def _counted[T](counts: Counter[str], images: int, name: str, action: Callable[[], T]) -> T:
    counts.clear()
    result = action()
    print(f"{name}: {counts.total() / images:.3f} requests an image ({dict(counts)})", flush=True)
    return result


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
