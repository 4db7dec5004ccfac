"""What memcached is to OpenStack Swift, inside its one proxy: which accounts and buckets there are (object_store.py)."""

import json
from time import time as now


class Cache:
    """The part of `swift.common.memcached.MemcacheRing` that a proxy uses."""

    def __init__(self):
        self.entries = {}

    def get(self, key, raise_on_error=False):
        end, text = self.entries.get(key, (0, "null"))
        return json.loads(text) if now() < end else None

    def set(self, key, value, time=0, **_):
        self.entries[key] = (now() + time if time else float("inf"), json.dumps(value))

    def delete(self, key, server_key=None):
        self.entries.pop(key, None)


def filter_factory(*_, **settings):
    cache = Cache()

    def remember(app):
        def answer(environment, start_response):
            environment["swift.cache"] = cache
            return app(environment, start_response)
        return answer
    return remember
