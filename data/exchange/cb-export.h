/* SPDX-License-Identifier: Apache-2.0 */

/* What a customer takes home, as the bytes of a file: pure functions of the document that the book
 * makes of one customer. Two documents there are, each with its published schema beside this file:
 * `counterbook-export` (what they told us, to take elsewhere) and `counterbook-access` (everything
 * that is kept about them, and why). Texts come from people and may hold anything that is UTF-8:
 * whatever a reader of the file would obey instead of showing is escaped. Any thread. */

#pragma once

#include "base/cb-json.h"
#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_EXPORT_DOCUMENT "counterbook-export"
#define CB_ACCESS_DOCUMENT "counterbook-access"
#define CB_EXPORT_VERSION 1

/* The access document has pages (CB_EXPORT_HTML, with the document itself inside) and
 * CB_EXPORT_JSON; the export document every format. The bytes wipe themselves when freed. */
GBytes *cb_export_encode (JsonObject *document, CbExportFormat format);

/* --- what the formats share --- */

/* The document over several lines. What can't be seen stands as an escape; with `for_markup` also
 * what markup around it would obey. */
GString *cb_export_write_json (JsonObject *document, gboolean for_markup);
GString *cb_export_write_vcard (JsonObject *document);
GString *cb_export_write_jscontact (JsonObject *document);
GString *cb_export_write_page (JsonObject *document);
GString *cb_access_write_page (JsonObject *document);

/* The page of everything for a screen, in `language`: its parts (CbPagePart). */
GPtrArray *cb_access_list_parts (JsonObject *document, const char *language);

/* The same customer is the same contact in every file, however often they ask. It is as random as a
 * UUID and has none of its versions (RFC 9562), so it is a text and no URN (RFC 6350, 6.7.6). */
const char *cb_export_get_uid (JsonObject *document);

/* The name of the card: given and family, else the preferred one; NULL when they gave none. */
char *cb_export_dup_full_name (JsonObject *person);

G_END_DECLS
