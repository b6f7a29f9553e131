"""Import: the list, a file's columns, its check, its run, its report, taking it back. For managers and admins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from agents import exports, import_forms, limits
from agents.access import AgentRequest, managers_only
from agents.views.settings import show
from inbox.actions import importing
from inbox.actions.errors import Refused
from inbox.actions.importing import working
from inbox.actions.importing.reading import Row
from inbox.limits import Limit, spend
from inbox.models import Import, ImportRow
from inbox.models.imports import ImportState

UPLOADS_OF_AGENT = Limit("upload-agent", 30, 3600)
LINES = 100
LISTED = 50
_COLUMNS = (ImportState.MAPPING, ImportState.CHECKED)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def imports(request: AgentRequest) -> HttpResponse:
    """The imports so far, and a form for one more."""
    form = import_forms.UploadForm(request.POST or None, request.FILES or None, initial={"kind": "customers"})
    if request.method == "POST":
        if wait := spend(UPLOADS_OF_AGENT, str(request.user.pk)):
            return limits.too_many(request, wait)
        if form.is_valid():
            given = form.cleaned_data["file"]
            try:
                made = importing.create(
                    agent=request.user, kind=form.cleaned_data["kind"], name=given.name, file=given
                )
            except Refused as error:
                form.add_error("file", str(error))
            else:
                return redirect("settings-import", made.pk)
    listed = Import.objects.visible_to(request.user).select_related("by")[:LISTED]
    return show.page(
        request, "imports", section="imports", heading=_("Import and export"), form=form, imports=listed
    )


def _import(request: AgentRequest, pk: int) -> Import:
    """One import, or 404."""
    return get_object_or_404(Import.objects.visible_to(request.user).select_related("by", "blob"), pk=pk)


def _page(request: AgentRequest, template: str, job: Import, **context: object) -> HttpResponse:
    back = reverse("settings-imports")
    return show.page(request, template, section="imports", heading=job.name, back=back, job=job, **context)


@require_safe
@managers_only
def one(request: AgentRequest, pk: int) -> HttpResponse:
    """Where it stands: its columns, its progress, or its report. ?columns=1 goes back to the columns of a checked one."""
    job = _import(request, pk)
    if job.state == ImportState.MAPPING or (job.state == ImportState.CHECKED and "columns" in request.GET):
        return _columns(request, job, import_forms.reading_form(job, request.user))
    lines = ImportRow.objects.filter(file=job, outcome__in=("bad", "kept")).order_by("number")
    kept = lines.filter(outcome="kept")
    listed = kept if job.state == ImportState.UNDONE else lines.filter(outcome="bad")
    return _page(
        request,
        "import",
        job,
        lines=listed[:LINES],
        number=listed.count() if job.state == ImportState.UNDONE else job.bad,
        good=job.created + job.changed,
    )


def _columns(
    request: AgentRequest,
    job: Import,
    form: import_forms.CustomersForm | import_forms.TouchpointsForm,
    *,
    mapping: dict[str, list[int]] | None = None,
    problem: str = "",
) -> HttpResponse:
    header: Sequence[str] = ()
    rows: Sequence[Row] = ()
    try:
        header, rows = importing.preview(job)
    except Refused as error:
        problem = problem or str(error)
    chosen = {place: name for name, places in (mapping or job.mapping).items() for place in places}
    columns = [
        (
            place,
            name,
            chosen.get(place, ""),
            [row.cells[place] if place < len(row.cells) else "" for row in rows],
        )
        for place, name in enumerate(header)
    ]
    written = import_forms.WrittenForm(initial=job.options)
    choices = import_forms.choices(job)
    return _page(
        request, "import_columns", job, form=form, written=written, columns=columns, choices=choices, problem=problem
    )  # fmt: skip


@require_POST
@managers_only
def columns(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep what the columns are, and check the file; or read it in another character set."""
    job = _import(request, pk)
    try:
        if "reread" in request.POST:
            given = request.POST
            importing.reread(
                import_id=pk, charset=given.get("charset", ""), delimiter=given.get("delimiter", "")
            )
            return redirect("settings-import", pk)
    except Refused as error:
        return _columns(request, job, import_forms.reading_form(job, request.user), problem=str(error))
    form = import_forms.reading_form(job, request.user, request.POST)
    mapping = import_forms.mapping_of(request.POST)
    if not form.is_valid():
        return _columns(request, job, form, mapping=mapping)
    try:
        importing.configure(
            agent=request.user,
            import_id=pk,
            mapping=mapping,
            options={"verified": False, **form.cleaned_data},
        )
        importing.check(agent=request.user, import_id=pk)
    except Refused as error:
        return _columns(request, job, form, mapping=mapping, problem=str(error))
    return redirect("settings-import", pk)


@require_POST
@managers_only
def verb(request: AgentRequest, pk: int, name: str) -> HttpResponse:
    """Run it, stop it, or take it back."""
    job = _import(request, pk)
    actions = {"run": importing.run, "cancel": importing.cancel, "undo": importing.undo}
    try:
        left = actions[name](agent=request.user, import_id=job.pk)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("settings-import", pk)
    if left is None:
        messages.success(request, _("Thrown away"))
        return redirect("settings-imports")
    return redirect("settings-import", pk)


@require_safe
@managers_only
def progress(request: AgentRequest, pk: int) -> HttpResponse:
    """How far it is; the page asks every second, and is opened anew when it is over."""
    job = _import(request, pk)
    if not job.under_way:
        return HttpResponseClientRefresh()
    return render(request, "agents/settings/_import_progress.html", {"job": job})


@require_safe
@managers_only
def problems(request: AgentRequest, pk: int) -> HttpResponseBase:
    """The rows that were not taken in (or could not be taken back), each as it was in the file, to be mended and uploaded again."""
    job = _import(request, pk)
    try:
        importing.preview(job, rows=0)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("settings-import", pk)
    return exports.answer(_problems(job), f"import-{job.pk}-rows")


def _problems(job: Import) -> Iterator[Sequence[str]]:
    outcome = "kept" if job.state == ImportState.UNDONE else "bad"
    lines = ImportRow.objects.filter(file=job, outcome=outcome).order_by("number")
    reasons = lines.values_list("number", "reason").iterator(chunk_size=1000)
    wanted = next(reasons, None)
    with working.source(job) as source:
        for row in source:
            if row.number == 1:
                yield [_("Row"), _("Reason"), *row.cells]
            elif wanted and row.number == wanted[0]:
                yield [str(wanted[0]), wanted[1], *row.cells]
                wanted = next(reasons, None)
            if wanted is None:
                return
