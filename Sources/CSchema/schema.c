#include "schema.h"

// One array for each file, ended by a zero.
static const char file0001[] = {
#embed "0001.sql" suffix(, 0)
};

static const char *const files[] = {file0001};

const char *placet_schema(unsigned number) {
    return number >= 1 && number <= sizeof files / sizeof *files ? files[number - 1] : 0;
}
