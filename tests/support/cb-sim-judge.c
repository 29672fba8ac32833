/* SPDX-License-Identifier: Apache-2.0 */

/* What must hold when nothing goes wrong any more. What was captured is at the service, or nowhere
 * for a reason that somebody sees: its customer is erased, nobody agreed to it, it was refused.
 * What both ends have is the same. Nobody who was erased is anywhere, and no yes stands that was
 * ended. */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-sim-private.h"

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "service/cb-dump.h"

#include <string.h>

/* What the service has: "kind/id" of a record, its line as it is dumped. */
typedef struct
{
  GHashTable *lines; /* id: JsonObject */
} Centre;

static void
take_line (GString *text, Centre *centre)
{
  JsonObject *line = cb_json_parse (text->str, text->len, G_MAXINT, NULL);

  g_hash_table_insert (centre->lines, g_strdup (cb_json_get_string (line, "id")), line);
  g_string_free (text, TRUE);
}

static gboolean
on_record (const CbRecordRow *row, gpointer data)
{
  GString *text = g_string_new (NULL);

  cb_dump_record (row, text);
  take_line (text, data);
  return TRUE;
}

static gboolean
on_answer (const CbAnswerRow *row, gpointer data)
{
  GString *text = g_string_new (NULL);

  cb_dump_answer (row, text);
  take_line (text, data);
  return TRUE;
}

static void
on_report (const char *line, gboolean is_problem, gpointer data)
{
  if (is_problem)
    cb_sim_complain (data, "the service finds: %s", line);
}

static void
read_centre (CbSim *sim, Centre *centre)
{
  CbStorage *storage = cb_service_get_storage (sim->service);
  g_autoptr (GError) error = NULL;

  centre->lines =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_object_put);
  storage->methods->walk (storage, on_record, on_answer, centre, &error);
  g_assert_no_error (error);
  /* Of that mistake the service's own look would tell at once: it has to show in what it does. */
  if (sim->mutant != CB_SIM_NO_DEDUPLICATION)
    storage->methods->inspect (storage, on_report, sim, &error);
  g_assert_no_error (error);
}

static const char *
get_customer (const Centre *centre, const char *id)
{
  return cb_json_get_string (g_hash_table_lookup (centre->lines, id), "customer");
}

/* --- nobody who was erased --- */

static void
judge_erased (CbSim *sim, const Centre *centre)
{
  GHashTableIter iter;
  gpointer id = NULL;

  g_hash_table_iter_init (&iter, centre->lines);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (g_hash_table_contains (sim->erased, get_customer (centre, id)))
      cb_sim_complain (sim, "an erased customer is at the service");

  g_hash_table_iter_init (&iter, sim->erased);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    for (guint i = 0; i < CB_SIM_MACHINES; i++)
      if (cb_sim_knows (&sim->tills[i], id))
        cb_sim_complain (sim, "an erased customer is at till %u", i);
}

/* --- no yes that was ended --- */

static void
judge_withdrawn (CbSim *sim, const Centre *centre)
{
  GHashTableIter iter;
  gpointer key = NULL;

  g_hash_table_iter_init (&iter, sim->withdrawn);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_autofree char *id = g_strconcat (key, "/*", NULL);
      JsonObject *body = cb_json_get_object (g_hash_table_lookup (centre->lines, id), "body");

      if (body != NULL && g_strcmp0 (cb_json_get_string (body, "state"), "given") == 0)
        cb_sim_complain (sim, "a yes stands at the service that was ended");
    }
}

/* --- what a terminal has --- */

typedef struct
{
  GHashTable *newest; /* record id: CbOutboxItem */
  GPtrArray *items;
} View;

static void
view_clear (View *view)
{
  g_clear_pointer (&view->newest, g_hash_table_unref);
  g_clear_pointer (&view->items, g_ptr_array_unref);
}

static gboolean
is_settled (CbOutboxItem *item)
{
  return cb_outbox_item_get_state (item) == CB_DELIVERY_ACCEPTED;
}

/* What is not settled counts before what is. */
static void
read_view (CbSimTill *till, View *view)
{
  g_autoptr (GError) error = NULL;

  view->newest = g_hash_table_new (g_str_hash, g_str_equal);
  view->items = cb_book_list_outbox (till->book, G_MAXUINT, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < view->items->len; i++)
    {
      CbOutboxItem *item = view->items->pdata[i];
      const char *id = cb_outbox_item_get_record_id (item);
      CbOutboxItem *other = g_hash_table_lookup (view->newest, id);

      if (g_strcmp0 (cb_outbox_item_get_act (item), "put") == 0 &&
          (other == NULL || is_settled (other)))
        g_hash_table_insert (view->newest, (gpointer) id, item);
    }
}

