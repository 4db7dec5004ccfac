"""Man pages from what the binary says of its own commands (`--experimental-dump-help`) and from docs/settings.md."""

import json
import re
import subprocess

#: Those that ArgumentParser adds to each command.
EVERYWHERE = {"help", "version"}
#: A default that is a value, and no words about one.
LITERAL = r"[0-9.]+[a-z]?|\S+@\S+|info|text"
#: The unit sets it: the folder is the one that systemd makes for the service.
FIXED = "PLACET_STORAGE"


def settings(root):
    """The rows of docs/settings.md: variables, default, meaning."""
    text = (root / "docs/settings.md").read_text()
    rows = re.findall(r"^\| (`PLACET_.+?) \| (.+?) \| (.+) \|$", text, re.MULTILINE)
    assert rows, "docs/settings.md has no table"
    return [(re.findall(r"PLACET_\w+", names), plain(default), plain(meaning)) for names, default, meaning in rows]


def plain(text):
    return text.replace("`", "").strip()


def environment_file(root):
    """/etc/placet/placet.env: each setting with its meaning, commented out with its default."""
    lines = ["# Settings of the service; what they mean in full stands in placet(1).",
             "# Take away a # to set one, and then: systemctl restart placet"]
    for names, default, meaning in settings(root):
        if names == [FIXED]:
            continue
        values = default.split(", ") if len(names) > 1 else [default]
        lines += ["", f"# {meaning[0].upper()}{meaning[1:]}. Default: {default}"]
        lines += [f"#{name}={value if value != 'none' and re.fullmatch(LITERAL, value) else ''}"
                  for name, value in zip(names, values)]
    return "\n".join(lines) + "\n"


def pages(binary, root):
    """Each page of section 1: its name and its text in groff."""
    dump = subprocess.run([binary, "--experimental-dump-help"], stdout=subprocess.PIPE, check=True, text=True).stdout
    command = json.loads(dump)["command"]
    children = [child for child in command["subcommands"] if child["commandName"] != "help"]
    yield "placet", page("placet", command, overview(children) + environment(root) + seealso(children))
    for child in children:
        name = f"placet-{child['commandName']}"
        yield name, page(name, child, [".SH SEE ALSO", ".BR placet (1)"])


def page(name, command, end):
    abstract = command["abstract"].rstrip(".")
    lines = [f'.TH {name.upper()} 1 "" Placet "Placet"', ".SH NAME", f"{escaped(name)} \\- {escaped(abstract)}"]
    path = ["placet"] if name == "placet" else ["placet", command["commandName"]]
    lines += [".SH SYNOPSIS", *synopses(command, path)]
    if "discussion" in command:
        lines += [".SH DESCRIPTION", *paragraphs(command["discussion"])]
    lines += options(".SH", "OPTIONS", command)
    for child in command.get("subcommands", []):
        if name != "placet" and child["commandName"] != "help":
            lines += [f".SH {escaped(command['commandName'])} {escaped(child['commandName'])}".upper()]
            lines += [escaped(child["abstract"]), *paragraphs(child.get("discussion", ""))]
            lines += options(".SS", "Options", child)
    return "\n".join(lines + end) + "\n"


def synopses(command, path):
    children = [child for child in command.get("subcommands", []) if child["commandName"] != "help"]
    if path == ["placet"]:
        return [".B placet", ".I COMMAND", "[options]"]
    if children:
        return [line for child in children for line in [*synopses(child, [*path, child["commandName"]]), ".br"]][:-1]
    return [f".B {escaped(' '.join(path))}", *map(usage, arguments(command))]


def usage(argument):
    text = spelled(argument)
    text = text if not argument["isOptional"] else f"[{text}]"
    return text + ("..." if argument["isRepeating"] else "")


def arguments(command):
    return [one for one in command.get("arguments", [])
            if one["shouldDisplay"] and one.get("preferredName", {}).get("name") not in EVERYWHERE]


def spelled(argument):
    value = f"\\fI{escaped(argument['valueName'])}\\fR"
    if argument["kind"] == "positional":
        return value
    option = f"\\fB{escaped('--' + argument['preferredName']['name'])}\\fR"
    return option if argument["kind"] == "flag" else f"{option} {value}"


def options(macro, title, command):
    lines = [line for one in arguments(command) for line in (".TP", spelled(one), escaped(one.get("abstract", "")))]
    return [f"{macro} {title}", *lines] if lines else []


def overview(children):
    rows = [line for one in children
            for line in (".TP", f".BR placet\\-{escaped(one['commandName'])} (1)", escaped(one["abstract"]))]
    return [".SH COMMANDS", *rows, ".PP",
            "Exit codes: 0 done, 1 refused or failed, 64 wrong usage; others are said with the command."]


def environment(root):
    rows = [line for names, default, meaning in settings(root)
            for line in (".TP", ", ".join(f"\\fB{escaped(name)}\\fR" for name in names),
                         escaped(f"{meaning} (default: {default})"))]
    return [".SH ENVIRONMENT", *rows, ".SH FILES", ".TP", ".I /etc/placet/placet.env", "Settings of the service.",
            ".TP", ".I /var/lib/placet", "Its storage: index and files."]


def seealso(children):
    names = [f".BR placet\\-{escaped(one['commandName'])} (1)" for one in children]
    return [".SH SEE ALSO", *[name + "," for name in names[:-1]], names[-1]]


def paragraphs(text):
    return [line for part in text.split("\n\n") if part for line in (".PP", escaped(part))]


def escaped(text):
    """As text, whatever is in it: a backslash, a hyphen of an option, a dot at the start of a line."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)
