/* SPDX-License-Identifier: Apache-2.0 */

/* What libFuzzer is let loose on: each target takes any bytes and holds what it reads to the
 * promises of its header. A target that finds a promise broken aborts, which the fuzzer reports
 * with the bytes that did it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef void (*CbFuzzFunc) (const guint8 *bytes, gsize length);

/* The network's side. */
void cb_fuzz_acks (const guint8 *bytes, gsize length);
void cb_fuzz_changes (const guint8 *bytes, gsize length);
void cb_fuzz_records (const guint8 *bytes, gsize length);
void cb_fuzz_spans (const guint8 *bytes, gsize length);
void cb_fuzz_operations (const guint8 *bytes, gsize length);
void cb_fuzz_packed (const guint8 *bytes, gsize length);
void cb_fuzz_replies (const guint8 *bytes, gsize length);

/* Files. */
void cb_fuzz_vcard (const guint8 *bytes, gsize length);
void cb_fuzz_csv (const guint8 *bytes, gsize length);
void cb_fuzz_goods (const guint8 *bytes, gsize length);
void cb_fuzz_optouts (const guint8 *bytes, gsize length);

G_END_DECLS
