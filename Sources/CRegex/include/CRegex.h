// The regular expressions of RE2, which has no interface in C. Matching takes time in proportion to the text, whatever
// the pattern, and memory up to a limit.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct Regex Regex;

/// A pattern over UTF-8 in which no match reaches over the end of a line, and ^ and $ are its beginning and end.
///
/// isLiteral: whether the pattern is a text to be found as it is.
/// memory: what compiling and matching may take, in bytes.
/// Returns NULL when the pattern is none, or too large; problem then has the reason, cut to its room.
Regex *regex_make(
    const char *pattern, size_t length, bool isLiteral, bool ignoresCase, size_t memory, char *problem, size_t room);

void regex_free(Regex *regex);

/// Where the first match at or behind an offset begins. Returns false when there is none. Safe from many threads.
bool regex_find(const Regex *regex, const char *text, size_t length, size_t from, size_t *start);

#ifdef __cplusplus
}
#endif
