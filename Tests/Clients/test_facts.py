"""Facts of files that other programs make, and what these say of them."""

import io
import subprocess

import pytest
import requests
from PIL import Image


def facts(server, owner, content, name):
    file = owner.store(content, name)
    answer = requests.get(f"{server.url}/api/v1/files/{file['id']}", params={"facts": "true"},
                          headers={"x-api-key": owner.key}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["facts"]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pixels_are_those_that_pillow_drew(server, owner, form):
    drawn = io.BytesIO()
    Image.new("RGB", (1234, 567), "red").save(drawn, form)
    assert facts(server, owner, drawn.getvalue(), "picture") == {"width": 1234, "height": 567}


def test_pages_are_those_that_pillow_wrote(server, owner):
    written = io.BytesIO()
    pages = [Image.new("L", (10, 10)) for _ in range(7)]
    pages[0].save(written, "PDF", save_all=True, append_images=pages[1:])
    assert facts(server, owner, written.getvalue(), "pages.pdf") == {"pages": 7}


@pytest.mark.parametrize("name", ["tone.wav", "tone.flac", "tone.mp3", "tone.mp4", "tone.webm"])
def test_a_tone_of_ffmpeg_lasts_as_long_as_it_was_asked_for(server, owner, tmp_path, name):
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=3", str(tmp_path / name)]
    subprocess.run(command, check=True, timeout=60)
    told = facts(server, owner, (tmp_path / name).read_bytes(), name)
    assert told.keys() == {"seconds"} and abs(told["seconds"] - 3) < 0.1
