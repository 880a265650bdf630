"""A FHIR R4 bundle as resources that find each other: ids, full URLs, urn:uuid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from coding.rules.json_nodes import Node, read_json
from coding.rules.told import Unusable, order_key

MOST_ENTRIES = 5_000


@dataclass(frozen=True, slots=True)
class Bundle:
    """The resources of a bundle and what finds them by reference."""

    resources: tuple[Node, ...]
    by_reference: dict[str, Node]
    told_at: datetime | None

    def of(self, kind: str) -> Iterator[Node]:
        return (node for node in self.resources if node["resourceType"].text == kind)

    def follow(self, reference: Node, kind: str) -> Node | None:
        """The resource a reference means, None when it is not in the bundle."""
        text = reference["reference"].text
        if not text:
            return None
        found = self.by_reference.get(text) or self.by_reference.get("/".join(text.split("/")[-2:]))
        if found is not None and found["resourceType"].text != kind:
            said = found["resourceType"].text
            message = f"{reference.path} means a {said}, not a {kind}."
            raise Unusable("reference_wrong", message, place=f"{reference.path}.reference")
        return found


def read_bundle(content: bytes, zone: tzinfo) -> Bundle:
    root = Node(read_json(content), "")
    kind = root["resourceType"]
    if kind.text != "Bundle":
        text = f"resourceType is {kind.text or 'missing'}: only a Bundle is read."
        raise Unusable("no_bundle", text, place="resourceType")
    resources: list[Node] = []
    by_reference: dict[str, Node] = {}
    for at, entry in enumerate(root["entry"]):
        if at >= MOST_ENTRIES:
            text = f"The bundle has more than {MOST_ENTRIES:,} entries."
            raise Unusable("bundle_too_large", text, place=entry.path)
        node = entry["resource"]
        if not node["resourceType"].text:
            raise Unusable("no_resource", f"{node.path} is no resource.", place=node.path)
        resources.append(node)
        names = [entry["fullUrl"].text]
        if node["id"].text:
            names.append(f"{node['resourceType'].text}/{node['id'].text}")
        by_reference.update({name: node for name in names if name})
    return Bundle(tuple(resources), by_reference, root["timestamp"].moment(zone))


def key_of(bundle: Bundle, node: Node, zone: tzinfo, *, is_registration: bool) -> str:
    """By meta.lastUpdated, else the bundle's timestamp; versions of one moment by versionId."""
    told_at = node["meta"]["lastUpdated"].moment(zone) or bundle.told_at
    if told_at is None and node["resourceType"].text == "DocumentReference":
        told_at = node["date"].moment(zone)
    if told_at is None:
        path = f"{node.path}.meta.lastUpdated"
        text = f"{path} and timestamp are missing, so nobody knows what came first."
        raise Unusable("time_missing", text, place=path)
    version = node["meta"]["versionId"].text.rjust(8, "0")
    return order_key(is_registration=is_registration, told_at=told_at, control_id=version)
