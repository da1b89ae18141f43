"""Summaries: purpose and result of an abstract in at most 45 words of its own.

Extractive: sentences are compressed by rules, scored by a linear model and never written anew
(H. P. Edmundson, New Methods in Automatic Extracting, 1969; the weights are trained on SciTLDR).
In the order of one summary:

summarize   entry point: the mode of `[email] summary`, the source's own summary, other languages
document    sentences and roles of an abstract, the title's coined name, author macros
cleaning    cuts and rewrites that every sentence gets
variants    shorter forms of one sentence
features    numbers that the linear model weighs (weights.json)
penalties   deductions for what does not stand alone, and findings before methods
selection   best variant, and a second sentence that adds a result
acronyms    long forms of acronyms, while there is room
rules       regular expressions of rules.toml, with its word lists filled in
build, rouge    train weights.json: python -m digest.email.summary.build
"""
