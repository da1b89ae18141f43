"""arXiv's categories, for a suggestion where a name is refused (arxiv.org/category_taxonomy)."""

from __future__ import annotations

from difflib import get_close_matches

_PARTS = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE"
    " NI OH OS PF PL RO SC SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT"
    " SG SP ST",
    "nlin": "AO CD CG PS SI",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph"
    " flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat": "AP CO ME ML OT TH",
    "gr-qc": "",
    "hep-ex": "",
    "hep-lat": "",
    "hep-ph": "",
    "hep-th": "",
    "math-ph": "",
    "nucl-ex": "",
    "nucl-th": "",
    "quant-ph": "",
}
CATEGORIES = frozenset(
    name
    for archive, classes in _PARTS.items()
    for name in (archive, *(f"{archive}.{subject}" for subject in classes.split()))
)
"""Every archive and every category as arXiv writes it."""


def suggested(name: str) -> str:
    """Return the category that `name` probably means, "" where none is near."""
    by_fold = {category.casefold(): category for category in sorted(CATEGORIES)}
    folded = name.strip().casefold().replace("/", ".").replace("_", "-")
    if folded in by_fold:
        return by_fold[folded]
    subject = folded.rpartition(".")[2]
    elsewhere = [category for fold, category in by_fold.items() if fold.endswith(f".{subject}")]
    if len(elsewhere) == 1:  # cs.ML for stat.ML
        return elsewhere[0]
    near = get_close_matches(folded, by_fold, n=1, cutoff=0.8)
    return by_fold[near[0]] if near else ""
