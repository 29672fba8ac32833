/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-scenes.h"

static void
append_all (GArray *all, const CbScene *scenes)
{
  for (; scenes->name != NULL; scenes++)
    g_array_append_val (all, *scenes);
}

const CbScene *
cb_screens_get_scenes (void)
{
  static GArray *all;

  if (all == NULL)
    {
      all = g_array_new (TRUE, TRUE, sizeof (CbScene));
      append_all (all, cb_scenes_visit);
      append_all (all, cb_scenes_turned);
      append_all (all, cb_scenes_record);
      append_all (all, cb_scenes_office);
      append_all (all, cb_scenes_manager);
      append_all (all, cb_scenes_erased);
      append_all (all, cb_scenes_trouble);
    }
  return (const CbScene *) (const void *) all->data;
}
