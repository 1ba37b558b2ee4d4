"""How much work PostgreSQL has with a transfer, against pgbench's well-known one."""
