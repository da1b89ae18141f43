"""LaTeX commands and the Unicode characters they stand for."""

from __future__ import annotations

import unicodedata

from digest.model.notation import ACCENTS as TEXT_ACCENTS
from digest.model.notation import LATIN_LETTERS


def _words(text: str) -> frozenset[str]:
    """Return the words of a table written as text."""
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    """Return `name character` pairs, written as words, as a mapping."""
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _letter(name: str) -> str:
    """Return a Greek letter by its TeX name; Unicode spells one of them differently."""
    return unicodedata.lookup(f"GREEK {name.replace('lambda', 'lamda')}")


GREEK = sorted(
    _words(
        """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho
        sigma tau upsilon phi chi psi omega"""
    )
)

LETTERS = {
    **LATIN_LETTERS,
    **{name: _letter(f"SMALL LETTER {name}") for name in GREEK},
    **{name.capitalize(): _letter(f"CAPITAL LETTER {name}") for name in GREEK},
    **_pairs(
        """varepsilon ε eps ε epsi ε ep ε vartheta ϑ varphi φ varrho ϱ varsigma ς varpi ϖ
        varkappa ϰ al α be β ga γ de δ la λ lam λ si σ om ω Om Ω De Δ Ga Γ vp φ
        ell ℓ hbar ħ imath ı jmath ȷ wp ℘ Re Re Im Im aleph ℵ beth ℶ partial ∂ pa ∂
        nabla ∇ infty ∞ emptyset ∅ varnothing ∅ S § P ¶ pounds £ euro € copyright © textcopyright ©
        textregistered ® circledR ® texttrademark ™ degree ° textdegree ° dag † ddag ‡
        dagger † ddagger ‡ celsius ℃ micro µ textmu µ ohm Ω
        textperthousand ‰ textordfeminine ª textordmasculine º"""
    ),
}
"""Characters that stand in words and formulae like letters."""

SIGNS = _pairs(
    """times × div ÷ pm ± mp ∓ cdot · cdotp · ast * star ⋆ circ ∘ bullet • odot ⊙ oplus ⊕ ominus ⊖
    otimes ⊗ wedge ∧ land ∧ vee ∨ lor ∨ cap ∩ cup ∪ bigcap ⋂ bigcup ⋃ bigoplus ⊕ bigotimes ⊗
    bigwedge ⋀ bigvee ⋁ sqcup ⊔ sqcap ⊓ setminus ∖ smallsetminus ∖ backslash ∖ wr ≀ rtimes ⋊
    ltimes ⋉ dotplus ∔ boxtimes ⊠ boxplus ⊞ uplus ⊎ amalg ⨿
    le ≤ leq ≤ leqslant ≤ leqq ≤ ge ≥ geq ≥ geqslant ≥ geqq ≥ ne ≠ neq ≠ ll ≪ gg ≫ lll ⋘ ggg ⋙
    sim ∼ simeq ≃ approx ≈ approxeq ≊ thickapprox ≈ thicksim ∼ cong ≅ equiv ≡ asymp ≍ propto ∝
    varpropto ∝ doteq ≐ triangleq ≜ coloneqq ≔ lesssim ≲ la ≲ ltsim ≲ lsim ≲ lessapprox ⪅
    gtrsim ≳ ga ≳ gtsim ≳ gsim ≳ gtrapprox ⪆ lessgtr ≶ prec ≺ succ ≻ preceq ⪯ succeq ⪰
    preccurlyeq ≼ succcurlyeq ≽ parallel ∥ perp ⊥ bot ⊥ top ⊤ mid | nmid ∤ nparallel ∦
    in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ subsetneq ⊊ supset ⊃ supseteq ⊇ supsetneq ⊋
    Subset ⋐ Supset ⋑ sqsubseteq ⊑ sqsupseteq ⊒ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬
    vdash ⊢ models ⊨ vDash ⊨ dashv ⊣ therefore ∴ because ∵
    prime ′ backprime ‵ angle ∠
    measuredangle ∡ triangle △ bigtriangleup △ vartriangle △ triangledown ▽
    square □ Box □ blacksquare ■
    diamond ⋄ Diamond ◇ lozenge ◊ blacklozenge ⧫ bigstar ★ checkmark ✓ surd √ sharp ♯ flat ♭
    natural ♮ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠
    to → rightarrow → longrightarrow ⟶ xrightarrow → rightarrowtail ↣ twoheadrightarrow ↠
    gets ← leftarrow ← longleftarrow ⟵ xleftarrow ← leftrightarrow ↔ longleftrightarrow ⟷
    Rightarrow ⇒ implies ⇒ Longrightarrow ⟹ Leftarrow ⇐ impliedby ⇐ Leftrightarrow ⇔ iff ⇔
    Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookrightarrow ↪ hookleftarrow ↩ uparrow ↑
    downarrow ↓ updownarrow ↕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ Uparrow ⇑ Downarrow ⇓
    leadsto ⇝ rightsquigarrow ⇝ rightharpoonup ⇀ rightleftharpoons ⇌ circlearrowleft ↺
    circlearrowright ↻ dashrightarrow ⇢ upharpoonright ↾ restriction ↾
    sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ smallint ∫
    langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lbrace { rbrace } lbrack [ rbrack ]
    vert | Vert ‖ lvert | rvert | lVert ‖ rVert ‖ | ‖ llbracket ⟦ rrbracket ⟧ lgroup ( rgroup )
    ldots … dots … cdots ⋯ dotsc … dotsb ⋯ hdots … vdots ⋮ ddots ⋱ colon : slash / over /
    vcentcolon : textless <
    textgreater > lt < gt > textbar | textasciitilde ~ textasciicircum ˆ textunderscore _
    textbullet • textquotedblleft “ textquotedblright ” textquoteleft ‘ textquoteright ’
    textquotesingle ' textemdash — textendash – textellipsis … textrightarrow → textpm ±
    texttimes ×
    lq ‘ rq ’ guillemotleft « guillemotright » textdollar $ textbackslash ∖ textsection §
    upmu µ Square □ Msun M⊙ msun M⊙ eg e.g. ie i.e. etc etc. etal et~al. wrt w.r.t.
    LaTeX LaTeX TeX TeX BibTeX BibTeX"""
)
SIGNS |= {sign: sign for sign in "%&#_${}"}
"""Characters that are themselves after a backslash."""

