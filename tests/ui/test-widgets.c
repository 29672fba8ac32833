/* SPDX-License-Identifier: Apache-2.0 */

/* Every template is made and goes without a trace, and the small widgets keep their promises. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-world.h"
#include "customer/cb-customer-page.h"
#include "customer/cb-note-row.h"
#include "customer/cb-person-panel.h"
#include "customer/cb-preference-editor.h"
#include "customer/cb-preference-row.h"
#include "shell/cb-cover-page.h"
#include "shell/cb-keys-sheet.h"
#include "shell/cb-lock-page.h"
#include "shell/cb-outbox-row.h"
#include "shell/cb-pin-pad.h"
#include "shell/cb-staff-tile.h"
#include "shell/cb-sync-chip.h"
#include "shell/cb-sync-sheet.h"
#include "shell/cb-veil.h"
#include "shell/cb-window.h"
#include "shell/cb-words.h"
#include "turned/cb-channel-row.h"
#include "turned/cb-turned-page.h"
#include "visit/cb-ask-strip.h"
#include "visit/cb-composer.h"
#include "visit/cb-counter-page.h"
#include "visit/cb-found-row.h"
#include "visit/cb-new-customer.h"
#include "widgets/cb-aside-layout.h"
#include "widgets/cb-banner.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-field.h"
#include "widgets/cb-qr.h"
#include "widgets/cb-sheet.h"
#include "widgets/cb-switch.h"
#include "widgets/cb-wrapping.h"

/* --- every template --- */

static void
assert_goes (GtkWidget *widget)
{
  const char *name = G_OBJECT_TYPE_NAME (widget);

  g_test_message ("%s", name);
  g_object_ref_sink (widget);
  g_assert_finalize_object (widget);
}

static void
test_small_templates (CbUiWorld *world, gconstpointer data)
{
  GType rows[] = { CB_TYPE_FOUND_ROW, CB_TYPE_OUTBOX_ROW, CB_TYPE_NOTE_ROW,
                   CB_TYPE_PREFERENCE_ROW };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_goes (g_object_new (rows[i], NULL));
  assert_goes (cb_banner_new ());
  assert_goes (cb_empty_state_new ());
  assert_goes (cb_field_new ());
  assert_goes (cb_choice_new ("Choice"));
  assert_goes (cb_switch_new ("Switch"));
  assert_goes (cb_sheet_new ());
  assert_goes (cb_veil_new ());
  assert_goes (cb_pin_pad_new ());
  assert_goes (cb_sync_chip_new ());
  assert_goes (cb_ask_strip_new ());
  assert_goes (cb_composer_new ());
  assert_goes (cb_person_panel_new ());
  assert_goes (cb_channel_row_new (CB_CHANNEL_EMAIL));
  assert_goes (cb_keys_sheet_new (CB_SCREEN_CUSTOMER));
  assert_goes (cb_staff_tile_new (world->book.associate));
}

static void
test_pages (CbUiWorld *world, gconstpointer data)
{
  CbDraftShelf *shelf = cb_draft_shelf_new (world->store);

  cb_ui_world_sign_in (world);
  assert_goes (cb_lock_page_new (world->store));
  assert_goes (cb_cover_page_new (world->store));
  assert_goes (cb_counter_page_new (world->store));
  assert_goes (cb_new_customer_new (world->store, shelf, "Ada Byron"));
  assert_goes (cb_customer_page_new (world->store, shelf));
  assert_goes (cb_preference_editor_new (world->store, shelf, world->mara, NULL, NULL));
  assert_goes (cb_turned_page_new (world->store));
  assert_goes (cb_sync_sheet_new (world->store));
  g_assert_finalize_object (shelf);
}

static void
test_window (CbUiWorld *world, gconstpointer data)
{
  CbWindow *window = g_object_ref (cb_window_new (NULL, world->store));

  gtk_window_present (GTK_WINDOW (window));
  cb_window_start (window);
  cb_ui_settle ();
  gtk_window_destroy (GTK_WINDOW (window));
  cb_ui_settle ();
  g_assert_finalize_object (window);
}

/* --- promises --- */

