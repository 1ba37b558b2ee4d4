"""Everything that the pretend companies remember."""

from contri.sandbox.models.flutterwave import FlutterwavePayment, FlutterwaveTransfer
from contri.sandbox.models.paystack import (
    Authorization,
    BankAccount,
    Customer,
    Dispute,
    DisputeFile,
    Recipient,
    Refund,
    Transaction,
    Transfer,
)
from contri.sandbox.models.phone import PhonePush
from contri.sandbox.models.smileid import SmileJob
from contri.sandbox.models.world import Activity, Delivery, Fault, Mail

__all__ = [
    "Activity",
    "Authorization",
    "BankAccount",
    "Customer",
    "Delivery",
    "Dispute",
    "DisputeFile",
    "Fault",
    "FlutterwavePayment",
    "FlutterwaveTransfer",
    "Mail",
    "PhonePush",
    "Recipient",
    "Refund",
    "SmileJob",
    "Transaction",
    "Transfer",
]