NAMES = _words(
    """log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan max
    min sup inf
    lim limsup liminf arg argmax argmin det dim ker deg gcd lcm hom Hom Pr mod bmod Tr tr rank sgn
    sign diag span supp poly polylog dist vol Vol Var Cov Aut End Ext Tor Spec Gal Sym Out
    Ad ad erf choose"""
)
"""Operators written as words."""

DOUBLE = {letter: unicodedata.lookup(f"DOUBLE-STRUCK CAPITAL {letter}") for letter in "CHNPQRZ"}
"""Blackboard letters with glyphs in common fonts; the others stay plain letters."""

ACCENTS = TEXT_ACCENTS | {
    "acute": "\u0301",
    "grave": "\u0300",
    **dict.fromkeys(("hat", "widehat"), "\u0302"),
    **dict.fromkeys(("tilde", "widetilde"), "\u0303"),
    "ddot": "\u0308",
    **dict.fromkeys(("bar", "overline"), "\u0304"),
    "dot": "\u0307",
    "breve": "\u0306",
    **dict.fromkeys(("check", "widecheck"), "\u030c"),
    "mathring": "\u030a",
    "vec": "\u20d7",
}
"""Combining characters by the command that sets them, in text or in formulae."""

STYLES = _words(
    """text textbf textit textsl texttt textsf textsc textrm textup textmd textnormal emph underline
    mathcal mathbf mathrm mathsf mathtt mathit mathfrak mathscr mathop mathbin mathrel mathord
    mathnormal boldsymbol bm pmb operatorname operatornamewithlimits mbox hbox fbox mathopen
    underbrace overbrace substack uppercase lowercase"""
)
"""Commands that set the style of their argument."""

NOTHING = _words(
    """left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm limits
    nolimits displaystyle textstyle scriptstyle scriptscriptstyle rm it bf em cal sf tt sc sl small
    tiny large Large footnotesize scriptsize normalsize normalfont bfseries itshape ttfamily scshape
    rmfamily sffamily upshape mathstrut noindent centering nonumber xspace par verb protect relax
    null leavevmode ensuremath newline linebreak smallskip medskip bigskip indent unskip Cal frak
    mit boldmath item bold hfill notag ! - / @ ) ]"""
)
"""Commands without output."""

DROPPED = _words(
    """cite citep citet citealp citealt citeauthor citeyear parencite textcite autocite nocite ref
    eqref cref Cref autoref pageref label tag color vspace phantom hphantom vphantom footnotemark
    begin end thanks index hspace"""
)
"""Commands dropped together with their argument."""

SPACES = frozenset({",", ";", ":", ">", " ", "\\", "\n", "\t", "quad", "qquad", "enspace", "space"})
"""Commands that are a space."""
