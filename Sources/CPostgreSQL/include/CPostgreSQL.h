// libpq, which speaks to PostgreSQL. It is loaded only where the index is on one: it brings 20 libraries, 4 ms and 1 MiB.
#pragma once

#include <postgresql/libpq-fe.h>
#include <stdbool.h>

/// Loads libpq. To be asked before any other function is called; false when it is not there.
bool postgresql_available(void);
