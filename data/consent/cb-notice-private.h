/* SPDX-License-Identifier: Apache-2.0 */

/* Notices from bytes: for the two files that make up notices, and for tests that need a version
 * nobody released. */

#pragma once

#include "consent/cb-notice.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* One file. CB_STORE_ERROR_INVALID when a text is missing, empty or unknown, in any language. */
CbNotice *cb_notice_new_from_bytes (GBytes *file, GError **error);
void cb_notice_free (CbNotice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbNotice, cb_notice_free)

/* All versions there are of all notices. */
typedef struct _CbNoticeSet CbNoticeSet;

/* `files` of GBytes. The versions of each notice must run from 1 without a gap. */
CbNoticeSet *cb_notice_set_new (GPtrArray *files, GError **error);
void cb_notice_set_free (CbNoticeSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbNoticeSet, cb_notice_set_free)

const CbNotice *cb_notice_set_get_current (CbNoticeSet *self, const char *id);
const CbNotice *cb_notice_set_find (CbNoticeSet *self, const char *id, guint version);
gboolean cb_notice_set_is_outdated_for (CbNoticeSet *self,
                                        const char *id,
                                        guint version,
                                        const char *purpose);

G_END_DECLS
