/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "visit/cb-composer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "consent/cb-purpose.h"
#include "shell/cb-words.h"
#include "widgets/cb-aside-layout.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-column-layout.h"
#include "widgets/cb-field.h"
#include "widgets/cb-switch.h"
#include "widgets/cb-wrap-layout.h"
#include "widgets/cb-wrapping.h"

typedef enum
{
  PART_VISIT,
  PART_INTENT,
  PART_DISCRETION,
  PART_FOR,
  PART_PROVENANCE,
  PART_PURPOSE,
  N_PARTS,
} Part;

struct _CbComposer
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkTextView *text;
  GtkLabel *placeholder;
  GtkWidget *switches;
  GtkWidget *decisions;
  GtkStack *options;
  GtkScrolledWindow *status_room;
  GtkLabel *status;
  GtkWidget *save;

  CbSwitch *parts[N_PARTS];
  CbChoice *choices[N_PARTS];
  CbField *other_role;
  gboolean is_busy;
  gboolean is_setting; /* by the program, not by hand */
};

enum
{
  SIGNAL_SUBMIT,
  SIGNAL_BEGUN,
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What a note may rest on; notes never rest on the purposes of outreach. */
static const char *const purposes[] = {
  CB_PURPOSE_SHOP,
  CB_PURPOSE_EVERYWHERE,
  CB_PURPOSE_ASKED,
};

static const char *const captions[N_PARTS] = {
  [PART_VISIT] = N_ ("Visit"),
  [PART_INTENT] = N_ ("They want"),
  [PART_DISCRETION] = N_ ("Discretion"),
  [PART_FOR] = N_ ("For"),
  [PART_PROVENANCE] = N_ ("How we know"),
  [PART_PURPOSE] = N_ ("Kept for"),
};

G_DEFINE_FINAL_TYPE (CbComposer, cb_composer, GTK_TYPE_WIDGET)

/* --- the vocabularies behind the switches --- */

static guint
count_options (Part part)
{
  switch (part)
    {
    case PART_VISIT:
      return CB_VISIT_REPAIR + 1;
    case PART_INTENT:
      return CB_INTENT_GIFT + 1;
    case PART_DISCRETION:
      return CB_DISCRETION_PRIVATE + 1;
    case PART_FOR:
      return 1 + g_strv_length ((char **) cb_words_known_roles ());
    case PART_PROVENANCE:
      return CB_PROVENANCE_OBSERVED + 1;
    case PART_PURPOSE:
      return G_N_ELEMENTS (purposes);
    case N_PARTS:
      break;
    }
  g_return_val_if_reached (0);
}

static const char *
option_words (Part part, guint option)
{
  switch (part)
    {
    case PART_VISIT:
      return cb_words_visit ((CbVisit) option);
    case PART_INTENT:
      return cb_words_intent ((CbIntent) option);
    case PART_DISCRETION:
      return cb_words_discretion ((CbDiscretion) option);
    case PART_FOR:
      return cb_words_for_role (option == 0 ? NULL : cb_words_known_roles ()[option - 1]);
    case PART_PROVENANCE:
      return cb_words_provenance ((CbProvenance) option);
    case PART_PURPOSE:
      return cb_words_purpose (purposes[option]);
    case N_PARTS:
      break;
    }
  g_return_val_if_reached (NULL);
}

static guint
find_purpose (const char *purpose)
{
  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    {
      if (g_strcmp0 (purposes[i], purpose) == 0)
        return i;
    }
  return 0;
}

static guint
find_role (const char *role)
{
  const char *const *roles = cb_words_known_roles ();

  if (role == NULL)
    return 0;
  for (guint i = 0; roles[i] != NULL; i++)
    {
      if (strcmp (roles[i], role) == 0)
        return i + 1;
    }
  return CB_CHOICE_NONE;
}

/* --- the text --- */

static char *
dup_typed (CbComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* Lines pasted from elsewhere may end in CR LF; a note's end in LF. */
static char *
dup_text (CbComposer *self)
{
  g_autofree char *typed = dup_typed (self);
  char *to = typed;

  for (const char *from = typed; *from != '\0'; from++)
    {
      if (from[0] == '\r' && from[1] == '\n')
        continue;
      *to++ = *from == '\r' ? '\n' : *from;
    }
  *to = '\0';
  return g_strdup (g_strstrip (typed));
}

static void
tell_change (CbComposer *self)
{
  if (!self->is_setting)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_text_changed (CbComposer *self)
{
  gboolean is_blank = gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->text)) == 0;

  gtk_widget_set_visible (GTK_WIDGET (self->placeholder), is_blank);
  gtk_widget_set_sensitive (self->save, !is_blank && !self->is_busy);
  tell_change (self);
  if (is_blank)
    return;
  cb_composer_set_status (self, NULL, FALSE);
  g_signal_emit (self, signals[SIGNAL_BEGUN], 0);
}

/* Whoever once selected something in a buffer has it for as long as the program runs: GTK (4.8)
 * holds it for the selection's sake, and lets go of neither. So it stays empty, with nothing to
 * undo. */
static void
empty_buffer (CbComposer *self, GtkTextBuffer *buffer)
{
  g_signal_handlers_disconnect_by_func (buffer, on_text_changed, self);
  gtk_text_buffer_set_enable_undo (buffer, FALSE);
  gtk_text_buffer_set_text (buffer, "", 0);
}

/* A buffer of its own for every note: no undo reaches back into the one before, and no half a
 * letter of an input method comes over from it. */
static void
replace_text (CbComposer *self, const char *text)
{
  g_autoptr (GtkTextBuffer) before = g_object_ref (gtk_text_view_get_buffer (self->text));
  g_autoptr (GtkTextBuffer) buffer = gtk_text_buffer_new (NULL);
  GtkTextIter end;

  gtk_text_view_reset_im_context (self->text);
  gtk_text_buffer_set_enable_undo (buffer, FALSE);
  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  gtk_text_buffer_set_enable_undo (buffer, TRUE);
  g_signal_connect_object (buffer, "changed", G_CALLBACK (on_text_changed), self,
                           G_CONNECT_SWAPPED);
  gtk_text_view_set_buffer (self->text, buffer);
  empty_buffer (self, before);
  on_text_changed (self);
}

/* --- the switches --- */

static void
show_part (CbComposer *self, Part part)
{
  g_autofree char *other = NULL;
  guint selected = cb_choice_get_selected (self->choices[part]);

  if (selected != CB_CHOICE_NONE)
    {
      cb_switch_set_value (self->parts[part], option_words (part, selected));
      return;
    }
  other = cb_field_dup_text (self->other_role);
  cb_switch_set_value (self->parts[part], other != NULL ? other : cb_words_for_role (NULL));
}

gboolean
cb_composer_close_options (CbComposer *self)
{
  gboolean was_open = FALSE;

  g_return_val_if_fail (CB_IS_COMPOSER (self), FALSE);

  for (guint i = 0; i < N_PARTS; i++)
    {
      was_open |= gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->parts[i]));
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->parts[i]), FALSE);
    }
  if (was_open)
    gtk_widget_grab_focus (GTK_WIDGET (self->text));
  return was_open;
}