static void
test_reset_forgets (void)
{
  GtkWidget *field = g_object_ref_sink (cb_field_new ());
  GtkWidget *text = cb_ui_find_type (field, GTK_TYPE_TEXT);

  /* As the keyboard does it: later GTKs remember nothing that a program put in. */
  g_signal_emit_by_name (text, "insert-at-cursor", "Ellingsen");
  gtk_widget_activate_action (text, "text.undo", NULL);
  g_assert_cmpstr (cb_field_get_text (CB_FIELD (field)), ==, "");
  g_signal_emit_by_name (text, "insert-at-cursor", "Ellingsen");

  cb_field_reset (CB_FIELD (field));
  gtk_widget_activate_action (text, "text.undo", NULL);
  g_assert_cmpstr (cb_field_get_text (CB_FIELD (field)), ==, "");
  g_assert_finalize_object (field);
}

static void
test_field_learns_nothing (void)
{
  GtkWidget *field = g_object_ref_sink (cb_field_new ());
  GtkWidget *entry = cb_ui_find_type (field, GTK_TYPE_ENTRY);

  g_assert_cmpint (gtk_entry_get_input_hints (GTK_ENTRY (entry)), ==,
                   GTK_INPUT_HINT_NO_EMOJI | GTK_INPUT_HINT_NO_SPELLCHECK | GTK_INPUT_HINT_PRIVATE);
  g_assert_finalize_object (field);
}

static void
test_choice_is_free (void)
{
  GtkWidget *choice = g_object_ref_sink (cb_choice_new ("Choice"));

  cb_choice_append (CB_CHOICE (choice), "One");
  cb_choice_append (CB_CHOICE (choice), "Other");
  g_assert_cmpuint (cb_choice_get_selected (CB_CHOICE (choice)), ==, CB_CHOICE_NONE);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (gtk_widget_get_last_child (choice)), TRUE);
  g_assert_cmpuint (cb_choice_get_selected (CB_CHOICE (choice)), ==, 1);
  cb_choice_set_selected (CB_CHOICE (choice), CB_CHOICE_NONE);
  g_assert_false (
    gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (gtk_widget_get_last_child (choice))));
  g_assert_finalize_object (choice);
}

static void
test_sheet_covers (void)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *beneath = gtk_button_new_with_label ("Beneath");
  GtkWidget *content = gtk_button_new_with_label ("Above");
  GtkWidget *sheet = cb_sheet_new ();
  GtkWindow *window;

  gtk_overlay_set_child (GTK_OVERLAY (overlay), beneath);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), sheet);
  cb_sheet_set_beneath (CB_SHEET (sheet), beneath);
  window = cb_ui_world_show (overlay, 800, 600);
  gtk_widget_grab_focus (beneath);

  cb_sheet_open (CB_SHEET (sheet), "Title", content);
  g_assert_true (gtk_window_get_focus (window) == content);
  g_assert_false (gtk_widget_grab_focus (beneath));
  g_assert_false (gtk_widget_get_can_target (beneath));

  cb_sheet_close (CB_SHEET (sheet));
  g_assert_true (gtk_window_get_focus (window) == beneath);
  g_assert_true (gtk_widget_get_can_target (beneath));
  gtk_window_destroy (window);
}

/* However much there is to read, what is done with it stays in sight; it goes with the content. */
static void
test_sheet_keeps_its_action (void)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *content = gtk_button_new_with_label ("Higher than any screen");
  GtkWidget *action = gtk_button_new_with_label ("Write it down");
  GtkWidget *sheet = cb_sheet_new ();
  GtkWindow *window;
  graphene_rect_t bounds;

  gtk_overlay_set_child (GTK_OVERLAY (overlay), gtk_label_new ("Beneath"));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), sheet);
  window = cb_ui_world_show (overlay, 800, 600);
  gtk_widget_set_size_request (content, -1, 4000);
  cb_sheet_open (CB_SHEET (sheet), "Title", content);
  cb_sheet_set_action (CB_SHEET (sheet), action);
  g_object_add_weak_pointer (G_OBJECT (action), (gpointer *) &action);
  cb_ui_settle ();
  g_assert_true (gtk_widget_get_mapped (action));
  g_assert_true (gtk_widget_compute_bounds (action, sheet, &bounds));
  g_assert_cmpfloat (bounds.size.height, >=, 24);
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, gtk_widget_get_height (sheet));

  cb_sheet_close (CB_SHEET (sheet));
  g_assert_null (action);
  gtk_window_destroy (window);
}

