/* SPDX-License-Identifier: Apache-2.0 */

/* Every text comes through the screen: put into the composer, the form and the editor, saved, and
 * shown again, it is in the store as it was typed. What a screen may change is said in as_typed():
 * white space around it, and lines that end as other systems end them. That the store's texts reach
 * the service is tests/app's part. No text is ever printed: it is named by its place in the list.
 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-json.h"
#include "cb-ui-page.h"
#include "customer/cb-note-row.h"
#include "customer/cb-preference-editor.h"
#include "shell/cb-words.h"
#include "visit/cb-composer.h"
#include "visit/cb-new-customer.h"
#include "widgets/cb-field.h"

#define FILE_MAX (1024 * 1024)

/* --- the texts --- */

static char *
as_typed (const char *text)
{
  g_auto (GStrv) windows = g_strsplit (text, "\r\n", -1);
  g_autofree char *lines = g_strjoinv ("\n", windows);

  return g_strdup (g_strstrip (g_strdelimit (lines, "\r", '\n')));
}

static char *
read_file (const char *path, gsize *length)
{
  g_autoptr (GError) error = NULL;
  char *contents = NULL;

  g_file_get_contents (path, &contents, length, &error);
  g_assert_no_error (error);
  return contents;
}

static gboolean
is_long_run (void)
{
  return g_getenv ("CB_TEST_LONG") != NULL;
}

static void
add_text (GPtrArray *texts, const char *text)
{
  g_autofree char *typed = as_typed (text);

  if (*typed != '\0')
    g_ptr_array_add (texts, g_strdup (text));
}

/* In a short run one in ten of the long lists, and of every list where each step takes ten times as
 * long because memory is watched; which ones, chance decides. */
#ifdef __SANITIZE_ADDRESS__
#define IS_WATCHED TRUE
#else
#define IS_WATCHED FALSE
#endif

static void
thin_out (GPtrArray *texts)
{
  int lucky = g_test_rand_int_range (0, 10);

  if (is_long_run ())
    return;
  for (guint i = texts->len; i > 0; i--)
    {
      if ((int) ((i - 1) % 10) != lucky)
        g_ptr_array_remove_index (texts, i - 1);
    }
}

static GPtrArray *
read_list (const char *path)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree char *contents = read_file (path, &length);
  g_autoptr (JsonObject) list = cb_json_parse (contents, length, FILE_MAX, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < json_object_array_length (list); i++)
    add_text (texts, json_object_get_string (json_object_array_get_idx (list, i)));
  return texts;
}

static GPtrArray *
read_lines (const char *path)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  gsize length;
  g_autofree char *contents = read_file (path, &length);
  const char *end = contents + length;
  const char *line = contents;

  while (line < end)
    {
      const char *newline = memchr (line, '\n', (gsize) (end - line));
      gsize bytes = (gsize) ((newline != NULL ? newline : end) - line);

      if (g_utf8_validate_len (line, bytes, NULL))
        {
          g_autofree char *text = g_strndup (line, bytes);

          add_text (texts, text);
        }
      line += bytes + 1;
    }
  return texts;
}

static GPtrArray *
read_shared (const char *first, const char *second)
{
  const char *shared = g_getenv ("CB_TEST_SHARED");
  g_autofree char *path = NULL;
  GPtrArray *texts;

  if (shared != NULL)
    path = g_build_filename (shared, first, "files", second, NULL);
  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the folder of texts that other people wrote is not beside this checkout");
      return NULL;
    }
  texts = g_str_has_suffix (second, ".json") ? read_list (path) : read_lines (path);
  thin_out (texts);
  return texts;
}

static void
complain (const char *what, guint number)
{
  g_test_message ("the %s of text %u is not in the store as it was typed", what, number);
  g_test_fail ();
}

/* --- what a person sees --- */

