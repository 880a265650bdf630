"""The API's documentation as a page of ours, made from the schema: no script, no other styles."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

# Every list takes these; the page says so once.
PAGING = ("limit", "offset")


@login_required
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every endpoint with its filters and the fields it answers with."""
    return render(request, "api/docs.html", {"groups": endpoint_groups()})


@lru_cache(maxsize=1)
def endpoint_groups() -> list[dict[str, Any]]:
    """Endpoints by what they are about; the schema does not change while the program runs.

    The first of a group is its list; the others say only which fields they add to it.
    """
    schema = SchemaGenerator().get_schema(request=None, public=True)
    groups: dict[str, list[dict[str, Any]]] = {}
    for endpoint in endpoints(schema):
        rows = groups.setdefault(endpoint["group"], [])
        is_read = endpoint["verb"] == "GET"
        if rows and is_read and set(endpoint["fields"]) >= set(rows[0]["fields"]):
            listed = rows[0]["fields"]
            endpoint["fields"] = [name for name in endpoint["fields"] if name not in listed]
            endpoint["adds"] = True
        rows.append(endpoint)
    return [{"label": name, "endpoints": rows} for name, rows in groups.items()]


def endpoints(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One dictionary per operation: verb, address, words, query parameters, fields."""
    operations = [
        (path, verb, operation)
        for path, verbs in schema["paths"].items()
        for verb, operation in verbs.items()
    ]
    for path, verb, operation in operations:
        parameters = [row for row in operation.get("parameters", []) if row["in"] == "query"]
        yield {
            "path": path,
            "verb": verb.upper(),
            "input": input_fields(schema, operation),
            "group": path.strip("/").split("/")[1].replace("-", " ").capitalize(),
            "text": operation.get("description", ""),
            "parameters": [
                {"name": row["name"], "values": values(schema, row)}
                for row in parameters
                if row["name"] not in PAGING
            ],
            "fields": fields(schema, operation),
        }


def values(schema: dict[str, Any], parameter: dict[str, Any]) -> str:
    """The words a filter takes, or its type."""
    shape = resolve(schema, parameter["schema"])
    choices = shape.get("enum") or shape.get("items", {}).get("enum")
    if choices:
        return ", ".join(str(choice) for choice in choices)
    return str(shape.get("format") or shape.get("type") or "text")


def input_fields(schema: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    """Names of the fields a verb takes."""
    content = operation.get("requestBody", {}).get("content", {})
    shapes = [resolve(schema, body.get("schema", {})) for body in content.values()]
    return list(shapes[0].get("properties", {})) if shapes else []


def fields(schema: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    """Names of the answer's fields; of one row when the answer is a page of rows."""
    answer = next(found for code, found in operation["responses"].items() if code < "300")
    content = answer.get("content", {})
    shape = resolve(schema, content.get("application/json", {}).get("schema", {}))
    if "results" in shape.get("properties", {}):
        shape = resolve(schema, shape["properties"]["results"]["items"])
    return list(shape.get("properties", {}))


def resolve(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """The shape a ``$ref`` points to."""
    if "$ref" not in shape:
        return shape
    found: dict[str, Any] = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]]
    return found
