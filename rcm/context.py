"""What base.html needs on every page: navigation by role, practice, person, running jobs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string

from rcm import access
from rcm.counting import count_all
from rcm.models import Job

# Label, url name, icon, capability, key after "g", each once for any role ("g p" switches the
# practice); a page that another one leads to may have none.
# Groups as in the sidebar.
NAVIGATION: list[tuple[str, list[tuple[str, str, str, str, str]]]] = [
    (
        "My work",
        [
            ("Home", "home", "inbox", "", "h"),
            ("Questions to me", "query_inbox", "mail-question-mark", "inbox.view", "9"),
            ("My visits", "my_visits", "stethoscope", "inbox.view", "7"),
        ],
    ),
    (
        "Coding",
        [
            ("Coder queue", "coder_queue", "file-text", "coding.view", "c"),
            ("Intake", "intake", "folder-input", "coding.view", "5"),
            ("Queue board", "coding_board", "square-kanban", "coding.assign", "4"),
            ("Returned work", "returned_tasks", "undo-2", "coding.view", "b"),
            ("Queries", "sent_queries", "message-circle-question-mark", "coding.view", "8"),
            ("My audits", "my_audits", "user-check", "coding.work", "7"),
            ("Coding audits", "audits", "clipboard-list", "quality.view", "6"),
            ("Productivity", "productivity", "gauge", "coding.work", "9"),
            ("Credentials", "credentials", "award", "quality.view", "0"),
            ("Code book", "code_book", "book-open", "coding.view", ""),
        ],
    ),
    (
        "Billing",
        [
            ("Charge review", "charge_reviews", "clipboard-check", "billing.view", "i"),
            ("Eligibility", "eligibility", "badge-check", "billing.view", "q"),
            ("Claims", "claims", "receipt-text", "billing.view", "l"),
            ("Scrub worklist", "scrub_worklist", "shield-check", "billing.view", "s"),
            ("Batches", "batches", "send", "billing.view", "a"),
            ("Authorizations", "authorizations", "stamp", "billing.view", "z"),
            ("Claim status", "status_inquiries", "radar", "billing.view", "g"),
            ("Acknowledgments", "acknowledgments", "mail-check", "billing.view", "w"),
        ],
    ),
    (
        "Payments",
        [
            ("Remittances", "remittances", "landmark", "billing.view", "r"),
            ("Exceptions", "exceptions", "triangle-alert", "billing.view", "x"),
            ("Payer balances", "payer_balances", "scale", "billing.view", ""),
            ("Unapplied", "unapplied", "circle-question-mark", "billing.view", "n"),
            ("Underpayments", "underpayments", "circle-minus", "billing.view", ""),
            ("Credits", "credits", "hand-coins", "billing.view", "k"),
            ("Manual posting", "manual_batches", "keyboard", "billing.view", "y"),
            ("Next party", "next_parties", "arrow-right", "billing.view", "t"),
            ("Posting rules", "posting_rules", "list-filter", "billing.view", "o"),
            ("Deposits", "deposits", "piggy-bank", "billing.view", "v"),
            ("Files", "files", "folder-open", "billing.view", "e"),
        ],
    ),
    (
        "A/R",
        [
            ("Denials", "denials", "circle-x", "denials.view", "d"),
            ("Follow-up", "follow_up", "phone", "denials.view", "f"),
            ("Patient accounts", "accounts", "users", "billing.view", ""),
            ("Statements", "statements", "mail", "billing.view", ""),
            ("Appeals", "appeals", "gavel", "denials.view", ""),
            ("Learning", "learning", "graduation-cap", "denials.view", ""),
            ("Payer changes", "change_alarms", "siren", "denials.view", ""),
        ],
    ),
    ("Insight", [("Dashboard", "dashboard", "chart-no-axes-column", "dashboard.view", "m")]),
    (
        "Admin",
        [
            ("Payer routes", "routes", "route", "billing.view", "1"),
            ("Contracts", "contracts", "handshake", "billing.view", "2"),
            ("Appeal deadlines", "appeal_terms", "calendar-clock", "denials.view", ""),
            ("Reference tables", "reference_tables", "database", "audit.view", "3"),
            ("Code sets", "code_sets", "library", "coding.view", ""),
            ("Jobs", "jobs", "loader", "billing.view", "j"),
            ("Audit log", "audit", "scroll-text", "audit.view", "u"),
        ],
    ),
]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html; empty for visitors."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": request.COOKIES.get("theme", "auto"), "nav": []}
    membership = getattr(request, "membership", None)
    is_part = bool(getattr(request, "htmx", False))
    return {
        "nav": [] if membership is None or is_part else navigation(request),
        "practice": getattr(request, "practice", None),
        "user_label": str(user),
        "user_initials": user.initials,
        "role_label": membership.get_role_display() if membership else "",
        "theme": user.theme,
        "keys": user.keys,
        "running_jobs": [] if is_part else running_jobs(request),
        "is_demo": settings.IS_DEMO,
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups and items this role may see, with the counts the apps declare."""
    shown = {
        url_name
        for _, entries in NAVIGATION
        for _, url_name, _, capability, _ in entries
        if not capability or access.may(request, capability)
    }
    counts = count_all(
        {
            name: import_string(path)(request)
            for name, path in settings.NAVIGATION_COUNTS
            if name in shown
        }
    )
    groups = []
    for label, entries in NAVIGATION:
        items = [
            {
                "label": text,
                "url": reverse(url_name),
                "icon": icon,
                "key": key,
                "count": counts.get(url_name),
                "is_current": is_current(request, url_name),
            }
            for text, url_name, icon, capability, key in entries
            if url_name in shown
        ]
        if items:
            groups.append({"label": label, "items": items})
    return groups


def is_current(request: HttpRequest, url_name: str) -> bool:
    """Is this the entry of the page? The longest address that fits: one may lie in another."""
    url = reverse(url_name)
    if request.path == url:
        return True
    if url == "/" or not request.path.startswith(url):
        return False
    others = [reverse(name) for _, entries in NAVIGATION for _, name, *_ in entries]
    return not any(len(other) > len(url) and request.path.startswith(other) for other in others)


def running_jobs(request: HttpRequest) -> list[dict[str, Any]]:
    """The two newest unfinished jobs, for those who may open the jobs page."""
    if not access.may(request, "billing.view"):
        return []
    jobs = access.in_practice(request, Job.objects.all())
    return [
        job_card(job) for job in jobs.filter(state__in=["queued", "running"]).order_by("-id")[:2]
    ]


def job_card(job: Job) -> dict[str, Any]:
    """What components/job.html shows; `poll_url` only while it runs."""
    url = reverse("job", args=[job.pk])
    note = job.message or (f"{job.completed:,} of {job.total:,}" if job.total else "")
    if job.failed:
        note += f" · {job.failed:,} failed"
    if job.cancel_requested_at and not job.is_finished:
        note += " · stopping"
    return {
        "id": job.pk,
        "url": url,
        "poll_url": "" if job.is_finished else url,
        "label": job.label,
        "percent": None if job.is_finished or not job.total else job.percent,
        "state_label": job.get_state_display(),
        "note": note,
    }
