"""What the staff desk asks every app: each names its own queues, figures and traces in `AppConfig.ready()`.

The desk itself (contri.desk) stands on top and knows no table; an app says here what staff should see of it.
"""
