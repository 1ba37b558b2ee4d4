from django.urls import URLPattern, URLResolver, path

from wallets.api import bank_views, card_views, statement_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("wallet", views.WalletView.as_view()),
    path("wallet/transactions", views.TransactionListView.as_view()),
    path("wallet/transactions/<uuid:pk>", views.TransactionView.as_view()),
    path("wallet/statement", statement_views.StatementView.as_view()),
    path("wallet/deposit", views.DepositView.as_view()),
    path("wallet/withdraw", views.WithdrawalView.as_view()),
    path("wallet/transfer", views.TransferView.as_view()),
    path("cards", card_views.CardListView.as_view()),
    path("cards/link", card_views.CardLinkView.as_view()),
    path("cards/<uuid:pk>", card_views.CardView.as_view()),
    path("cards/<uuid:pk>/default", card_views.DefaultCardView.as_view()),
    path("banks", bank_views.BankAccountListView.as_view()),
    path("banks/directory", bank_views.BankDirectoryView.as_view()),
    path("banks/resolve", bank_views.ResolveView.as_view()),
    path("banks/<uuid:pk>", bank_views.BankAccountView.as_view()),
    path("banks/<uuid:pk>/primary", bank_views.PrimaryBankAccountView.as_view()),
]
