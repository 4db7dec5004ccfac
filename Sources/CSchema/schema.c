#include "schema.h"

// Each file becomes one array that ends with a zero: a C string. The compiler embeds it (C23), so the binary needs no
// files beside it.
static const char file0001[] = {
#embed "0001.sql" suffix(, 0)
};

static const char file0002[] = {
#embed "0002.sql" suffix(, 0)
};

static const char file0003[] = {
#embed "0003.sql" suffix(, 0)
};

static const char *const files[] = {file0001, file0002, file0003};

const char *placet_schema(unsigned number) {
    return number >= 1 && number <= sizeof files / sizeof *files ? files[number - 1] : 0;
}

static const char postgresql0001[] = {
#embed "postgresql/0001.sql" suffix(, 0)
};

static const char *const postgresql_files[] = {postgresql0001};

const char *placet_postgresql_schema(unsigned number) {
    const unsigned last = sizeof postgresql_files / sizeof *postgresql_files;
    return number >= 1 && number <= last ? postgresql_files[number - 1] : 0;
}
