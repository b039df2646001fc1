"""The works that a text on methods cites, as BibTeX: those that this run used, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """A work to cite: how BibTeX calls its kind, and its fields."""

    kind: str
    fields: Mapping[str, str]


def _article(author: str, title: str, journal: str, **more: str) -> Work:
    return Work("article", {"author": author, "title": title, "journal": journal, **more})


#: Works by their key. DOIs are those that docs and plug-ins of the toolkit have.
WORKS = {
    "p2pdertoolkit": Work(
        "misc",
        {
            "author": "{the p2p-der-toolkit developers}",
            "title": "p2p-der-toolkit",
            "note": "Software, version {version}",
        },
    ),
    "stalin2026": _article(
        "Stalin, B.",
        "Optimized integration of distributed energy resources for {P2P} energy trading in "
        "distribution networks using the {COS}",
        "IJERST",
        volume="4",
        number="1",
        pages="22--29",
        year="2026",
        doi="10.63458/ijerst.v4i1.148",
    ),
    "dugan2011": Work(
        "inproceedings",
        {
            "author": "Dugan, R. C. and McDermott, T. E.",
            "title": "An open source platform for collaborating on smart grid research",
            "booktitle": "IEEE Power and Energy Society General Meeting",
            "year": "2011",
            "doi": "10.1109/PES.2011.6039829",
        },
    ),
    "baran1989": _article(
        "Baran, M. E. and Wu, F. F.",
        "Network reconfiguration in distribution systems for loss reduction and load balancing",
        "IEEE Transactions on Power Delivery",
        volume="4",
        number="2",
        pages="1401--1407",
        year="1989",
        doi="10.1109/61.25627",
    ),
    "baran1989capacitor": _article(
        "Baran, M. E. and Wu, F. F.",
        "Optimal capacitor placement on radial distribution systems",
        "IEEE Transactions on Power Delivery",
        volume="4",
        number="1",
        pages="725--734",
        year="1989",
        doi="10.1109/61.19265",
    ),
    "das2008": _article(
        "Das, D.",
        "Optimal placement of capacitors in radial distribution system using a {Fuzzy-GA} method",
        "International Journal of Electrical Power and Energy Systems",
        volume="30",
        number="6-7",
        pages="361--367",
        year="2008",
        doi="10.1016/j.ijepes.2007.08.004",
    ),
    "akbari2022": _article(
        "Akbari, M. A. and Zare, M. and Azizipanah-Abarghooee, R. and Mirjalili, S. and "
        "Deriche, M.",
        "The cheetah optimizer: a nature-inspired metaheuristic algorithm for large-scale "
        "optimization problems",
        "Scientific Reports",
        volume="12",
        pages="10953",
        year="2022",
        doi="10.1038/s41598-022-14338-z",
    ),
    "tanabe2013": Work(
        "inproceedings",
        {
            "author": "Tanabe, R. and Fukunaga, A.",
            "title": "Success-history based parameter adaptation for differential evolution",
            "booktitle": "IEEE Congress on Evolutionary Computation",
            "year": "2013",
            "doi": "10.1109/CEC.2013.6557555",
        },
    ),
    "gad2024": _article(
        "Gad, A. F.",
        "{PyGAD}: an intuitive genetic algorithm {Python} library",
        "Multimedia Tools and Applications",
        volume="83",
        pages="58029--58042",
        year="2024",
        doi="10.1007/s11042-023-17167-y",
    ),
    "vanthieu2023": _article(
        "Van Thieu, N. and Mirjalili, S.",
        "{MEALPY}: an open-source library for latest meta-heuristic algorithms in {Python}",
        "Journal of Systems Architecture",
        volume="139",
        pages="102871",
        year="2023",
        doi="10.1016/j.sysarc.2023.102871",
    ),
    "hansen2001": _article(
        "Hansen, N. and Ostermeier, A.",
        "Completely derandomized self-adaptation in evolution strategies",
        "Evolutionary Computation",
        volume="9",
        number="2",
        pages="159--195",
        year="2001",
        doi="10.1162/106365601750190398",
    ),
    "brooks1958": _article(
        "Brooks, S. H.",
        "A discussion of random methods for seeking maxima",
        "Operations Research",
        volume="6",
        number="2",
        pages="244--251",
        year="1958",
        doi="10.1287/opre.6.2.244",
    ),
    "wilcoxon1945": _article(
        "Wilcoxon, F.",
        "Individual comparisons by ranking methods",
        "Biometrics Bulletin",
        volume="1",
        number="6",
        pages="80--83",
        year="1945",
        doi="10.2307/3001968",
    ),
    "holm1979": _article(
        "Holm, S.",
        "A simple sequentially rejective multiple test procedure",
        "Scandinavian Journal of Statistics",
        volume="6",
        number="2",
        pages="65--70",
        year="1979",
        url="https://www.jstor.org/stable/4615733",
    ),
    "vargha2000": _article(
        "Vargha, A. and Delaney, H. D.",
        "A critique and improvement of the {CL} common language effect size statistics of "
        "{McGraw} and {Wong}",
        "Journal of Educational and Behavioral Statistics",
        volume="25",
        number="2",
        pages="101--132",
        year="2000",
        doi="10.3102/10769986025002101",
    ),
    "friedman1937": _article(
        "Friedman, M.",
        "The use of ranks to avoid the assumption of normality implicit in the analysis of "
        "variance",
        "Journal of the American Statistical Association",
        volume="32",
        number="200",
        pages="675--701",
        year="1937",
        doi="10.1080/01621459.1937.10503522",
    ),
    "iman1980": _article(
        "Iman, R. L. and Davenport, J. M.",
        "Approximations of the critical region of the {Friedman} statistic",
        "Communications in Statistics -- Theory and Methods",
        volume="9",
        number="6",
        pages="571--595",
        year="1980",
        doi="10.1080/03610928008827904",
    ),
    "demsar2006": _article(
        "Dem{\\v{s}}ar, J.",
        "Statistical comparisons of classifiers over multiple data sets",
        "Journal of Machine Learning Research",
        volume="7",
        pages="1--30",
        year="2006",
    ),
}
_BY_DOI = {work.fields["doi"]: key for key, work in WORKS.items() if "doi" in work.fields}
DOI = re.compile(r"10\.\d{4,9}/[^\s;,]+")
CITED = re.compile(r"\[@([a-z0-9]+)\]")


def cite(*keys: str) -> str:
    """Return works as Pandoc's Markdown cites them, in the form that :func:`bibtex` finds."""
    return "".join(f" [@{key}]" for key in keys)


def keys_of(reference: str) -> list[str]:
    """Return the keys of the works that a text names by their DOI, those that are known."""
    dois = [doi.rstrip(".:)") for doi in DOI.findall(reference)]
    return [_BY_DOI[doi] for doi in dois if doi in _BY_DOI]


def bibtex(text: str, version: str) -> str:
    """Return the works that a text cites as BibTeX, in the order in which they first come.

    version: of the toolkit.
    """
    return "\n".join(_entry(key, version) for key in dict.fromkeys(_known(text)))


def _known(text: str) -> Iterable[str]:
    return (key for key in CITED.findall(text) if key in WORKS)


def _entry(key: str, version: str) -> str:
    work = WORKS[key]
    told = {name: value.replace("{version}", version) for name, value in work.fields.items()}
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in told.items())
    return f"@{work.kind}{{{key},\n{fields}}}\n"
