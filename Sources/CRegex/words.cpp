#include "words.hpp"

#include <re2/filtered_re2.h>

#include <algorithm>
#include <cstring>

namespace {

/// Shorter words are in almost every line.
const size_t shortest = 3;
/// Looking for more takes as long as matching.
const size_t most = 24;
/// How many blocks are looked at in one step.
const size_t together = 4;

Block load(const char *text) {
    Block block;
    memcpy(&block, text, sizeof block);
    return block;
}

bool has_any(const Block &block) {
    uint64_t halves[2];
    memcpy(halves, &block, sizeof block);
    return (halves[0] | halves[1]) != 0;
}

/// What makes a letter small, and is nothing for other bytes.
uint8_t fold(uint8_t byte) { return byte >= 'a' && byte <= 'z' ? 0x20 : 0; }

/// As letters are in English. Other bytes count as frequent.
size_t rarity(char byte) {
    const auto place = std::string("etaoinsrhldcumfpgwybvkxjqz").find(byte);
    return place == std::string::npos ? 0 : place;
}

/// The longest part of a word whose letters have one other case in ASCII. Beyond ASCII they have not. Nor have k and s:
/// they are what is left of the Kelvin sign and the long s in small letters, unless the expression is `plain`.
std::string safe_part(const std::string &word, bool plain) {
    std::string best, part;
    for (const char byte : word + '\x80') {
        if (static_cast<uint8_t>(byte) < 0x80 && (plain || (byte != 'k' && byte != 's'))) {
            part += byte;
            continue;
        }
        if (part.size() > best.size()) best = part;
        part.clear();
    }
    return best;
}

/// Whether an expression matches letters of ASCII only as they stand in it: it has no other bytes, no class that leaves
/// some out, and nothing that makes cases the same or names others (`\x{17F}`, `\577`, `\pL`).
bool is_plain(const std::string &pattern, const RE2::Options &options) {
    const auto is_other = [](char byte) { return static_cast<uint8_t>(byte) >= 0x80; };
    if (!options.case_sensitive() || std::any_of(pattern.begin(), pattern.end(), is_other)) return false;
    if (options.literal()) return true;
    for (size_t at = pattern.find('\\'); at != std::string::npos; at = pattern.find('\\', at + 1)) {
        if (std::string("xpP01234567").find(pattern.substr(at + 1, 1)) != std::string::npos) return false;
    }
    return pattern.find("(?") == std::string::npos && pattern.find("[^") == std::string::npos;
}

/// All that an expression may need, in small letters, of which each match has at least one.
std::vector<std::string> needed(const std::string &pattern, const RE2::Options &options) {
    re2::FilteredRE2 filter(shortest);
    int id;
    std::vector<std::string> words;
    std::vector<int> matching_without;
    if (filter.Add(pattern, options, &id) != RE2::NoError) return {};
    filter.Compile(&words);
    filter.AllPotentials({}, &matching_without);
    return matching_without.empty() ? words : std::vector<std::string>();
}

}  // namespace

Word::Word(const std::string &text) : text(text) {
    std::vector<size_t> places(text.size());
    for (size_t place = 0; place < places.size(); place++) places[place] = place;
    std::sort(places.begin(), places.end(), [&](size_t a, size_t b) { return rarity(text[a]) > rarity(text[b]); });
    for (size_t n = 0; n < rare.size(); n++) {
        const uint8_t byte = text[places[n]];
        rare[n] = {places[n], Block{} + byte, Block{} + fold(byte)};
    }
}

void Word::add_candidates(const char *at, Block &found) const {
    const auto first = (load(at + rare[0].place) | rare[0].fold) == rare[0].byte;
    found |= first & ((load(at + rare[1].place) | rare[1].fold) == rare[1].byte);
}

bool Word::is_at(const char *at) const {
    return std::equal(text.begin(), text.end(), at, [](uint8_t wanted, uint8_t byte) {
        return (byte | fold(wanted)) == wanted;
    });
}

Words::Words(const std::string &pattern, const RE2::Options &options) {
    const bool plain = is_plain(pattern, options);
    std::vector<std::string> safe;
    for (const auto &word : needed(pattern, options)) {
        safe.push_back(safe_part(word, plain));
        if (safe.back().size() < shortest) return;
    }
    // Where a word is that has another in it, the other is too.
    std::sort(safe.begin(), safe.end(), [](const auto &a, const auto &b) { return a.size() < b.size(); });
    std::vector<std::string> kept;
    for (const auto &word : safe) {
        const auto is_in_word = [&](const std::string &other) { return word.find(other) != std::string::npos; };
        if (std::none_of(kept.begin(), kept.end(), is_in_word)) kept.push_back(word);
    }
    if (kept.size() > most) return;
    for (const auto &word : kept) {
        words.emplace_back(word);
        longest = std::max(longest, word.size());
    }
}

size_t Words::next(const char *text, size_t length, size_t from) const {
    const size_t step = together * sizeof(Block);
    size_t at = from;
    for (; at + step + longest <= length; at += step) {
        Block found[together] = {};
        for (const auto &word : words)
            for (size_t n = 0; n < together; n++) word.add_candidates(text + at + n * sizeof(Block), found[n]);
        if (!has_any(found[0] | found[1] | found[2] | found[3])) continue;
        for (size_t n = 0; n < step; n++)
            if (found[n / sizeof(Block)][n % sizeof(Block)] && has_one(text, length, at + n)) return at + n;
    }
    for (; at < length; at++)
        if (has_one(text, length, at)) return at;
    return length;
}

bool Words::has_one(const char *text, size_t length, size_t at) const {
    return std::any_of(words.begin(), words.end(), [&](const Word &word) {
        return word.size() <= length - at && word.is_at(text + at);
    });
}
