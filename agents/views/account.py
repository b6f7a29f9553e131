"""Getting in and out: login, logout, a forgotten password, an invitation, a new password. Each is limited and audited."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from agents import limits, links
from agents.access import AgentRequest, everybody
from agents.forms import ResetForm
from agents.views.settings import show
from inbox import queueing
from inbox.actions import accounts
from inbox.limits import spend
from inbox.models import Agent


class Login(auth.LoginView):
    """By e-mail address and password. Goes on to ?next= only within our own host."""

    template_name = "agents/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wait = limits.of_login(request, request.POST.get("username", ""))
        return limits.too_many(request, wait) if wait else super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        agent = form.get_user()
        assert isinstance(agent, Agent)
        accounts.logged_in(agent=agent, ip=limits.client(self.request))
        return speaking(answer, agent)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        accounts.login_failed(email=form.data.get("username", ""), ip=limits.client(self.request))
        return super().form_invalid(form)


class Logout(auth.LogoutView):
    """Ends this session; by POST only, so that no picture on another page can do it."""

    http_method_names = ["post"]
    next_page = "login"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, Agent):
            accounts.logged_out(agent=request.user, ip=limits.client(request))
        return super().post(request, *args, **kwargs)


class SetPassword(auth.PasswordResetConfirmView):
    """Where the link of a letter leads. The token moves into the session at once, so that no address holds it any longer."""

    link: links.Link = links.RESET
    template_name = "agents/account/set_password.html"

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.token_generator = self.link
        return super().dispatch(*args, **kwargs)

    def form_valid(self, form: SetPasswordForm[Agent]) -> HttpResponse:
        accounts.set_password(
            agent=form.user,
            password=form.cleaned_data["new_password1"],
            how=self.link.how,
            ip=limits.client(self.request),
        )
        # Whoever was logged in in this browser is not any more.
        self.request.session.flush()
        messages.success(self.request, _("Your password is set. Log in with it."))
        return redirect("login")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "how": self.link.how}


login = method_decorator(sensitive_post_parameters(), name="dispatch")(Login).as_view()
logout = login_not_required(Logout.as_view())
reset = login_not_required(SetPassword.as_view(link=links.RESET))
invited = login_not_required(SetPassword.as_view(link=links.INVITED))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a reset link. The answer, and the work done before it, are the same whether we know the address or not."""
    form = ResetForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "agents/account/forgotten.html", {"form": form})
    email = form.cleaned_data["email"]
    wait = limits.of_reset(request, email)
    if wait:
        return limits.too_many(request, wait)
    agent = Agent.objects.filter(email__iexact=email, is_active=True).first()
    accounts.link_requested(agent=agent, actor=None, how="reset", ip=limits.client(request))
    queueing.after_commit("agents.tasks.send_reset", agent.pk if agent else 0)
    return redirect("forgotten-sent")


@require_safe
@login_not_required
def sent(request: HttpRequest) -> HttpResponse:
    """A link is on its way, if the address is one of ours."""
    return render(request, "agents/account/sent.html")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@everybody
def password(request: AgentRequest) -> HttpResponse:
    """My new password. Every other session of mine ends; this one goes on under a new key."""
    wait = spend(limits.PASSWORDS_OF_AGENT, str(request.user.pk)) if request.method == "POST" else 0
    if wait:
        return limits.too_many(request, wait)
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        back = reverse("settings-profile")
        return show.page(
            request, "password", section="profile", heading=_("New password"), back=back, form=form
        )
    chosen = form.cleaned_data["new_password1"]
    me = accounts.set_password(agent=request.user, password=chosen, how="changed", ip=limits.client(request))
    update_session_auth_hash(request, me)
    messages.success(request, _("Your password is changed. All your other sessions have ended."))
    return redirect("settings-profile")


def speaking(answer: HttpResponse, agent: Agent) -> HttpResponse:
    """Keep the agent's language in this browser, where LocaleMiddleware looks for it."""
    if agent.language:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            agent.language,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=settings.HTTPS,
        )
    else:
        answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return answer
