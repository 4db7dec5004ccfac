#pragma once

// The text of the schema file with this number. The first is 1; NULL after the last. Never to be freed.
const char *placet_schema(unsigned number);

// The same for an index on PostgreSQL.
const char *placet_postgresql_schema(unsigned number);
