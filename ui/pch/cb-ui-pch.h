/* SPDX-License-Identifier: Apache-2.0 */

/* What the compiler reads once for the whole layer: GTK's headers take three quarters of the time
 * that a file of it takes. Nobody includes this: a file names what it uses, and builds without it
 * (-Db_pch=false, as the sanitizers' build does). */

#include <gtk/gtk.h>
