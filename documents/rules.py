import rules


@rules.predicate
def may_read_target(user, document):
    """A file is read by whoever has its view permission on the object it belongs to."""
    return _may(user, document, "view_permission")


@rules.predicate
def may_change_target(user, document):
    """A file is added, replaced or removed by whoever may change its object."""
    return _may(user, document, "change_permission")


def _may(user, document, name):
    # Without an object the question would be about the model, which administrators always pass.
    if document is None or document.target is None:
        return False
    return user.has_perm(getattr(document, name), document.target)
