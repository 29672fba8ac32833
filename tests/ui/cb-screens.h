/* SPDX-License-Identifier: Apache-2.0 */

/* Every screen and state of the terminal, one after the other, in a window over a demo shop: for
 * looking at them, and for checks that hold for each. A scene stands on the one before it. */

#pragma once

#include "cb-ui-world.h"
#include "shell/cb-window.h"

G_BEGIN_DECLS

typedef struct
{
  char *root; /* of the shop's folders */
  char *home;
  char *state_root;
  CbStore *store;
  char *import_folder;
  int pipe; /* into a file that is being brought in; 0 when none is */
  CbClock *clock;
  CbWindow *window; /* while a look is worn */
} CbScreens;

/* How a window looks. */
typedef struct
{
  const char *name; /* of the folder its pictures are put into */
  int width;
  int height;
  double scale;       /* of text: 1.0 to 2.0 */
  const char *locale; /* "de_DE.UTF-8" …; NULL is English */
  gboolean is_dark;
  gboolean is_contrast;
  gboolean is_right_to_left;
} CbLook;

typedef struct
{
  const char *name;
  void (*show) (CbScreens *screens);
} CbScene;

/* Makes the shop. Its people are invented, some with names as long as names get. */
void cb_screens_set_up (CbScreens *screens);
void cb_screens_tear_down (CbScreens *screens);

/* FALSE when this machine lacks the look's locale. */
gboolean cb_screens_wear (CbScreens *screens, const CbLook *look);
void cb_screens_take_off (CbScreens *screens);

/* All scenes in their order; the last has no name. */
const CbScene *cb_screens_get_scenes (void);

/* What the window shows now, as a PNG. */
void cb_screens_save_picture (CbScreens *screens, const char *path);

G_END_DECLS
