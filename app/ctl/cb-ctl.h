/* SPDX-License-Identifier: Apache-2.0 */

/* counterbookctl: the same store without a screen. What one run of it is: the command that was
 * named, its options and words, and the open book with whoever acts. Each family of commands is a
 * file with a table; cb-ctl.c reads the command line by those tables and turns errors into exit
 * codes. Personal texts come on standard input, never as arguments. */

#pragma once

#include <gio/gio.h>

#include "base/cb-json.h"
#include "store/cb-book.h"

G_BEGIN_DECLS

typedef enum
{
  CB_CTL_DONE,
  CB_CTL_FAILED,
  CB_CTL_USAGE,
  CB_CTL_REFUSED,
  CB_CTL_FORBIDDEN,
} CbCtlExit;

/* What is wrong with the command line itself. */
#define CB_CTL_ERROR (cb_ctl_error_quark ())

typedef enum
{
  CB_CTL_ERROR_USAGE,
} CbCtlError;

GQuark cb_ctl_error_quark (void);

typedef struct
{
  const char *name;
  const char *value; /* what it takes: "a|b" is one of these words, "N" a number; NULL is a flag */
  const char *help;
  gboolean is_needed;
} CbCtlOption;

typedef struct _CbCtl CbCtl;

/* Looks at the command line beyond what the tables say, before the store is opened. */
typedef gboolean (*CbCtlCheck) (CbCtl *ctl, GError **error);

/* Answers the JSON document of the command, which is also what plain text is made of. */
typedef gboolean (*CbCtlRun) (CbCtl *ctl, JsonObject **answer, GError **error);

/* Whose roles a command is for; the book checks again where the work is done. */
#define CB_CTL_BY(role) (1u << CB_ROLE_##role)
#define CB_CTL_BY_ANYONE 0u

typedef struct
{
  const char *family;
  const char *verb;  /* NULL: the family is the command */
  const char *words; /* "CUSTOMER", "[TEXT]", "ID STATE", or NULL for none */
  const char *summary;
  const CbCtlOption *options; /* NULL for none */
  guint roles;
  gboolean needs_no_store;
  CbCtlCheck check; /* NULL for none */
  CbCtlRun run;
} CbCtlCommand;

struct _CbCtl
{
  const CbCtlCommand *command;
  GHashTable *options; /* name to value, "" for a flag */
  char *word;          /* what stands behind the command; NULL when nothing does */
  char *second_word;
  char *home;
  char *state_root;
  const char *as;
  gboolean is_json;
  gboolean wants_help;
  gboolean wants_version;
  CbClock *clock;
  CbBook *book;
  CbStaff *actor;
};

/* The families, each ending in a row without a family. */
extern const CbCtlCommand cb_ctl_init_commands[];
extern const CbCtlCommand cb_ctl_staff_commands[];
extern const CbCtlCommand cb_ctl_customer_commands[];
extern const CbCtlCommand cb_ctl_note_commands[];
extern const CbCtlCommand cb_ctl_review_commands[];
extern const CbCtlCommand cb_ctl_preference_commands[];
extern const CbCtlCommand cb_ctl_request_commands[];
extern const CbCtlCommand cb_ctl_occasion_commands[];
extern const CbCtlCommand cb_ctl_care_commands[];
extern const CbCtlCommand cb_ctl_consent_commands[];
extern const CbCtlCommand cb_ctl_import_commands[];
extern const CbCtlCommand cb_ctl_export_commands[];
extern const CbCtlCommand cb_ctl_outbox_commands[];
extern const CbCtlCommand cb_ctl_sync_commands[];
extern const CbCtlCommand cb_ctl_store_commands[];
extern const CbCtlCommand cb_ctl_backup_commands[];
extern const CbCtlCommand cb_ctl_doctor_commands[];
extern const CbCtlCommand cb_ctl_retention_commands[];

/* All of them, NULL-terminated. */
extern const CbCtlCommand *const cb_ctl_families[];

gboolean cb_ctl_open_book (CbCtl *ctl, GError **error);
void cb_ctl_close_book (CbCtl *ctl);

/* What follows on erasures, with patience for others who read or clean just now: "pass", or an
 * error that says that it is erased all the same. */
gboolean cb_ctl_clean (CbCtl *ctl, const char **result, GError **error);

/* Whom --as names, in the open book; none is no error here. */
gboolean cb_ctl_find_actor (CbCtl *ctl, GError **error);

/* Whether the command is for whoever acts. */
gboolean cb_ctl_check_role (CbCtl *ctl, GError **error);

G_END_DECLS
