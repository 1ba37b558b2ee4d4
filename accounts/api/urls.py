"""The paths of accounts, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from accounts.api import dashboard, secrets, sign_in, social, users

urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/signup", sign_in.SignUpView.as_view(), name="signup"),
    path("auth/login", sign_in.LogInView.as_view(), name="login"),
    path("auth/refresh", sign_in.RefreshView.as_view(), name="refresh"),
    path("auth/logout", sign_in.LogOutView.as_view(), name="logout"),
    path("auth/social", social.SocialListView.as_view(), name="social-list"),
    path("auth/social/<str:provider>", social.SocialView.as_view(), name="social"),
    path("auth/sessions", sign_in.SessionListView.as_view(), name="sessions"),
    path("auth/sessions/<uuid:session_id>", sign_in.SessionView.as_view(), name="session"),
    path("auth/email/verify", secrets.EmailVerifyView.as_view(), name="email-verify"),
    path("auth/email/resend", secrets.EmailResendView.as_view(), name="email-resend"),
    path("auth/password/forgot", secrets.PasswordForgotView.as_view(), name="password-forgot"),
    path("auth/password/reset", secrets.PasswordResetView.as_view(), name="password-reset"),
    path("auth/password/change", secrets.PasswordChangeView.as_view(), name="password-change"),
    path("auth/pin", secrets.PinView.as_view(), name="pin"),
    path("auth/pin/forgot", secrets.PinForgotView.as_view(), name="pin-forgot"),
    path("auth/pin/reset", secrets.PinResetView.as_view(), name="pin-reset"),
    path("auth/pin/verify", secrets.PinVerifyView.as_view(), name="pin-verify"),
    path("users/me", users.MeView.as_view(), name="me"),
    path("users/me/export", users.ExportView.as_view(), name="export"),
    path("users/me/kyc", users.KycView.as_view(), name="kyc"),
    path("users/dashboard", dashboard.DashboardView.as_view(), name="dashboard"),
    path("users/lookup", users.LookupView.as_view(), name="lookup"),
]
