"""What `make run` and `make test` stand on: embedded servers, local secrets, a complete environment, a supervisor.

Plain Python: nothing here imports Django or an app, because all of it runs before Django can be configured.
"""
