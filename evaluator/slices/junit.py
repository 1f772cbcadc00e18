"""The verdict as JUnit XML, which test dashboards and CI servers read: a test case for each slice and each effect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from evaluator.slices.effects import EffectResult
from evaluator.slices.findings import effect_sentence, spread
from evaluator.slices.measure import SliceResult
from evaluator.slices.run import Verdict

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def junit_xml(verdict: Verdict) -> bytes:
    """UTF-8; the same verdict gives the same bytes: no times, no host."""
    root = Xml.Element("testsuites", name="scenewright unit-test")
    suites = [_suite(f"slices of {verdict.examined.dataset.name}", [_slice_case(result) for result in verdict.slices])]
    if verdict.effects:
        suites.append(_suite(f"effects on {verdict.examined.dataset.name}", [_effect_case(result) for result in verdict.effects]))
    root.extend(suites)
    for key in ("tests", "failures", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in suites)))
    Xml.indent(root)
    return Xml.tostring(root, encoding="utf-8", xml_declaration=True)


def _suite(name: str, cases: Sequence[Xml.Element]) -> Xml.Element:
    counts = {"failures": sum(c.find("failure") is not None for c in cases), "skipped": sum(c.find("skipped") is not None for c in cases)}
    suite = Xml.Element("testsuite", name=_clean(name), tests=str(len(cases)), errors="0", time="0")
    for key, count in counts.items():
        suite.set(key, str(count))
    suite.extend(cases)
    return suite


def _slice_case(result: SliceResult) -> Xml.Element:
    case = Xml.Element("testcase", classname="slices", name=_clean(result.name), time="0")
    _add_failures(case, result.failures)
    if result.status == "empty":
        Xml.SubElement(case, "skipped", message=_clean(f"nothing to find: {result.note}"))
    lines = [f"{len(result.positions)} images, {result.objects} objects"]
    lines += [f"{name} {number.value:.4f} {spread(number)}" for name, number in result.numbers.items()]
    lines += [f"AP of {name} {value:.4f}" for name, value in result.classes.items()]
    Xml.SubElement(case, "system-out").text = _clean("\n".join(lines))
    return case


def _effect_case(result: EffectResult) -> Xml.Element:
    case = Xml.Element("testcase", classname="effects", name=_clean(f"{result.factor}={result.value} against {result.baseline}"), time="0")
    _add_failures(case, result.failures)
    if result.not_judged:
        Xml.SubElement(case, "skipped", message=_clean(result.not_judged))
    Xml.SubElement(case, "system-out").text = _clean(effect_sentence(result))
    return case


def _add_failures(case: Xml.Element, failures: Sequence[str]) -> None:
    """All in one element: readers differ about several."""
    if failures:
        Xml.SubElement(case, "failure", message=_clean("; ".join(failures)), type="slice").text = _clean("\n".join(failures))


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
