"""Today with tasks, warnings and next actions; also hubs, Me, the scan box and the health check."""
