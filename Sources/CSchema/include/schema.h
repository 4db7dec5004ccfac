#pragma once

// The text of a schema file by its number, from 1 on; NULL after the last.
const char *placet_schema(unsigned number);
