/* SPDX-License-Identifier: Apache-2.0 */

/* What --help says, made of the families' tables. */

#pragma once

#include "ctl/cb-ctl.h"

G_BEGIN_DECLS

/* Of the program, or of one command. */
void cb_ctl_print_help (const CbCtlCommand *command);

/* "note add" */
char *cb_ctl_dup_command_name (const CbCtlCommand *command);

/* "associate or manager"; "anyone" */
char *cb_ctl_dup_roles (guint roles);

G_END_DECLS