static void
collect (GtkWidget *root, GType type, GPtrArray *found)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    g_ptr_array_add (found, root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

static gboolean
has_label (GtkWidget *root, const char *text)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  collect (root, GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    {
      if (strcmp (gtk_label_get_text (g_ptr_array_index (labels, i)), text) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
row_shows (CbUiPage *fixture, GType type, const char *text)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  collect (GTK_WIDGET (fixture->page), type, rows);
  for (guint i = 0; i < rows->len; i++)
    {
      if (has_label (g_ptr_array_index (rows, i), text))
        return TRUE;
    }
  return FALSE;
}

static void
open_customer (CbUiPage *fixture, const char *id)
{
  cb_customer_page_close (fixture->page);
  cb_customer_page_open (fixture->page, id);
  CB_UI_UNTIL (cb_customer_page_get_dossier (fixture->page) != NULL);
}

/* --- a note --- */

/* Looked up anew each time: a saved note takes its buffer, and the way back to its words, with it.
 */
static GtkTextBuffer *
buffer_of (GtkWidget *page)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (cb_ui_find_type (page, GTK_TYPE_TEXT_VIEW)));
}

static void
write_note (CbUiPage *fixture, const char *text)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);

  gtk_text_buffer_insert_at_cursor (buffer_of (page), text, -1);
  g_assert_true (
    cb_ui_press (cb_ui_find_type (page, CB_TYPE_COMPOSER), GDK_KEY_Return, GDK_CONTROL_MASK));
  CB_UI_UNTIL (gtk_text_buffer_get_char_count (buffer_of (page)) == 0);
}

