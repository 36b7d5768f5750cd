"""The periodic work, done in this process."""

from webapp.kernel import jobs


def run_due(at):
    """What is due, one job after the other; gives (name, what it said)."""
    return [(job.name, jobs.run(job, at)) for job in jobs.claim_due(at)]
