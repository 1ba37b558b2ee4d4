"""The pages of accounts, below /."""

from django.urls import URLPattern, path

from accounts.pages import CloseAccountPage, ResetPasswordPage, VerifyEmailPage

urlpatterns: list[URLPattern] = [
    path("verify-email", VerifyEmailPage.as_view(), name="verify-email-page"),
    path("close-account", CloseAccountPage.as_view(), name="close-account-page"),
    path("reset-password", ResetPasswordPage.as_view(), name="reset-password-page"),
]