static void
on_option_chosen (CbChoice *choice, GParamSpec *pspec, CbComposer *self)
{
  for (guint i = 0; i < N_PARTS; i++)
    {
      if (self->choices[i] != choice)
        continue;
      if (i == PART_FOR && cb_choice_get_selected (choice) != CB_CHOICE_NONE)
        cb_field_reset (self->other_role);
      show_part (self, (Part) i);
      tell_change (self);
      if (cb_choice_get_selected (choice) != CB_CHOICE_NONE)
        cb_composer_close_options (self);
    }
}

static void
on_other_role_changed (CbComposer *self)
{
  g_autofree char *other = cb_field_dup_text (self->other_role);

  if (other != NULL)
    cb_choice_set_selected (self->choices[PART_FOR], CB_CHOICE_NONE);
  else if (cb_choice_get_selected (self->choices[PART_FOR]) == CB_CHOICE_NONE)
    cb_choice_set_selected (self->choices[PART_FOR], 0);
  show_part (self, PART_FOR);
  tell_change (self);
}

static void
on_switch_toggled (GtkToggleButton *toggled, CbComposer *self)
{
  if (!gtk_toggle_button_get_active (toggled))
    {
      for (guint i = 0; i < N_PARTS; i++)
        {
          if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->parts[i])))
            return;
        }
      gtk_widget_set_visible (GTK_WIDGET (self->options), FALSE);
      return;
    }
  for (guint i = 0; i < N_PARTS; i++)
    {
      GtkToggleButton *part = GTK_TOGGLE_BUTTON (self->parts[i]);

      if (part == toggled)
        gtk_stack_set_visible_child_name (self->options, captions[i]);
      else
        gtk_toggle_button_set_active (part, FALSE);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->options), TRUE);
}

