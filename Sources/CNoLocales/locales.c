// The data of ICU (languages, places, calendars), with nothing in it. Foundation has 34 MB of it, which GRDB's import of
// Foundation would bring into the binary, and nothing here asks for any. The linker takes this in its place.
//
// The name has the number of the release of ICU that Swift has. `scripts/bench size` tells when that is another one.
// docs/decisions/0061-no-tables-of-languages.md

#include <stdint.h>

// https://unicode-org.github.io/icu/userguide/icu_data/: a header of 32 bytes, then a table of contents.
const struct {
    uint16_t headerBytes;
    uint8_t magic[2];
    uint16_t infoBytes, reserved;
    uint8_t isBigEndian, charset, bytesOfCharacter, reserved1;
    uint8_t format[4], formatVersion[4], dataVersion[4];
    uint8_t padding[8];
    uint32_t entries, reserved2;
} icudt76_dat = {
    .headerBytes = 32,
    .magic = {0xda, 0x27},
    .infoBytes = 20,
    .bytesOfCharacter = 2,
    .format = {'C', 'm', 'n', 'D'},
    .formatVersion = {1},
};
