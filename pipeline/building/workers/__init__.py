"""Workers: takes the address of a Ray cluster, gives machines that embed a catalogue's shards.

Ray's tasks, and neither its actors nor Ray Data: the unit of work is the shard that a build writes
anyhow, so that the same files come out, an interrupted build goes on from them, and whatever worker
is lost, Ray gives its shard to another. Tasks wait for a free processor, so that a pool that takes
every one of them cannot hang, as Ray Data does there, and machines that join later are used.
"""

from pipeline.building.workers.cluster import open_workers

__all__ = ["open_workers"]
