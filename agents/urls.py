"""The agents' addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from agents.live import views as live
from agents.views import (
    account,
    attributes,
    composer,
    consents,
    customers,
    files,
    inbox,
    marks,
    matter,
    me,
    messages,
    search,
    shop,
    thread,
    verbs,
    writing,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", inbox.home, name="home"),
    path("login/", account.login, name="login"),
    path("logout/", account.logout, name="logout"),
    path("forgotten/", account.forgotten, name="forgotten"),
    path("forgotten/sent/", account.sent, name="forgotten-sent"),
    path("reset/<str:uidb64>/<str:token>/", account.reset, name="reset"),
    path("invited/<str:uidb64>/<str:token>/", account.invited, name="invited"),
    path("settings/", include("agents.settings_urls")),
    path("shop/", include("agents.shop_urls")),
    path("style/<slug:digest>.css", files.style, name="stylesheet"),
    path("inbox/<slug:slug>/", inbox.inbox, name="inbox"),
    path("inbox/<slug:slug>/rows/", inbox.rows, name="rows"),
    path("counts/", inbox.counts, name="counts"),
    path("conversations/<int:pk>/", thread.conversation, name="conversation"),
    path("conversations/<int:pk>/entries/", thread.entries, name="entries"),
    path("conversations/<int:pk>/read/", thread.read, name="read"),
    path("conversations/<int:pk>/menu/", matter.menu, name="conversation-menu"),
    *(
        path(f"conversations/<int:pk>/{name}/", verbs.verb, {"name": name}, name=name)
        for name in ("assign", "tag", "snooze", "resolve", "reopen", "priority", "spam")
    ),
    path("conversations/<int:pk>/send/", composer.send, name="send"),
    path("conversations/<int:pk>/draft/", writing.draft, name="draft"),
    path("conversations/<int:pk>/upload/", writing.upload, name="upload"),
    path("conversations/<int:pk>/saved-replies/", writing.saved, name="saved-replies"),
    path("conversations/<int:pk>/people/", writing.people, name="people"),
    path("bulk/", verbs.bulk, name="bulk"),
    path("bulk/<slug:name>/", verbs.bulk_menu, name="bulk-menu"),
    path("undo/", verbs.undo_last, name="undo"),
    path("messages/<int:pk>/menu/", messages.menu, name="message-menu"),
    path("messages/<int:pk>/html/", messages.html, name="message-html"),
    path("messages/<int:pk>/original/", messages.original, name="message-original"),
    path("messages/<int:pk>/cancel/", composer.cancel, name="message-cancel"),
    path("messages/<int:pk>/retry/", composer.retry, name="message-retry"),
    path("files/<str:public_id>/", files.file, name="file"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/fields/<slug:key>/", attributes.attribute, name="customer-field"),
    path("customers/<int:pk>/mark/", marks.mark, name="customer-mark"),
    path("customers/<int:pk>/consents/", consents.consents, name="customer-consents"),
    path("customers/<int:pk>/edit/", customers.edit, name="customer-edit"),
    path("customers/<int:pk>/qr.svg", shop.profile_code, name="customer-qr"),
    path("live/since/", live.since, name="live-since"),
    path("live/entries/", live.entries, name="live-entries"),
    path("live/around/<int:pk>/", live.around, name="live-around"),
    path("live/matters-now/<int:pk>/", live.matters_now, name="live-matters-now"),
    path("search/", search.search, name="search"),
    path("palette/", search.palette, name="palette"),
    path("me/presence/", me.presence, name="presence"),
    path("me/theme/", me.theme, name="theme"),
]
