"""Reads one file of `data/policy/` into the models of `data.rules`, strictly.

A file that says something twice, misses something or says something unknown is refused with file, place and
what is allowed. Units are resolved here, from the contract of the columns that a rule reads.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from data.criterion_files import read_criterion, read_groups
from data.rule_text import Reader
from data.rules import (
    TIERS,
    AllOf,
    AnyOf,
    Condition,
    Document,
    Group,
    Industry,
    Kind,
    Label,
    Named,
    Orientation,
    Period,
    PlugIn,
    Requirement,
    Route,
    RuleSet,
    ScoreAtLeast,
    SizeStandard,
    Source,
    Standard,
    Waiver,
)
from data.strict_yaml import FileError, load, refuse_unknown

POLICY = Path(__file__).parent / "policy"


def read_standard(
    folder: Path,
    tier: str,
    size: SizeStandard,
    waived: tuple[str, ...] = (),
    plug_ins: tuple[PlugIn, ...] | None = None,
) -> Standard:
    """Read one standard's file and its entry gates. `plug_ins` replaces the provincial rules of the folder.

    Raises FileError naming file, place and remedy.
    """
    path = folder / f"{tier}.yaml"
    tree = _open(
        path,
        (
            "document",
            "title",
            "tier",
            "entry",
            "edges",
            "measures",
            "groups",
            "waivers",
            "requirements",
            "judgement",
        ),
    )
    shown = f"{folder.name}/{path.name}"
    if tree.get("tier") != tier:
        raise FileError(shown, "tier", f"expected {tier!r}.")
    if tree.get("edges") != "higher":
        raise FileError(
            shown, "edges", "only 'higher' is known: the edge of two bands takes the higher score."
        )
    waivers = _read_waivers(tree.get("waivers", {}), Reader(shown))
    unknown = set(waived) - {waiver.id for waiver in waivers}
    if unknown:
        raise FileError(shown, "waivers", f"no waiver named {min(unknown)!r} in this standard.")
    reader = Reader(shown, waived, size)
    measures = reader.read_measures(tree.get("measures", {}))
    if plug_ins is None:
        plug_ins = tuple(read_plug_in(found) for found in sorted((folder / "provincial").glob("*.yaml")))
    groups = read_groups(tree.get("groups", {}), reader, plug_ins)
    document = _document(tree, reader)
    entry_path = folder / f"{tree['entry']}.yaml"
    entry = _open(entry_path, ("document", "title", "requirements", "warnings"))
    gate_reader = Reader(f"{folder.name}/{entry_path.name}", (), size)
    gates = _read_requirements(entry["requirements"], gate_reader, _document(entry, gate_reader), gates=True)
    orientation = entry["warnings"]["orientation"]
    own = _read_requirements(tree["requirements"], reader, document, groups=groups)
    return Standard(
        rule_set=folder.name,
        tier=tier,  # type: ignore[arg-type]
        document=document,
        title=reader.label(tree["title"], "title"),
        version=_version(
            path, entry_path, POLICY / size.id / "size.yaml", *sorted((folder / "provincial").glob("*"))
        ),
        measures=measures,
        groups=groups,
        requirements=gates + own,
        orientation=Orientation(
            label=gate_reader.label(orientation, "warnings.orientation"),
            divisions=tuple(
                gate_reader.whole(code, "warnings.orientation.divisions") for code in orientation["divisions"]
            ),
        ),
        judgement=tuple(
            reader.label(item, f"judgement.{name}") for name, item in tree.get("judgement", {}).items()
        ),
        waivers=waivers,
    )


def read_plug_in(path: Path) -> PlugIn:
    """Read one province's characteristic indicators: one to three criteria on columns of the contract."""
    tree = _open(path, ("province", "document", "title", "measures", "criteria"))
    reader = Reader(path.name)
    reader.read_measures(tree.get("measures", {}))
    criteria = tuple(
        read_criterion(name, body, reader, f"criteria.{name}", ()) for name, body in tree["criteria"].items()
    )
    if not 1 <= len(criteria) <= 3:
        raise reader.fail("criteria", f"a province sets one to three indicators, {len(criteria)} given.")
    return PlugIn(
        province=tree["province"],
        document=_document(tree, reader),
        title=reader.label(tree["title"], "title"),
        criteria=criteria,
    )


def read_rule_set(folder: Path) -> RuleSet:
    """Read the dates of a rule set and which of its standards this release holds."""
    tree = _open(folder / "rule_set.yaml", ("document", "title", "issued", "effective", "in_force"))
    reader = Reader(f"{folder.name}/rule_set.yaml")
    periods = []
    for index, body in enumerate(tree["in_force"]):
        path = f"in_force[{index}]"
        refuse_unknown(body, ("standard", "kinds", "from", "to", "source", "zh", "en"), reader.file, path)
        periods.append(
            Period(
                standard=_one_of(body["standard"], TIERS, reader, f"{path}.standard"),
                kinds=tuple(_one_of(kind, get_args(Kind), reader, f"{path}.kinds") for kind in body["kinds"]),
                first=_date(body["from"], reader, f"{path}.from"),
                last=_date(body["to"], reader, f"{path}.to") if "to" in body else None,
                source=_one_of(body["source"], get_args(Source), reader, f"{path}.source"),
                label=reader.label(body, path),
            )
        )
    return RuleSet(
        id=folder.name,
        document=_document(tree, reader),
        title=reader.label(tree["title"], "title"),
        periods=tuple(periods),
        shipped=tuple(tier for tier in TIERS if (folder / f"{tier}.yaml").exists()),
    )


