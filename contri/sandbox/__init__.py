"""The pretend outside world: Paystack, Smile ID and a mail server, over real HTTP and SMTP, on this machine only.

It stands for other companies' servers, so it imports nothing of Contri and Contri imports nothing of it: the two
meet on a socket. See README.md beside this file.
"""
