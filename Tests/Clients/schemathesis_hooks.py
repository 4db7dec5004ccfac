"""What Schemathesis does to each request before it is sent."""

import io
import os
import zipfile

import schemathesis

# User, session and key of the run itself, which an answer may name.
PROTECTED = os.environ["PROTECTED"].split()


@schemathesis.hook
def before_call(context, case, kwargs):
    """What cannot be said in a schema.

    Long-polls answer at once; 3.0 is sent as 3, for which JSON Schema takes it and the server, as documented, does not;
    `***`, learnt from answers, is sent as another word, as it stands for a secret that is stored. Whoever is about to be
    changed or deleted is not who asks.
    """
    if case.path_parameters.get("id") in PROTECTED:
        case.path_parameters["id"] = "somebody-else"
    if case.path.endswith(("/wait", "/answers")):
        case.query["timeout"] = "5"
    if case.media_type == "application/json":
        case.body = sendable(case.body)


@schemathesis.deserializer("application/zip")
def names_in_archive(context, response):
    """Fails where Python cannot read the archive."""
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.testzip() is None
        return " ".join(archive.namelist())


def sendable(value):
    if isinstance(value, dict):
        return {name: sendable(member) for name, member in value.items()}
    if isinstance(value, list):
        return [sendable(element) for element in value]
    if value == "***":
        return "secret"
    return int(value) if isinstance(value, float) and value.is_integer() else value
