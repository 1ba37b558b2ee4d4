"""Money, as staff see it: everything can be looked at, nothing can be typed into."""

from wallets.admin import coming_in as coming_in
from wallets.admin import disputes as disputes
from wallets.admin import going_out as going_out
from wallets.admin import ledger as ledger
from wallets.admin import reconciliation as reconciliation
from wallets.admin import suspense as suspense
from wallets.admin import wallets as wallets
