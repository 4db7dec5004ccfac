// The files that are part of this program but not Swift: the dashboard, the OpenAPI document and its stylesheet, the
// example plugins.
//
// They lie beside this folder in their own formats, where editors and linters know what they are.

#ifndef CASSETS_H
#define CASSETS_H

#include <stddef.h>
#include <stdint.h>

/// A file that is part of this program.
struct __attribute__((swift_attr("@Sendable"))) Asset {
    /// Its path in Sources/CAssets.
    const char *_Nonnull name;
    const uint8_t *_Nonnull bytes;
    size_t count;
};

/// The file with that path; one that is not there is a defect and ends the process.
struct Asset placet_asset(const char *_Nonnull name) __attribute__((swift_name("Asset.init(_:)")));

/// How many files there are.
size_t placet_asset_total(void) __attribute__((swift_name("getter:Asset.total()")));

/// The file with that number, counted from 0.
struct Asset placet_asset_number(size_t number) __attribute__((swift_name("Asset.init(number:)")));

#endif
