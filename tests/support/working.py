"""The periodic work, done in this process."""

from webapp.kernel import jobs


def run_due(at):
    """Run the due jobs in sequence; returns (name, result) pairs."""
    return [(job.name, jobs.run(job, at)) for job in jobs.claim_due(at)]
