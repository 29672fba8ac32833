/* SPDX-License-Identifier: Apache-2.0 */

/* The scenes by who is in front of the screen. Each list ends with one without a name and stands on
 * the last of the list before it. */

#pragma once

#include "cb-screens.h"

G_BEGIN_DECLS

/* The function is the name. */
#define CB_SCENE(name)                                                                             \
  {                                                                                                \
#name, name                                                                                    \
  }

extern const CbScene cb_scenes_visit[];   /* somebody at the counter, and their customer's page */
extern const CbScene cb_scenes_turned[];  /* the customer, and until the screen is handed back */
extern const CbScene cb_scenes_record[];  /* the customer, with everything that is kept */
extern const CbScene cb_scenes_office[];  /* head office, as an associate is told of it */
extern const CbScene cb_scenes_manager[]; /* a manager: what was refused, an old book */
extern const CbScene cb_scenes_erased[];  /* whose record is gone; a manager serves them */
extern const CbScene cb_scenes_trouble[]; /* what cannot be read, a book that does not open */

G_END_DECLS