static gboolean
store_has_note (CbDossier *dossier, const char *text)
{
  GPtrArray *notes = cb_dossier_get_notes (dossier);

  for (guint i = 0; i < notes->len; i++)
    {
      if (strcmp (cb_note_get_text (g_ptr_array_index (notes, i)), text) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
come_through_as_notes (CbUiPage *fixture, GPtrArray *texts)
{
  open_customer (fixture, fixture->world.mara);
  for (guint i = 0; i < texts->len; i++)
    {
      g_autofree char *typed = as_typed (g_ptr_array_index (texts, i));

      write_note (fixture, g_ptr_array_index (texts, i));
      CB_UI_UNTIL (row_shows (fixture, CB_TYPE_NOTE_ROW, typed));
    }
  open_customer (fixture, fixture->world.mara);
  for (guint i = 0; i < texts->len; i++)
    {
      g_autofree char *typed = as_typed (g_ptr_array_index (texts, i));

      if (!store_has_note (cb_customer_page_get_dossier (fixture->page), typed))
        complain ("note", i);
    }
}

/* --- what stands in fields: three texts at a time, each in another field --- */

typedef struct
{
  char *typed[3];
} Three;

static Three
three_of (GPtrArray *texts, guint first)
{
  Three three;

  for (guint i = 0; i < G_N_ELEMENTS (three.typed); i++)
    three.typed[i] = g_strstrip (g_strdup (g_ptr_array_index (texts, (first + i) % texts->len)));
  return three;
}

static Three
fill_fields (GtkWidget *form, GPtrArray *texts, guint first)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new ();

  collect (form, CB_TYPE_FIELD, fields);
  g_assert_cmpuint (fields->len, >=, 3);
  for (guint i = 0; i < 3; i++)
    cb_field_set_text (g_ptr_array_index (fields, i),
                       g_ptr_array_index (texts, (first + i) % texts->len));
  return three_of (texts, first);
}

static void
clear_three (Three *three)
{
  for (guint i = 0; i < G_N_ELEMENTS (three->typed); i++)
    g_clear_pointer (&three->typed[i], g_free);
}

static guint
stride (void)
{
  return is_long_run () ? 1 : 3;
}

static void
on_saved (gboolean *is_saved)
{
  *is_saved = TRUE;
}

static void
write_preference (CbUiPage *fixture, GPtrArray *texts, guint first)
{
  GtkWidget *editor = cb_preference_editor_new (fixture->world.store, fixture->shelf,
                                                fixture->world.jurgen, NULL, NULL);
  GtkWindow *window = cb_ui_world_show (editor, 800, 600);
  gboolean is_saved = FALSE;
  Three three = fill_fields (editor, texts, first);

  g_signal_connect_swapped (editor, "saved", G_CALLBACK (on_saved), &is_saved);
  cb_ui_click (cb_ui_find_button (editor, cb_words_facet (CB_FACET_OTHER)));
  cb_ui_click (cb_ui_find_button (editor, "Save preference"));
  CB_UI_UNTIL (is_saved);
  gtk_window_destroy (window);
  clear_three (&three);
}

static gboolean
is_preference_of (CbPreference *preference, const Three *three)
{
  return g_strcmp0 (cb_preference_get_value (preference), three->typed[0]) == 0 &&
         g_strcmp0 (cb_preference_get_garment (preference), three->typed[1]) == 0 &&
         g_strcmp0 (cb_preference_get_maker (preference), three->typed[2]) == 0;
}

static gboolean
store_has_preference (CbDossier *dossier, const Three *three)
{
  GPtrArray *preferences = cb_dossier_get_preferences (dossier);

  for (guint i = 0; i < preferences->len; i++)
    {
      if (is_preference_of (g_ptr_array_index (preferences, i), three))
        return TRUE;
    }
  return FALSE;
}

static void
come_through_as_preferences (CbUiPage *fixture, GPtrArray *texts)
{
  for (guint i = 0; i < texts->len; i += stride ())
    write_preference (fixture, texts, i);
  open_customer (fixture, fixture->world.jurgen);
  for (guint i = 0; i < texts->len; i += stride ())
    {
      Three three = three_of (texts, i);

      if (!store_has_preference (cb_customer_page_get_dossier (fixture->page), &three))
        complain ("preference", i);
      clear_three (&three);
    }
}

static void
on_added (char **id, const char *added)
{
  *id = g_strdup (added);
}

static void
come_through_as_name (CbUiPage *fixture, GPtrArray *texts, guint first)
{
  GtkWidget *form = cb_new_customer_new (fixture->world.store, fixture->shelf, NULL);
  GtkWindow *window = cb_ui_world_show (form, 800, 600);
  g_autofree char *id = NULL;
  Three three = fill_fields (form, texts, first);
  CbCustomer *customer;

  g_signal_connect_swapped (form, "added", G_CALLBACK (on_added), &id);
  cb_ui_click (cb_ui_find_button (form, "Add customer"));
  CB_UI_UNTIL (id != NULL);
  gtk_window_destroy (window);

  open_customer (fixture, id);
  customer = cb_dossier_get_customer (cb_customer_page_get_dossier (fixture->page));
  if (g_strcmp0 (cb_customer_get_given (customer), three.typed[0]) != 0 ||
      g_strcmp0 (cb_customer_get_family (customer), three.typed[1]) != 0 ||
      g_strcmp0 (cb_customer_get_preferred (customer), three.typed[2]) != 0)
    complain ("name", first);
  CB_UI_UNTIL (has_label (GTK_WIDGET (fixture->page), three.typed[2]));
  clear_three (&three);
}

static void
come_through (CbUiPage *fixture, GPtrArray *texts)
{
  if (texts == NULL)
    return;
  g_assert_cmpuint (texts->len, >, 5);
  come_through_as_notes (fixture, texts);
  come_through_as_preferences (fixture, texts);
  for (guint i = 0; i < texts->len; i += stride ())
    come_through_as_name (fixture, texts, i);
  g_test_message ("%u texts came through the screen", texts->len);
}

static void
test_own (CbUiPage *fixture, gconstpointer data)
{
  g_autofree char *path =
    g_build_filename (g_getenv ("CB_TEST_SOURCE_ROOT"), "tests", "fixtures", "strings.json", NULL);
  g_autoptr (GPtrArray) texts = read_list (path);

  if (IS_WATCHED)
    thin_out (texts);
  come_through (fixture, texts);
}

static void
test_naughty (CbUiPage *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) texts = read_shared ("bad-blns", "blns.json");

  come_through (fixture, texts);
}

static void
test_stress (CbUiPage *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) texts = read_shared ("bad-utf8-kuhn", "UTF-8-test.txt");

  come_through (fixture, texts);
}

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);

#define ADD(path, test)                                                                            \
  g_test_add (path, CbUiPage, NULL, cb_ui_page_set_up, test, cb_ui_page_tear_down)
  ADD ("/texts/made-up-here/come-through-the-screen", test_own);
  ADD ("/texts/known-to-break-fields/come-through-the-screen", test_naughty);
  ADD ("/texts/of-the-stress-file/come-through-the-screen", test_stress);
#undef ADD

  return g_test_run ();
}
