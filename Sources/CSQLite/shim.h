#include <sqlite3.h>

/// Lets SQLite not count the memory that it takes: nobody asks, and the counters are one lock for all connections.
/// Comes before everything else of SQLite in a process, and does nothing later.
static inline void sqlite3_stop_counting_memory(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
