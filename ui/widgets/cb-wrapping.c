/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-wrapping.h"

/* Characters without a place to break from which on a word may be wider than its column. */
#define LONG_WORD 20

static gboolean
is_between (gunichar c, gunichar first, gunichar last)
{
  return c >= first && c <= last;
}

static gboolean
is_simple_letter (gunichar c)
{
  switch ((int) g_unichar_get_script (c))
    {
    case G_UNICODE_SCRIPT_ARABIC:
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HEBREW:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_LATIN:
      return TRUE;
    case G_UNICODE_SCRIPT_HANGUL:
      return is_between (c, 0xAC00, 0xD7A3); /* whole syllables */
    default:
      return FALSE;
    }
}

/* Nothing to see, and a line may end there. */
#define ZERO_WIDTH_SPACE 0x200B

/* Embeddings, isolates and direction marks stand alone. */
static gboolean
is_direction (gunichar c)
{
  return is_between (c, 0x200E, 0x200F) || is_between (c, 0x202A, 0x202E) ||
         is_between (c, 0x2066, 0x2069);
}

/* Whether the character is a grapheme cluster by itself whatever stands beside it. */
static gboolean
is_simple (gunichar c)
{
  if (c < 0x80)
    return c != '\r';
  switch ((int) g_unichar_type (c))
    {
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
    case G_UNICODE_CURRENCY_SYMBOL:
    case G_UNICODE_MATH_SYMBOL:
    case G_UNICODE_SPACE_SEPARATOR:
      return TRUE;
    case G_UNICODE_OTHER_SYMBOL:
      return !is_between (c, 0x1F1E6, 0x1F1FF); /* two make one flag */
    case G_UNICODE_OTHER_LETTER:
      return is_simple_letter (c);
    default:
      return c == ZERO_WIDTH_SPACE || is_direction (c);
    }
}

PangoWrapMode
cb_wrapping_for_text (const char *text)
{
  gboolean is_all_simple = TRUE;
  guint longest = 0;
  guint word = 0;

  g_return_val_if_fail (text != NULL, PANGO_WRAP_WORD_CHAR);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      is_all_simple = is_all_simple && is_simple (c);
      word = g_unichar_isspace (c) || c == ZERO_WIDTH_SPACE ? 0 : word + 1;
      longest = MAX (longest, word);
    }
  if (is_all_simple)
    return PANGO_WRAP_WORD_CHAR;
  return longest < LONG_WORD ? PANGO_WRAP_WORD : PANGO_WRAP_CHAR;
}

static void
on_label_changed (GtkLabel *label)
{
  gtk_label_set_wrap_mode (label, cb_wrapping_for_text (gtk_label_get_text (label)));
}

/* A hyphen that nobody wrote would be read as part of an address or a name. */
PangoAttrList *
cb_wrapping_new_attributes (void)
{
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  return attributes;
}

void
cb_wrapping_follow_label (GtkLabel *label)
{
  g_autoptr (PangoAttrList) attributes = cb_wrapping_new_attributes ();

  g_return_if_fail (GTK_IS_LABEL (label));

  if (gtk_label_get_attributes (label) == NULL)
    gtk_label_set_attributes (label, attributes);
  gtk_label_set_wrap (label, TRUE);
  g_signal_connect (label, "notify::label", G_CALLBACK (on_label_changed), NULL);
  on_label_changed (label);
}

static GtkWrapMode
to_gtk (PangoWrapMode mode)
{
  if (mode == PANGO_WRAP_WORD)
    return GTK_WRAP_WORD;
  return mode == PANGO_WRAP_CHAR ? GTK_WRAP_CHAR : GTK_WRAP_WORD_CHAR;
}

static void
on_text_changed (GtkTextView *view)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  g_autofree char *text = NULL;
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  gtk_text_view_set_wrap_mode (view, to_gtk (cb_wrapping_for_text (text)));
}

/* Ahead of the buffer's own handlers and of any layout: a line that is measured is one whose
 * wrapping is known. */
static void
on_buffer_changed (GtkTextView *view)
{
  g_signal_connect_object (gtk_text_view_get_buffer (view), "changed", G_CALLBACK (on_text_changed),
                           view, G_CONNECT_SWAPPED);
  on_text_changed (view);
}

static void
follow_view (GtkTextView *view)
{
  g_signal_connect (view, "notify::buffer", G_CALLBACK (on_buffer_changed), NULL);
  on_buffer_changed (view);
}

void
cb_wrapping_follow (GtkWidget *root)
{
  g_return_if_fail (GTK_IS_WIDGET (root));

  if (GTK_IS_LABEL (root) && gtk_label_get_wrap_mode (GTK_LABEL (root)) == PANGO_WRAP_WORD_CHAR)
    cb_wrapping_follow_label (GTK_LABEL (root));
  else if (GTK_IS_TEXT_VIEW (root) &&
           gtk_text_view_get_wrap_mode (GTK_TEXT_VIEW (root)) == GTK_WRAP_WORD_CHAR)
    follow_view (GTK_TEXT_VIEW (root));
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    cb_wrapping_follow (child);
}
