/* SPDX-License-Identifier: Apache-2.0 */

/* What the compiler reads once for the whole layer, as ui/pch/cb-ui-pch.h says. */

#include <gio/gio.h>
