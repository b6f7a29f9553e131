"""Getting in and out: login and logout. What agents change of themselves is in settings."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView


class Login(LoginView):
    """By e-mail address and password."""

    template_name = "agents/login.html"
    redirect_authenticated_user = True


login = Login.as_view()
logout = LogoutView.as_view(next_page="login")
