/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-world.h"

#include "shell/cb-ui.h"
#include "store/cb-data.h"

void
cb_ui_world_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  g_setenv ("GTK_THEME", "Empty", TRUE);
  gtk_init ();
  cb_data_init ();
  cb_ui_init ();
  cb_ui_dress (gdk_display_get_default ());
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

void
cb_ui_world_set_up (CbUiWorld *world, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&world->book);
  world->mara = cb_test_book_add_customer (&world->book, "Mara", "Ellingsen", "mara@example.com",
                                           "07700 900112");
  world->jurgen = cb_test_book_add_customer (&world->book, "Jürgen", "Straßmüller", NULL, NULL);

  world->store = cb_store_new (world->book.home, world->book.state_root, world->book.clock);
  cb_store_open_async (world->store, NULL, on_done, &result);
  CB_UI_UNTIL (result != NULL);
  cb_store_open_finish (world->store, result, &error);
  g_assert_no_error (error);
}

void
cb_ui_world_tear_down (CbUiWorld *world, gconstpointer data)
{
  cb_ui_settle ();
  cb_store_close (world->store);
  cb_ui_settle ();
  g_assert_finalize_object (world->store);
  g_free (world->mara);
  g_free (world->jurgen);
  cb_test_book_tear_down (&world->book);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbStaff) actor =
    cb_store_sign_in_finish (CB_STORE (source), result, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (actor);
}

void
cb_ui_world_sign_in (CbUiWorld *world)
{
  cb_ui_world_sign_in_as (world, world->book.associate);
}

static gboolean
is_signed_in (CbUiWorld *world, CbStaff *staff)
{
  CbStaff *actor = cb_store_get_actor (world->store);

  return actor != NULL && g_str_equal (cb_staff_get_id (actor), cb_staff_get_id (staff)) &&
         cb_store_is_index_ready (world->store);
}

void
cb_ui_world_sign_in_as (CbUiWorld *world, CbStaff *staff)
{
  cb_store_sign_in_async (world->store, cb_staff_get_id (staff), g_strdup (CB_TEST_PIN), NULL,
                          on_signed_in, NULL);
  CB_UI_UNTIL (is_signed_in (world, staff));
}

GtkWindow *
cb_ui_world_show (GtkWidget *page, int width, int height)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());

  gtk_window_set_child (window, page);
  gtk_window_set_default_size (window, width, height);
  gtk_window_present (window);
  CB_UI_UNTIL (gtk_widget_get_mapped (page) && gtk_widget_get_height (page) > 0);
  cb_ui_settle ();
  return window;
}

GtkWidget *
cb_ui_find_type (GtkWidget *root, GType type)
{
  /* A page that its stack does not show is visible all the same. */
  if (!gtk_widget_get_visible (root) || !gtk_widget_get_child_visible (root))
    return NULL;
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = cb_ui_find_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* A hidden page of a stack is visible to GTK, but not mapped. */
gboolean
cb_ui_shows (GtkWidget *root, const char *text)
{
  if (!gtk_widget_get_mapped (root))
    return FALSE;
  if (GTK_IS_LABEL (root) && strstr (gtk_label_get_text (GTK_LABEL (root)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (cb_ui_shows (child, text))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_button_named (GtkWidget *widget, const char *label)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) && cb_ui_shows (widget, label);
}

GtkWidget *
cb_ui_find_button (GtkWidget *root, const char *label)
{
  if (is_button_named (root, label))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = cb_ui_find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

void
cb_ui_click (GtkWidget *button)
{
  g_assert_true (GTK_IS_BUTTON (button));
  g_assert_true (gtk_widget_is_sensitive (button));

  g_signal_emit_by_name (button, "clicked");
}

gboolean
cb_ui_press (GtkWidget *widget, guint keyval, GdkModifierType state)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  guint count = g_list_model_get_n_items (controllers);

  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean is_handled = FALSE;

      if (!GTK_IS_EVENT_CONTROLLER_KEY (controller))
        continue;
      g_signal_emit_by_name (controller, "key-pressed", keyval, 0, state, &is_handled);
      if (is_handled)
        return TRUE;
    }
  return FALSE;
}

static gboolean
on_over (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Until the window has been laid out and drawn once more, which a busy machine may take its time
 * over; a window that is going away is not waited for. */
static void
await_frame (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  gboolean is_over = FALSE;
  gint64 before;
  guint timer;

  if (clock == NULL || !gtk_widget_get_mapped (window))
    return;
  before = gdk_frame_clock_get_frame_counter (clock);
  gtk_widget_queue_draw (window);
  timer = g_timeout_add_seconds (5, on_over, &is_over);
  while (gtk_widget_get_mapped (window) && gdk_frame_clock_get_frame_counter (clock) == before &&
         !is_over)
    g_main_context_iteration (NULL, TRUE);
  if (!is_over)
    g_source_remove (timer);
}

/* Asleep where nothing is to be done: other tests run beside this one. */
void
cb_ui_settle (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  gboolean is_over = FALSE;

  g_list_foreach (windows, (GFunc) (void (*) (void)) g_object_ref, NULL);
  g_timeout_add (60, on_over, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  for (GList *link = windows; link != NULL; link = link->next)
    {
      await_frame (link->data);
      g_object_unref (link->data);
    }
}