static GtkWidget *
new_options (CbComposer *self, Part part)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *choice = cb_choice_new (_ (captions[part]));

  for (guint i = 0; i < count_options (part); i++)
    cb_choice_append (CB_CHOICE (choice), option_words (part, i));
  self->choices[part] = CB_CHOICE (choice);
  g_signal_connect_object (choice, "notify::selected", G_CALLBACK (on_option_chosen), self, 0);
  gtk_widget_add_css_class (box, "cb-group");
  gtk_box_append (GTK_BOX (box), choice);
  if (part != PART_FOR)
    return box;

  self->other_role = CB_FIELD (cb_field_new ());
  g_object_set (self->other_role, "caption", _ ("Somebody else, by their role alone"), NULL);
  g_signal_connect_object (self->other_role, "changed", G_CALLBACK (on_other_role_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->other_role, "activate", G_CALLBACK (cb_composer_close_options),
                           self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->other_role));
  return box;
}

static void
build_switches (CbComposer *self)
{
  for (guint i = 0; i < N_PARTS; i++)
    {
      GtkWidget *part = cb_switch_new (_ (captions[i]));

      self->parts[i] = CB_SWITCH (part);
      gtk_stack_add_named (self->options, new_options (self, (Part) i), captions[i]);
      g_signal_connect_object (part, "toggled", G_CALLBACK (on_switch_toggled), self, 0);
      gtk_box_append (GTK_BOX (self->switches), part);
    }
}

/* --- what the page asks --- */

gboolean
cb_composer_is_empty (CbComposer *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (CB_IS_COMPOSER (self), TRUE);

  text = dup_text (self);
  return *text == '\0';
}

CbNoteDraft *
cb_composer_dup_draft (CbComposer *self)
{
  CbNoteDraft *draft = cb_note_draft_new ();
  guint role;

  g_return_val_if_fail (CB_IS_COMPOSER (self), draft);

  role = cb_choice_get_selected (self->choices[PART_FOR]);
  draft->text = dup_text (self);
  draft->visit = (CbVisit) cb_choice_get_selected (self->choices[PART_VISIT]);
  draft->intent = (CbIntent) cb_choice_get_selected (self->choices[PART_INTENT]);
  draft->discretion = (CbDiscretion) cb_choice_get_selected (self->choices[PART_DISCRETION]);
  draft->provenance = (CbProvenance) cb_choice_get_selected (self->choices[PART_PROVENANCE]);
  draft->purpose = g_strdup (purposes[cb_choice_get_selected (self->choices[PART_PURPOSE])]);
  if (role == CB_CHOICE_NONE)
    draft->for_role = cb_field_dup_text (self->other_role);
  else if (role > 0)
    draft->for_role = g_strdup (cb_words_known_roles ()[role - 1]);
  return draft;
}

void
cb_composer_set_draft (CbComposer *self, const CbNoteDraft *draft)
{
  g_autoptr (CbNoteDraft) blank = cb_note_draft_new ();
  guint role;

  g_return_if_fail (CB_IS_COMPOSER (self));

  if (draft == NULL)
    draft = blank;
  self->is_setting = TRUE;
  replace_text (self, draft->text != NULL ? draft->text : "");
  cb_choice_set_selected (self->choices[PART_VISIT], draft->visit);
  cb_choice_set_selected (self->choices[PART_INTENT], draft->intent);
  cb_choice_set_selected (self->choices[PART_DISCRETION], draft->discretion);
  cb_choice_set_selected (self->choices[PART_PROVENANCE], draft->provenance);
  cb_choice_set_selected (self->choices[PART_PURPOSE], find_purpose (draft->purpose));
  cb_field_reset (self->other_role);
  role = find_role (draft->for_role);
  cb_choice_set_selected (self->choices[PART_FOR], role);
  if (role == CB_CHOICE_NONE)
    cb_field_set_text (self->other_role, draft->for_role);
  self->is_setting = FALSE;
  cb_composer_close_options (self);
  cb_composer_set_status (self, NULL, FALSE);
}

