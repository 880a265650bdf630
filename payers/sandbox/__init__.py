"""A clearinghouse and its payers for demo and tests: files in, files out, nothing else."""