def read_size_standard(folder: Path) -> SizeStandard:
    """Read the industries of a size standard; figures become stored integers (persons, fen)."""
    path = folder / "size.yaml"
    tree = _open(path, ("document", "title", "classes", "code_map", "industries"))
    reader = Reader(f"{folder.name}/size.yaml")
    classes = tuple((name, reader.label(body, f"classes.{name}")) for name, body in tree["classes"].items())
    industries = tuple(
        _read_industry(name, body, reader, classes) for name, body in tree["industries"].items()
    )
    codes = [code for industry in industries for code in industry.codes]
    doubled = next((code for code in codes if codes.count(code) > 1), None)
    if doubled:
        raise reader.fail("industries", f"the code {doubled} stands under two industries.")
    return SizeStandard(
        id=folder.name,
        document=_document(tree, reader),
        title=reader.label(tree["title"], "title"),
        version=_version(path),
        code_map=_read_document(tree["code_map"], reader, "code_map"),
        classes=classes,
        industries=industries,
    )


def _read_industry(name: str, body: Any, reader: Reader, classes: tuple[tuple[str, Label], ...]) -> Industry:
    path = f"industries.{name}"
    with_floor = [size_class for size_class, _ in classes][:-1]
    refuse_unknown(body, ("zh", "en", "codes", *with_floor), reader.file, path)
    codes: list[str] = []
    for code in body["codes"]:
        first, _, last = code.partition("-")
        codes += [str(number).zfill(len(first)) for number in range(int(first), int(last or first) + 1)]
    floors = tuple(
        (
            size_class,
            tuple(
                (field, int(reader.number(figure, path) * reader.column(field, path, "int", "decimal").scale))
                for field, figure in body[size_class].items()
            ),
        )
        for size_class in with_floor
    )
    return Industry(id=name, label=reader.label(body, path), codes=tuple(codes), floors=floors)


def _read_requirements(
    tree: Mapping[str, Any],
    reader: Reader,
    document: Document,
    groups: tuple[Group, ...] = (),
    *,
    gates: bool = False,
) -> tuple[Requirement, ...]:
    found = []
    for name, body in tree.items():
        path = f"requirements.{name}"
        refuse_unknown(body, ("zh", "en", "source", "when", "routes"), reader.file, path)
        if ("when" in body) == ("routes" in body):
            raise reader.fail(path, "give either when or routes.")
        found.append(
            Requirement(
                id=name,
                label=reader.label(body, path),
                source=_one_of(body["source"], get_args(Source), reader, f"{path}.source"),
                document=document,
                is_entry_gate=gates,
                when=reader.condition(body["when"], f"{path}.when") if "when" in body else None,
                routes=tuple(
                    _read_route(key, route, reader, f"{path}.routes.{key}", groups)
                    for key, route in body.get("routes", {}).items()
                ),
            )
        )
    return tuple(found)


def _read_route(name: str, body: Any, reader: Reader, path: str, groups: tuple[Group, ...]) -> Route:
    """score: figures of the total and of groups; general: all of the named conditions; through_train: any of them."""
    if name == "score":
        refuse_unknown(body, ("total", *(group.id for group in groups)), reader.file, path)
        figures = {key: reader.whole(value, f"{path}.{key}") for key, value in body.items()}
        total = figures.pop("total")
        return Route(id="score", when=ScoreAtLeast(total=total, groups=tuple(figures.items())))
    items: list[Condition] = []
    for key, item in body.items():
        at = f"{path}.{key}"
        refuse_unknown(item, ("zh", "en", "source", "when"), reader.file, at)
        items.append(
            Named(
                id=key,
                label=reader.label(item, at),
                source=_one_of(item["source"], get_args(Source), reader, at),
                when=reader.condition(item["when"], f"{at}.when"),
            )
        )
    if name == "general":
        return Route(id="general", when=AllOf(items=tuple(items)))
    if name == "through_train":
        return Route(id="through_train", when=AnyOf(items=tuple(items)))
    raise reader.fail(path, "a route is one of score, general, through_train.")


def _read_waivers(tree: Mapping[str, Any], reader: Reader) -> tuple[Waiver, ...]:
    return tuple(
        Waiver(
            id=name,
            label=reader.label(body, f"waivers.{name}"),
            source=_one_of(body["source"], get_args(Source), reader, f"waivers.{name}"),
            kinds=tuple(
                _one_of(kind, get_args(Kind), reader, f"waivers.{name}.kinds") for kind in body["kinds"]
            ),
        )
        for name, body in tree.items()
    )


def _open(path: Path, allowed: tuple[str, ...]) -> Mapping[str, Any]:
    return refuse_unknown(load(path), allowed, f"{path.parent.name}/{path.name}", "")


def _document(tree: Mapping[str, Any], reader: Reader) -> Document:
    return _read_document(tree["document"], reader, "document")


def _read_document(body: Any, reader: Reader, path: str) -> Document:
    refuse_unknown(body, ("number", "annex", "article", "source"), reader.file, path)
    source = _one_of(body.get("source"), get_args(Source), reader, f"{path}.source")
    return Document(
        number=body["number"], annex=body.get("annex"), article=body.get("article"), source=source
    )


def _one_of(value: Any, allowed: tuple[str, ...], reader: Reader, path: str) -> Any:
    if value not in allowed:
        raise reader.fail(path, f"{value!r} is unknown. Allowed: {', '.join(allowed)}.")
    return value


def _date(text: str, reader: Reader, path: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise reader.fail(path, f"{text!r} is not a date such as 2022-08-01.") from None


def _version(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
