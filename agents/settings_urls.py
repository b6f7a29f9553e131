"""The addresses below /settings/. Who may open what is said at each view (agents/access.py)."""

from __future__ import annotations

from django.urls import path

from agents.views import account, exports, imports
from agents.views.settings import (
    agents,
    api,
    audit,
    channels,
    fields,
    home,
    places,
    profile,
    repairs,
    sent,
    teams,
    texts,
)

urlpatterns = [
    path("", home.home, name="settings"),
    path("profile/", profile.profile, name="settings-profile"),
    path("profile/password/", account.password, name="settings-password"),
    path("channels/", channels.channels, name="settings-channels"),
    path("channels/add/", channels.choose, name="settings-channel-kinds"),
    path("channels/add/<slug:kind>/", channels.add, name="settings-channel-add"),
    path("channels/<int:pk>/check/", channels.check, name="settings-channel-check"),
    path("channels/<int:pk>/state/", channels.state, name="settings-channel-state"),
    path("channels/<int:pk>/templates/", repairs.ask_templates, name="settings-channel-templates"),
    path("channels/<int:pk>/sent/", sent.sent, name="settings-channel-sent"),
    path("agents/", agents.agents, name="settings-agents"),
    path("agents/invite/", agents.invite, name="settings-invite"),
    path("agents/<int:pk>/", agents.agent, name="settings-agent"),
    path("agents/<int:pk>/active/", agents.active, name="settings-agent-active"),
    path("agents/<int:pk>/invite/", agents.invite_again, name="settings-agent-invite"),
    path("teams/", teams.teams, name="settings-teams"),
    path("teams/new/", teams.team, name="settings-team-new"),
    path("teams/<int:pk>/", teams.team, name="settings-team"),
    path("places/", places.places, name="settings-places"),
    path("places/new/", places.place, name="settings-place-new"),
    path("places/<int:pk>/", places.place, name="settings-place"),
    path("desks/", teams.desks, name="settings-desks"),
    path("desks/new/", teams.desk, name="settings-desk-new"),
    path("desks/<int:pk>/", teams.desk, name="settings-desk"),
    path("replies/", texts.replies, name="settings-replies"),
    path("replies/new/", texts.reply, name="settings-reply-new"),
    path("replies/preview/", texts.preview, name="settings-reply-preview"),
    path("replies/<int:pk>/", texts.reply, name="settings-reply"),
    path("replies/<int:pk>/delete/", texts.delete_reply, name="settings-reply-delete"),
    path("tags/", texts.tags, name="settings-tags"),
    path("tags/new/", texts.tag, name="settings-tag-new"),
    path("tags/<int:pk>/", texts.tag, name="settings-tag"),
    path("tags/<int:pk>/delete/", texts.delete_tag, name="settings-tag-delete"),
    path("fields/", fields.fields, name="settings-fields"),
    path("fields/new/", fields.field, name="settings-field-new"),
    path("fields/<int:pk>/", fields.field, name="settings-field"),
    path("fields/<int:pk>/move/", fields.move, name="settings-field-move"),
    path("fields/<int:pk>/delete/", fields.delete, name="settings-field-delete"),
    path("api/", api.api, name="settings-api"),
    path("api/new/", api.new, name="settings-api-new"),
    path("api/<int:pk>/revoke/", api.revoke, name="settings-api-revoke"),
    path("audit/", audit.log, name="settings-audit"),
    path("imports/", imports.imports, name="settings-imports"),
    path("imports/<int:pk>/", imports.one, name="settings-import"),
    path("imports/<int:pk>/columns/", imports.columns, name="settings-import-columns"),
    path("imports/<int:pk>/progress/", imports.progress, name="settings-import-progress"),
    path("imports/<int:pk>/rows.csv", imports.problems, name="settings-import-rows"),
    *(
        path(f"imports/<int:pk>/{name}/", imports.verb, {"name": name}, name=f"settings-import-{name}")
        for name in ("run", "cancel", "undo")
    ),
    path("export/customers/", exports.customers, name="export-customers"),
    *(
        path(f"export/customers/<int:pk>/{what}/", exports.customer, {"what": what}, name=f"export-{what}")
        for what in ("touchpoints", "messages")
    ),
]