static void
test_pin_stays_inside (void)
{
  GtkWidget *pad = cb_pin_pad_new ();
  GtkWindow *window = cb_ui_world_show (pad, 400, 500);
  g_autofree char *pin = NULL;
  g_autofree char *nothing = NULL;

  for (const char *digit = CB_TEST_PIN; *digit != '\0'; digit++)
    {
      char label[2] = { *digit, '\0' };

      cb_ui_click (cb_ui_find_button (pad, label));
    }
  pin = cb_pin_pad_take_pin (CB_PIN_PAD (pad));
  nothing = cb_pin_pad_take_pin (CB_PIN_PAD (pad));
  g_assert_cmpstr (pin, ==, CB_TEST_PIN);
  g_assert_cmpstr (nothing, ==, "");
  g_assert_true (cb_pin_pad_press_key (CB_PIN_PAD (pad), GDK_KEY_KP_7));
  g_assert_false (cb_pin_pad_press_key (CB_PIN_PAD (pad), GDK_KEY_a));
  gtk_window_destroy (window);
}

static void
test_wrapping (void)
{
  g_assert_cmpint (cb_wrapping_for_text (""), ==, PANGO_WRAP_WORD_CHAR);
  g_assert_cmpint (cb_wrapping_for_text ("Zoë, 太田, Ωμέγα: 38 €"), ==, PANGO_WRAP_WORD_CHAR);
  g_assert_cmpint (cb_wrapping_for_text ("שלום مرحبا"), ==, PANGO_WRAP_WORD_CHAR);
  g_assert_cmpint (cb_wrapping_for_text ("सफ़ेद कमीज़"), ==, PANGO_WRAP_WORD);
  g_assert_cmpint (cb_wrapping_for_text ("e\xcc\x81"), ==, PANGO_WRAP_WORD);
  g_assert_cmpint (cb_wrapping_for_text ("e\xcc\x81twentylettersandmore"), ==, PANGO_WRAP_CHAR);
}

/* Each of these ends a program that lets Pango wrap it at words and characters. */
static void
test_wrapping_survives (void)
{
  static const char *const texts[] = {
    "\xd7\x90\xd7\x90"
    "a \xcc\xa1\xd7\x90 b",
    "\xe2\x80\xab \xcc\xa1"
    "a\xe2\x80\xab\xd7\x90\xcc\xa1",
    "\xd7\x90 \xe2\x80\x8d\xef\xb8\x8f \xd7\x91",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkWidget *label = g_object_ref_sink (gtk_label_new (NULL));

      cb_wrapping_follow_label (GTK_LABEL (label));
      gtk_label_set_label (GTK_LABEL (label), texts[i]);
      for (int width = -1; width < 200; width++)
        {
          int least;

          gtk_widget_measure (label, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
          gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, MAX (width, least), NULL, NULL, NULL,
                              NULL);
        }
      g_assert_finalize_object (label);
    }
}

/* "+49 30" is not "30 49+". */
static void
test_numbers_keep_their_order (void)
{
  GtkWidget *field = cb_field_new ();
  GtkWindow *window;
  GtkWidget *text;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  g_object_set (field, "purpose", GTK_INPUT_PURPOSE_PHONE, NULL);
  window = cb_ui_world_show (field, 400, 100);
  text = cb_ui_find_type (field, GTK_TYPE_TEXT);
  g_assert_cmpint (gtk_widget_get_direction (field), ==, GTK_TEXT_DIR_RTL);
  g_assert_cmpint (gtk_widget_get_direction (text), ==, GTK_TEXT_DIR_LTR);
  g_object_set (field, "purpose", GTK_INPUT_PURPOSE_NAME, NULL);
  g_assert_cmpint (gtk_widget_get_direction (text), ==, GTK_TEXT_DIR_RTL);
  gtk_window_destroy (window);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* A broken address gets no hyphen: somebody would type it. */
static void
test_no_hyphen (void)
{
  GtkWidget *label = g_object_ref_sink (gtk_label_new ("somebody.or.other@example.com"));
  PangoAttrIterator *at;
  PangoAttribute *hyphens;

  cb_wrapping_follow_label (GTK_LABEL (label));
  at = pango_attr_list_get_iterator (gtk_label_get_attributes (GTK_LABEL (label)));
  hyphens = pango_attr_iterator_get (at, PANGO_ATTR_INSERT_HYPHENS);
  g_assert_nonnull (hyphens);
  g_assert_cmpint (((PangoAttrInt *) hyphens)->value, ==, 0);
  pango_attr_iterator_destroy (at);
  g_object_unref (label);
}

/* Where the second line starts of `text` in as much room as `room` takes. */
static const char *
second_line (GtkWidget *widget, const char *text, const char *room)
{
  g_autoptr (PangoLayout) measure = gtk_widget_create_pango_layout (widget, room);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  int width;

  pango_layout_get_size (measure, &width, NULL);
  pango_layout_set_wrap (layout, cb_wrapping_for_text (text));
  pango_layout_set_width (layout, width);
  g_assert_cmpint (pango_layout_get_line_count (layout), ==, 2);
  return text + pango_layout_get_line_readonly (layout, 1)->start_index;
}

static void
test_address_goes_on_before_its_at (void)
{
  g_autofree char *address = cb_words_dup_address ("henrik.aubrac@example.com");
  GtkWidget *label = g_object_ref_sink (gtk_label_new (NULL));
  const char *rest = second_line (label, address, "henrik.aubrac@exam");

  g_assert_true (g_str_has_prefix (rest, "@example"));
  rest = second_line (label, address, "henrik.aubrac@example.c");
  g_assert_true (g_str_has_prefix (rest, ".") || g_str_has_prefix (rest, "@"));
  g_object_unref (label);
}

static graphene_rect_t
bounds_in (GtkWidget *widget, GtkWidget *root)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, root, &bounds));
  return bounds;
}