/* A later version waits until somebody has looked at the one that was refused. */
static gboolean
is_behind_refused (const View *view, CbOutboxItem *item)
{
  for (guint i = 0; i < view->items->len; i++)
    {
      CbOutboxItem *other = view->items->pdata[i];

      if (cb_outbox_item_get_state (other) == CB_DELIVERY_PARKED &&
          g_strcmp0 (cb_outbox_item_get_record_id (other), cb_outbox_item_get_record_id (item)) ==
            0)
        return TRUE;
    }
  return FALSE;
}

static void
judge_drained (CbSim *sim, const View *view, guint till)
{
  for (guint i = 0; i < view->items->len; i++)
    {
      CbOutboxItem *item = view->items->pdata[i];
      const CbDelivery state = cb_outbox_item_get_state (item);

      if ((state == CB_DELIVERY_WAITING || state == CB_DELIVERY_SENT) &&
          !is_behind_refused (view, item))
        cb_sim_complain (sim, "a %s of till %u still waits (%s)", cb_outbox_item_get_kind (item),
                         till, cb_outbox_item_get_code (item));
    }
}

/* What is acknowledged is what the service has; but for what it lost when it was put back, and what
 * then came spoilt: that waits for a person, where it was written. And what it lost together with
 * the machine that sent it stands at the other terminals alone. */
static void
judge_same (CbSim *sim, const Centre *centre, const View *view, guint till)
{
  const gboolean has_orphans = sim->was_put_back && sim->is_spare_used;
  GHashTableIter iter;
  gpointer id = NULL;
  gpointer item = NULL;

  g_hash_table_iter_init (&iter, view->newest);
  while (g_hash_table_iter_next (&iter, &id, &item))
    {
      JsonObject *line = g_hash_table_lookup (centre->lines, id);

      if (!is_settled (item) || g_hash_table_contains (sim->poisoned, cb_outbox_item_get_id (item)))
        continue;
      if (line == NULL && !has_orphans)
        cb_sim_complain (sim, "a %s that till %u had acknowledged is not at the service",
                         cb_outbox_item_get_kind (item), till);
      else if (line != NULL &&
               g_strcmp0 (cb_json_get_string (line, "version"), cb_outbox_item_get_id (item)) != 0)
        cb_sim_complain (sim, "till %u has another version of a %s than the service", till,
                         cb_outbox_item_get_kind (item));
    }
}

static gboolean
has_card (const Centre *centre, const char *customer)
{
  return g_hash_table_contains (centre->lines, customer);
}

/* What the service has of this shop is at each of its terminals. */
static void
judge_told (CbSim *sim, const Centre *centre, const View *view, guint till)
{
  GHashTableIter iter;
  gpointer id = NULL;
  gpointer line = NULL;

  g_hash_table_iter_init (&iter, centre->lines);
  while (g_hash_table_iter_next (&iter, &id, &line))
    if (g_strcmp0 (cb_json_get_string (line, "kind"), "consent") != 0 &&
        has_card (centre, get_customer (centre, id)) && !g_hash_table_contains (view->newest, id))
      cb_sim_complain (sim, "till %u was not told of a %s", till,
                       cb_json_get_string (line, "kind"));
}

/* --- what was written down --- */

static void
judge_words (CbSim *sim, const Centre *centre, const View *views)
{
  GHashTableIter iter;
  gpointer id = NULL;
  gpointer said = NULL;

  g_hash_table_iter_init (&iter, sim->words);
  while (g_hash_table_iter_next (&iter, &id, &said))
    {
      g_auto (GStrv) parts = g_strsplit (said, "/", 3);
      JsonObject *body = cb_json_get_object (g_hash_table_lookup (centre->lines, id), "body");
      CbOutboxItem *item =
        g_hash_table_lookup (views[g_ascii_strtoull (parts[0], NULL, 10)].newest, id);

      if (g_hash_table_contains (sim->erased, parts[1]))
        continue;
      if (body != NULL && g_strcmp0 (cb_json_get_string (body, "text"), parts[2]) != 0)
        cb_sim_complain (sim, "a note says something else at the service");
      if (body == NULL && item == NULL)
        cb_sim_complain (sim, "a note of till %s is lost", parts[0]);
    }
}

void
cb_sim_judge (CbSim *sim)
{
  const guint n_machines = sim->tills[CB_SIM_TWIN].book != NULL ? CB_SIM_MACHINES : CB_SIM_TILLS;
  Centre centre = { NULL };
  View views[CB_SIM_MACHINES] = { { NULL } };

  read_centre (sim, &centre);
  for (guint i = 0; i < n_machines; i++)
    read_view (&sim->tills[i], &views[i]);
  judge_erased (sim, &centre);
  judge_withdrawn (sim, &centre);
  judge_words (sim, &centre, views);
  for (guint i = 0; i < n_machines; i++)
    {
      judge_drained (sim, &views[i], i);
      judge_same (sim, &centre, &views[i], i);
      judge_told (sim, &centre, &views[i], i);
    }
  for (guint i = 0; i < n_machines; i++)
    view_clear (&views[i]);
  g_hash_table_unref (centre.lines);
}
