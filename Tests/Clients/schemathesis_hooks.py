"""What Schemathesis does to each request before it is sent."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """Long-polls answer at once; 3.0 is sent as 3, for which JSON Schema takes it and the server, as documented, does not."""
    if case.path.endswith(("/wait", "/answers")):
        case.query["timeout"] = "5"
    if case.media_type == "application/json":
        case.body = with_whole_numbers(case.body)


def with_whole_numbers(value):
    if isinstance(value, dict):
        return {name: with_whole_numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [with_whole_numbers(element) for element in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
