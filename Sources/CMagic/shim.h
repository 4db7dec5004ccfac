#include <magic.h>
/* The charsets of the C library; it is part of glibc, so nothing more is linked. */
#include <iconv.h>
