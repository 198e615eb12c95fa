"""Predicates about contributions."""

import rules


@rules.predicate
def is_ones_own(user, contribution):
    """It is what she herself gave."""
    return contribution is not None and contribution.person_id == user.pk
