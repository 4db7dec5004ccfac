#include "CRegex.h"

#include "words.hpp"

#include <re2/re2.h>

#include <cstdio>
#include <cstring>
#include <string>

struct Regex {
    RE2 re2;
    Words words;
};

Regex *regex_make(
    const char *pattern, size_t length, bool isLiteral, bool ignoresCase, size_t memory, char *problem, size_t room) {
    RE2::Options options;
    options.set_literal(isLiteral);
    options.set_case_sensitive(!ignoresCase);
    options.set_never_nl(true);
    options.set_never_capture(true);
    options.set_max_mem(static_cast<int64_t>(memory));
    options.set_log_errors(false);
    const std::string text(pattern, length);
    auto *regex = new Regex{{isLiteral ? text : "(?m)" + text, options}, {text, options}};
    if (regex->re2.ok()) return regex;
    snprintf(problem, room, "%s", regex->re2.error().c_str());
    delete regex;
    return nullptr;
}

void regex_free(Regex *regex) { delete regex; }

bool regex_find(const Regex *regex, const char *text, size_t length, size_t from, size_t *start) {
    const auto matches = [&](size_t begin, size_t end) {
        re2::StringPiece match;
        if (!regex->re2.Match({text, length}, begin, end, RE2::UNANCHORED, &match, 1)) return false;
        *start = static_cast<size_t>(match.data() - text);
        return true;
    };
    if (regex->words.empty()) return matches(from, length);
    // Only lines with a word are worth a match.
    while ((from = regex->words.next(text, length, from)) < length) {
        const auto *before = static_cast<const char *>(memrchr(text, '\n', from));
        const auto *behind = static_cast<const char *>(memchr(text + from, '\n', length - from));
        const size_t end = behind ? behind - text : length;
        if (matches(before ? before + 1 - text : 0, end)) return true;
        from = end;
    }
    return false;
}