/* Beside each other at `width`, or the button below; at the end either way. */
static void
assert_aside (int width, gboolean is_beside)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *text = gtk_label_new ("What is said here is longer than one line of a narrow column.");
  GtkWidget *button = gtk_button_new_with_label ("Save");
  GtkWindow *window;
  graphene_rect_t one;
  graphene_rect_t other;

  gtk_widget_set_layout_manager (box, g_object_new (CB_TYPE_ASIDE_LAYOUT, "least", 14.0, NULL));
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_box_append (GTK_BOX (box), text);
  gtk_box_append (GTK_BOX (box), button);
  window = cb_ui_world_show (box, width, 300);
  one = bounds_in (text, box);
  other = bounds_in (button, box);
  g_assert_cmpint (gtk_widget_get_width (box), ==, width);
  if (is_beside)
    g_assert_cmpfloat (one.origin.x + one.size.width, <=, other.origin.x);
  else
    g_assert_cmpfloat (one.origin.y + one.size.height, <=, other.origin.y);
  g_assert_cmpfloat (other.origin.x + other.size.width, ==, width);
  gtk_window_destroy (window);
  cb_ui_settle ();
}

static void
test_aside (void)
{
  assert_aside (600, TRUE);
  assert_aside (250, FALSE);
}

/* What is found by the end of a number is marked there, and the number stands as it is dialled
 * whichever way the row runs; where there is no name it is said why. */
static void
test_found_row (void)
{
  CbFoundFields fields = { .customer_id = "somebody",
                           .name = "",
                           .matched = "+447700900645",
                           .mark_start = 9,
                           .mark_end = 13 };
  g_autoptr (CbFound) nameless = cb_found_new (&fields);
  g_autoptr (CbFound) damaged = NULL;
  GtkWidget *row = g_object_new (CB_TYPE_FOUND_ROW, "found", nameless, NULL);
  GtkWindow *window = cb_ui_world_show (row, 600, 120);
  GtkLabel *matched = GTK_LABEL (gtk_widget_get_template_child (row, CB_TYPE_FOUND_ROW, "matched"));
  GSList *marks;
  gboolean is_marked = FALSE;
  PangoAttribute *mark;

  g_assert_true (cb_ui_shows (row, "No name yet"));
  g_assert_cmpstr (gtk_label_get_text (matched), ==, "\u2068+447700900645\u2069");
  marks = pango_attr_list_get_attributes (gtk_label_get_attributes (matched));
  for (GSList *link = marks; link != NULL; link = link->next)
    {
      mark = link->data;
      if (mark->klass->type != PANGO_ATTR_UNDERLINE)
        continue;
      g_assert_cmpuint (mark->end_index - mark->start_index, ==, 4);
      g_assert_true (g_str_has_prefix (gtk_label_get_text (matched) + mark->start_index, "0645"));
      is_marked = TRUE;
    }
  g_assert_true (is_marked);
  g_slist_free_full (marks, (GDestroyNotify) pango_attribute_destroy);
  fields.is_damaged = TRUE;
  damaged = cb_found_new (&fields);
  g_object_set (row, "found", damaged, NULL);
  g_assert_true (cb_ui_shows (row, "Name cannot be read here"));
  gtk_window_destroy (window);
  cb_ui_settle ();
}

/* --- the code of a receipt --- */