void
cb_composer_set_busy (CbComposer *self, gboolean is_busy)
{
  g_return_if_fail (CB_IS_COMPOSER (self));

  self->is_busy = is_busy;
  gtk_text_view_set_editable (self->text, !is_busy);
  gtk_widget_set_sensitive (self->switches, !is_busy);
  gtk_widget_set_sensitive (self->save, !is_busy && !cb_composer_is_empty (self));
}

void
cb_composer_set_status (CbComposer *self, const char *status, gboolean is_problem)
{
  g_return_if_fail (CB_IS_COMPOSER (self));

  gtk_label_set_label (self->status, status != NULL ? status : "");
  /* What went wrong is read whole, whatever has to make room for it. */
  gtk_scrolled_window_set_policy (self->status_room, GTK_POLICY_NEVER,
                                  is_problem ? GTK_POLICY_NEVER : GTK_POLICY_AUTOMATIC);
  if (is_problem)
    gtk_widget_add_css_class (GTK_WIDGET (self->status), "cb-problem");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), "cb-problem");
}

gboolean
cb_composer_tells_problem (CbComposer *self)
{
  g_return_val_if_fail (CB_IS_COMPOSER (self), FALSE);

  return gtk_widget_has_css_class (GTK_WIDGET (self->status), "cb-problem");
}

void
cb_composer_tell_draft (CbComposer *self, gboolean is_kept)
{
  g_return_if_fail (CB_IS_COMPOSER (self));

  if (self->is_busy || cb_composer_is_empty (self) || *gtk_label_get_label (self->status) != '\0')
    return;
  cb_composer_set_status (self,
                          is_kept ? _ ("Kept as a draft, not saved yet")
                                  : _ ("Not saved yet, and not kept if the power goes"),
                          FALSE);
}

void
cb_composer_set_compact (CbComposer *self, gboolean is_compact)
{
  g_return_if_fail (CB_IS_COMPOSER (self));

  gtk_widget_set_visible (self->decisions, !is_compact);
}

static void
submit (CbComposer *self)
{
  g_autofree char *text = dup_text (self);

  if (self->is_busy || *text == '\0')
    return;
  if (strlen (text) > CB_NOTE_MAX)
    {
      cb_composer_set_status (
        self, _ ("Not saved: the note is too long. Shorten it or make two of it."), TRUE);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_SUBMIT], 0);
}

/* The text would take Ctrl+Enter for a new line, so this looks first. */
static gboolean
on_key_pressed (CbComposer *self, guint keyval, guint keycode, GdkModifierType state)
{
  if ((state & GDK_CONTROL_MASK) == 0 || (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter))
    return FALSE;
  submit (self);
  return TRUE;
}

static gboolean
cb_composer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (CB_COMPOSER (widget)->text));
}

static void
cb_composer_dispose (GObject *object)
{
  CbComposer *self = CB_COMPOSER (object);

  if (self->text != NULL)
    empty_buffer (self, gtk_text_view_get_buffer (self->text));
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_COMPOSER);

  G_OBJECT_CLASS (cb_composer_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, CbComposer, content);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, text);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, switches);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, decisions);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, options);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, status_room);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, status);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, save);
  gtk_widget_class_bind_template_callback (widget_class, submit);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
}

static void
cb_composer_class_init (CbComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_composer_dispose;
  widget_class->grab_focus = cb_composer_grab_focus;
  g_type_ensure (CB_TYPE_ASIDE_LAYOUT);
  g_type_ensure (CB_TYPE_COLUMN_LAYOUT);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);

  signals[SIGNAL_SUBMIT] = g_signal_new ("submit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_BEGUN] = g_signal_new ("begun", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-composer");
}

static void
cb_composer_init (CbComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
  build_switches (self);
  cb_composer_set_draft (self, NULL);
}

GtkWidget *
cb_composer_new (void)
{
  return g_object_new (CB_TYPE_COMPOSER, NULL);
}
