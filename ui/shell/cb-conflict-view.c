/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-conflict-view.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-conflict-words.h"
#include "shell/cb-when.h"
#include "shell/cb-words.h"
#include "widgets/cb-wrap-layout.h"
#include "widgets/cb-wrapping.h"

#define CARD_CHARS 28

struct _CbConflictView
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkWidget *back;
  GtkLabel *title;
  GtkWidget *mine_card;
  GtkWidget *mine_title;
  GtkWidget *theirs_card;
  GtkWidget *theirs_title;
  GtkLabel *mine_when;
  GtkLabel *theirs_when;
  GtkBox *mine;
  GtkBox *theirs;
  GtkWidget *keep_mine;
  GtkWidget *keep_theirs;
  GtkWidget *keep_both;
  GtkLabel *problem;
};

enum
{
  SIGNAL_CHOSEN,
  SIGNAL_LEFT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbConflictView, cb_conflict_view, GTK_TYPE_WIDGET)

static void
choose (CbConflictView *self, CbKeep keep)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, (guint) keep);
}

static void
on_keep_mine (CbConflictView *self)
{
  choose (self, CB_KEEP_MINE);
}

static void
on_keep_theirs (CbConflictView *self)
{
  choose (self, CB_KEEP_THEIRS);
}

static void
on_keep_both (CbConflictView *self)
{
  choose (self, CB_KEEP_BOTH);
}

static void
on_back (CbConflictView *self)
{
  g_signal_emit (self, signals[SIGNAL_LEFT], 0);
}

/* --- the readings --- */

static GtkWidget *
make_label (const char *text, const char *const *classes)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* Wide enough to read, narrow enough to stand beside the other one. */
  gtk_label_set_max_width_chars (GTK_LABEL (label), CARD_CHARS);
  gtk_widget_set_css_classes (label, (const char **) classes);
  cb_wrapping_follow_label (GTK_LABEL (label));
  return label;
}

/* What differs says so in words, for weight alone is not seen by everybody. */
static void
add_reading (GtkBox *card, const CbReading *reading, const char *said)
{
  static const char *const quiet[] = { "cb-small", "cb-quiet", NULL };
  static const char *const strong[] = { "cb-strong", NULL };
  static const char *const plain[] = { NULL };
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *label = NULL;
  g_autofree char *value = cb_words_dup_isolated (said != NULL ? said : _ ("nothing"));

  /* Translators: %s is what a part of a record is called, such as "Maker". */
  label = reading->is_different ? g_strdup_printf (_ ("%s · differs"), reading->label)
                                : g_strdup (reading->label);
  gtk_box_append (GTK_BOX (row), make_label (label, quiet));
  gtk_box_append (GTK_BOX (row), make_label (value, said == NULL            ? quiet
                                                    : reading->is_different ? strong
                                                                            : plain));
  gtk_box_append (card, row);
}

static void
empty (GtkBox *card)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (card))) != NULL)
    gtk_box_remove (card, child);
}

static void
show_when (GtkLabel *label, gint64 at_us, gint64 now_us)
{
  g_autofree char *when = at_us > 0 ? cb_when_dup_moment (at_us, now_us) : NULL;

  gtk_label_set_label (label, when != NULL ? when : "");
  gtk_widget_set_visible (GTK_WIDGET (label), when != NULL);
}

static void
show_readings (CbConflictView *self, const CbConflict *conflict, gint64 now_us)
{
  g_autoptr (GPtrArray) readings = cb_conflict_words_list (conflict, now_us);

  for (guint i = 0; i < readings->len; i++)
    {
      const CbReading *reading = g_ptr_array_index (readings, i);

      add_reading (self->mine, reading, reading->mine);
      add_reading (self->theirs, reading, reading->theirs);
    }
}

void
cb_conflict_view_set (CbConflictView *self,
                      const CbConflict *conflict,
                      const char *what,
                      gint64 now_us)
{
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;

  g_return_if_fail (CB_IS_CONFLICT_VIEW (self));

  empty (self->mine);
  empty (self->theirs);
  cb_conflict_view_show_problem (self, NULL);
  cb_conflict_view_set_busy (self, FALSE);
  gtk_label_set_label (self->title, "");
  if (conflict == NULL)
    return;
  name = cb_words_dup_isolated (conflict->name);
  /* Translators: whose record it is, and what kind of record: "Mara Vance · A note". */
  title = g_strdup_printf (_ ("%s · %s"), name, what);
  gtk_label_set_label (self->title, title);
  show_when (self->mine_when, conflict->mine_us, now_us);
  show_when (self->theirs_when, conflict->theirs_us, now_us);
  show_readings (self, conflict, now_us);
  gtk_widget_set_visible (self->keep_mine, conflict->mine != NULL);
  gtk_widget_set_visible (self->keep_both,
                          conflict->mine != NULL && g_str_equal (conflict->kind, "note"));
  /* What changes nothing is nearest to hand. */
  gtk_widget_grab_focus (self->back);
}

void
cb_conflict_view_set_busy (CbConflictView *self, gboolean is_busy)
{
  g_return_if_fail (CB_IS_CONFLICT_VIEW (self));

  gtk_widget_set_sensitive (self->keep_mine, !is_busy);
  gtk_widget_set_sensitive (self->keep_theirs, !is_busy);
  gtk_widget_set_sensitive (self->keep_both, !is_busy);
}

void
cb_conflict_view_show_problem (CbConflictView *self, const char *text)
{
  g_return_if_fail (CB_IS_CONFLICT_VIEW (self));

  gtk_label_set_label (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

static void
cb_conflict_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CONFLICT_VIEW);

  G_OBJECT_CLASS (cb_conflict_view_parent_class)->dispose (object);
}

static void
cb_conflict_view_class_init (CbConflictViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_conflict_view_dispose;
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_LEFT] = g_signal_new ("left", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-conflict-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, content);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, back);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, title);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, mine_card);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, mine_title);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, theirs_card);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, theirs_title);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, mine_when);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, theirs_when);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, mine);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, theirs);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, keep_mine);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, keep_theirs);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, keep_both);
  gtk_widget_class_bind_template_child (widget_class, CbConflictView, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_mine);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_theirs);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_both);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-conflict-view");
}

static void
label_card (GtkWidget *card, GtkWidget *title)
{
  gtk_accessible_update_relation (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_RELATION_LABELLED_BY, title,
                                  NULL, -1);
}

static void
cb_conflict_view_init (CbConflictView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  label_card (self->mine_card, self->mine_title);
  label_card (self->theirs_card, self->theirs_title);
  cb_wrapping_follow (GTK_WIDGET (self));
}