/* Whether the middle of a module is dark, as it was drawn. */
static gboolean
is_dark (cairo_surface_t *surface, int x, int y, int module)
{
  const guint8 *row = cairo_image_surface_get_data (surface) +
                      (gsize) (y * module + module / 2) * cairo_image_surface_get_stride (surface);
  guint32 pixel = ((const guint32 *) row)[x * module + module / 2];

  g_assert_true (pixel == 0xff000000 || pixel == 0xffffffff);
  return pixel == 0xff000000;
}

static cairo_surface_t *
draw (GtkWidget *widget, int size)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, size, size);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  gdk_paintable_snapshot (paintable, snapshot, size, size);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* The pattern by which a reader finds it, in three corners and not in the fourth. */
static void
assert_finder (cairo_surface_t *surface, int left, int top, int module, gboolean expected)
{
  gboolean is_finder = TRUE;

  for (int y = 0; y < 7; y++)
    {
      for (int x = 0; x < 7; x++)
        {
          int ring = MAX (ABS (x - 3), ABS (y - 3));

          is_finder &= is_dark (surface, left + x, top + y, module) == (ring != 2);
        }
    }
  g_assert_true (is_finder == expected);
}

static void
test_qr (void)
{
  GtkWidget *qr = cb_qr_new ();
  GtkWindow *window;
  cairo_surface_t *surface;
  int module;
  int natural;

  g_assert_false (gtk_widget_get_visible (qr));
  cb_qr_set_text (CB_QR (qr), "COUNTERBOOK:0123456789ABCDEF0123456789ABCDEF");
  gtk_widget_set_halign (qr, GTK_ALIGN_START);
  gtk_widget_set_valign (qr, GTK_ALIGN_START);
  window = cb_ui_world_show (qr, 400, 400);
  gtk_widget_measure (qr, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  /* Version 3, 29 modules, and 4 of white on each side. */
  g_assert_cmpint (natural % (29 + 8), ==, 0);
  module = natural / (29 + 8);
  g_assert_cmpint (module, >=, 4);
  surface = draw (qr, natural);
  for (int i = 0; i < 29 + 8; i++)
    {
      for (int quiet = 0; quiet < 4; quiet++)
        g_assert_false (
          is_dark (surface, i, quiet, module) || is_dark (surface, quiet, i, module) ||
          is_dark (surface, i, 36 - quiet, module) || is_dark (surface, 36 - quiet, i, module));
    }
  assert_finder (surface, 4, 4, module, TRUE);
  assert_finder (surface, 4 + 22, 4, module, TRUE);
  assert_finder (surface, 4, 4 + 22, module, TRUE);
  assert_finder (surface, 4 + 22, 4 + 22, module, FALSE);
  cairo_surface_destroy (surface);
  cb_qr_set_text (CB_QR (qr), NULL);
  g_assert_false (gtk_widget_get_visible (qr));
  gtk_window_destroy (window);
}

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);

#define ADD(path, test)                                                                            \
  g_test_add (path, CbUiWorld, NULL, cb_ui_world_set_up, test, cb_ui_world_tear_down)
  ADD ("/widgets/small-templates-go-without-a-trace", test_small_templates);
  ADD ("/widgets/pages-go-without-a-trace", test_pages);
  ADD ("/widgets/the-window-goes-without-a-trace", test_window);
#undef ADD
  g_test_add_func ("/widgets/what-was-found-is-marked", test_found_row);
  g_test_add_func ("/widgets/a-reset-field-has-nothing-to-undo", test_reset_forgets);
  g_test_add_func ("/widgets/a-field-learns-nothing", test_field_learns_nothing);
  g_test_add_func ("/widgets/a-choice-starts-with-none", test_choice_is_free);
  g_test_add_func ("/widgets/a-sheet-keeps-hands-off-what-is-beneath", test_sheet_covers);
  g_test_add_func ("/widgets/a-sheet-keeps-its-action-in-sight", test_sheet_keeps_its_action);
  g_test_add_func ("/widgets/a-pin-is-taken-once", test_pin_stays_inside);
  g_test_add_func ("/widgets/wrapping-goes-by-the-text", test_wrapping);
  g_test_add_func ("/widgets/wrapping-survives-every-text", test_wrapping_survives);
  g_test_add_func ("/widgets/a-broken-address-gets-no-hyphen", test_no_hyphen);
  g_test_add_func ("/widgets/numbers-keep-their-order", test_numbers_keep_their_order);
  g_test_add_func ("/widgets/an-address-goes-on-before-its-at", test_address_goes_on_before_its_at);
  g_test_add_func ("/widgets/a-button-goes-below-a-narrow-text", test_aside);

  g_test_add_func ("/widgets/a-code-is-drawn", test_qr);
  return g_test_run ();
}
