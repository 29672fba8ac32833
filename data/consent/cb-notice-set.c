/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "consent/cb-notice-private.h"

#include "base/cb-error.h"
#include "consent/cb-consent-resources.h"
#include "consent/cb-purpose.h"

#define NOTICES_PATH "/counterbook/consent/notices/"

struct _CbNoticeSet
{
  GPtrArray *notices; /* of CbNotice, ordered by id and version */
};

static int
compare_notices (gconstpointer a, gconstpointer b)
{
  const CbNotice *left = *(const CbNotice *const *) a;
  const CbNotice *right = *(const CbNotice *const *) b;
  int order = g_strcmp0 (cb_notice_get_id (left), cb_notice_get_id (right));
  guint left_version = cb_notice_get_version (left);
  guint right_version = cb_notice_get_version (right);

  return order != 0 ? order : (left_version > right_version) - (left_version < right_version);
}

static gboolean
check_versions (CbNoticeSet *self, GError **error)
{
  const char *last_id = NULL;
  guint last_version = 0;

  for (guint i = 0; i < self->notices->len; i++)
    {
      const CbNotice *notice = g_ptr_array_index (self->notices, i);
      gboolean is_same = g_strcmp0 (cb_notice_get_id (notice), last_id) == 0;

      if (cb_notice_get_version (notice) != (is_same ? last_version + 1 : 1))
        {
          g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                       "versions of notice '%s' don't run from 1 without a gap",
                       cb_notice_get_id (notice));
          return FALSE;
        }
      last_id = cb_notice_get_id (notice);
      last_version = cb_notice_get_version (notice);
    }
  return TRUE;
}

CbNoticeSet *
cb_notice_set_new (GPtrArray *files, GError **error)
{
  g_autoptr (CbNoticeSet) self = g_new0 (CbNoticeSet, 1);

  self->notices = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_notice_free);
  for (guint i = 0; i < files->len; i++)
    {
      CbNotice *notice = cb_notice_new_from_bytes (g_ptr_array_index (files, i), error);

      if (notice == NULL)
        return NULL;
      g_ptr_array_add (self->notices, notice);
    }
  g_ptr_array_sort (self->notices, compare_notices);
  return check_versions (self, error) ? g_steal_pointer (&self) : NULL;
}

void
cb_notice_set_free (CbNoticeSet *self)
{
  g_ptr_array_unref (self->notices);
  g_free (self);
}

const CbNotice *
cb_notice_set_get_current (CbNoticeSet *self, const char *id)
{
  const CbNotice *current = NULL;

  for (guint i = 0; i < self->notices->len; i++)
    {
      const CbNotice *notice = g_ptr_array_index (self->notices, i);

      if (g_strcmp0 (cb_notice_get_id (notice), id) == 0)
        current = notice;
    }
  return current;
}

const CbNotice *
cb_notice_set_find (CbNoticeSet *self, const char *id, guint version)
{
  for (guint i = 0; i < self->notices->len; i++)
    {
      const CbNotice *notice = g_ptr_array_index (self->notices, i);

      if (cb_notice_get_version (notice) == version &&
          g_strcmp0 (cb_notice_get_id (notice), id) == 0)
        return notice;
    }
  return NULL;
}

gboolean
cb_notice_set_is_outdated_for (CbNoticeSet *self,
                               const char *id,
                               guint version,
                               const char *purpose)
{
  if (version == 0 || cb_purpose_find (purpose) == NULL ||
      cb_notice_set_get_current (self, id) == NULL)
    return TRUE;

  for (guint i = 0; i < self->notices->len; i++)
    {
      const CbNotice *notice = g_ptr_array_index (self->notices, i);

      if (cb_notice_get_version (notice) > version &&
          g_strcmp0 (cb_notice_get_id (notice), id) == 0 &&
          cb_notice_has_material_change (notice, purpose))
        return TRUE;
    }
  return FALSE;
}

void
cb_consent_register_resources (void)
{
  static gsize is_registered = 0;

  if (g_once_init_enter (&is_registered))
    {
      cb_consent_register_resource ();
      g_once_init_leave (&is_registered, 1);
    }
}

/* As with purposes: a file that doesn't load is a mistake of the build. */
static CbNoticeSet *
load_notices (void)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;
  CbNoticeSet *set;

  cb_consent_register_resources ();
  names = g_resources_enumerate_children (NOTICES_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (names != NULL);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat (NOTICES_PATH, names[i], NULL);
      GBytes *file = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

      g_assert (file != NULL);
      g_ptr_array_add (files, file);
    }
  set = cb_notice_set_new (files, &error);
  g_assert_no_error (error);
  g_assert (cb_notice_set_get_current (set, CB_NOTICE_COUNTER) != NULL);
  return set;
}

static CbNoticeSet *
get_notices (void)
{
  static CbNoticeSet *set = NULL;

  if (g_once_init_enter (&set))
    g_once_init_leave (&set, load_notices ());
  return set;
}

const CbNotice *
cb_notice_get_current (void)
{
  return cb_notice_set_get_current (get_notices (), CB_NOTICE_COUNTER);
}

const CbNotice *
cb_notice_find (const char *id, guint version)
{
  return cb_notice_set_find (get_notices (), id, version);
}

gboolean
cb_notice_is_outdated_for (const char *id, guint version, const char *purpose)
{
  return cb_notice_set_is_outdated_for (get_notices (), id, version, purpose);
}
