/* SPDX-License-Identifier: Apache-2.0 */

/* The endpoints there are. */

#pragma once

#include "service/cb-request.h"

G_BEGIN_DECLS

/* NULL when there is none; `allowed` is then the method that the path does take, if any. `id` is
 * what stands where the path has one. Free it. */
const CbRoute *cb_routes_find (const char *method,
                               const char *path,
                               char **id,
                               const char **allowed);

G_END_DECLS
