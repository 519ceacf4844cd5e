"""What happens: every core, faulty or done well."""

from . import awaiting, blocking, handing, loops, losing, old, protocols, sharing, tasks

CORES = [
    *loops.CORES, *losing.CORES, *blocking.CORES, *tasks.CORES,
    *awaiting.CORES, *handing.CORES, *sharing.CORES, *old.CORES, *protocols.CORES,
]
