"""Classes of provider failures and what a client is told about each (contracts, section 4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    statuses: tuple[int, ...]
    type: str | None = None
    code: str | None = None


TOLD = {
    "bad_request": Told((400,), "invalid_request_error"),
    "context_length": Told((400,), "invalid_request_error", "context_length_exceeded"),
    "unsupported_parameter": Told((400,), "invalid_request_error"),
    "auth": Told((502,), code="provider_auth_error"),
    "billing": Told((503, 429), code="insufficient_quota"),
    "model_not_found": Told((404,), "invalid_request_error", "model_not_found"),
    "moderation": Told((400,), code="content_filter"),
    "rate_limit": Told((429,), code="rate_limit_exceeded"),
    "too_large": Told((413,)),
    "overloaded": Told((503,), "service_unavailable_error"),
    "server": Told((502,), "upstream_error"),
    "model_failure": Told((502,), code="model_output_invalid"),
    # n8n: an inactive workflow or a wrong path, and a workflow that will never answer.
    "configuration": Told((502,)),
    "asynchronous": Told((502,)),
}

# OpenAI's family of exhausted accounts: same status as a short wait, but final.
QUOTA = {
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
}


def by_status(status: int) -> str:
    """The class of a status that no body explains any further."""
    match status:
        case 401 | 403:
            return "auth"
        case 402:
            return "billing"
        case 404:
            return "model_not_found"
        case 413:
            return "too_large"
        case 429:
            return "rate_limit"
        case 498 | 503 | 529:
            return "overloaded"
        case _:
            return "server" if status >= 500 else "bad_request"


def retry_after(headers: dict[str, str]) -> float | None:
    """The provider's own header, the finer one first; a wait of nothing says nothing."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        if (value := headers.get(name)) and float(value) > 0:
            return float(value) / unit
    return None
