/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-person-panel.h"

#include <glib/gi18n-lib.h>

#include "consent/cb-purpose.h"
#include "customer/cb-old-book.h"
#include "shell/cb-words.h"
#include "widgets/cb-wrapping.h"

struct _CbPersonPanel
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkWidget *damaged;
  GtkWidget *frozen;
  CbOldBook *old_book;
  GtkWidget *contacts_head;
  GtkWidget *contacts;
  GtkWidget *permissions_head;
  GtkWidget *permissions;
};

enum
{
  SIGNAL_SHOW_ALL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbPersonPanel, cb_person_panel, GTK_TYPE_WIDGET)

static void
on_show_clicked (CbPersonPanel *self)
{
  g_signal_emit (self, signals[SIGNAL_SHOW_ALL], 0);
}

static void
empty (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  cb_wrapping_follow_label (GTK_LABEL (label));
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_contacts (CbPersonPanel *self,
              const char *const *values,
              char *(*dup_shown) (const char *value))
{
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    {
      g_autofree char *shown = dup_shown (values[i]);

      gtk_box_append (GTK_BOX (self->contacts), new_label (shown, NULL));
    }
}

static const char *
choose_icon (CbPermission *permission)
{
  switch (cb_permission_get_verdict (permission))
    {
    case CB_VERDICT_ALLOWED:
      return "cb-check-symbolic";
    case CB_VERDICT_REFUSED:
    case CB_VERDICT_WITHDRAWN:
    case CB_VERDICT_RESTRICTED:
    case CB_VERDICT_SUPPRESSED:
      return "cb-close-symbolic";
    case CB_VERDICT_EXPIRED:
    case CB_VERDICT_OUTDATED:
    case CB_VERDICT_UNCONFIRMED:
    case CB_VERDICT_PAUSED:
    case CB_VERDICT_UNMET:
    case CB_VERDICT_TOO_OFTEN:
    case CB_VERDICT_QUIET:
      return "cb-clock-symbolic";
    case CB_VERDICT_NOT_ASKED:
    case CB_VERDICT_LATER:
    case CB_VERDICT_NO_ADDRESS:
    case CB_VERDICT_NO_CHANNEL:
      return "cb-dash-symbolic";
    }
  g_return_val_if_reached (NULL);
}

static GtkWidget *
new_permission_line (CbPermission *permission, const char *title, gint64 now_us)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *icon = gtk_image_new_from_icon_name (choose_icon (permission));
  g_autofree char *verdict = cb_words_dup_verdict (permission, now_us);

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), new_label (title, NULL));
  gtk_box_append (GTK_BOX (words), new_label (verdict, "cb-small"));
  gtk_widget_add_css_class (line, "cb-permission");
  if (cb_permission_is_allowed (permission))
    gtk_widget_add_css_class (line, "cb-allowed");
  gtk_box_append (GTK_BOX (line), icon);
  gtk_box_append (GTK_BOX (line), words);
  return line;
}

/* A channel is only worth a line when something was said about it. */
static gboolean
is_worth_a_line (CbPermission *permission)
{
  const CbPurpose *purpose = cb_purpose_find (cb_permission_get_purpose (permission));

  if (purpose == NULL || !cb_purpose_is_on_card (purpose))
    return FALSE;
  if (cb_permission_get_channel (permission) == CB_CHANNEL_NONE)
    return TRUE;
  return cb_permission_get_since_us (permission) > 0 &&
         cb_permission_get_verdict (permission) != CB_VERDICT_NO_CHANNEL;
}

static void
add_permission (CbPersonPanel *self, CbPermission *permission, gint64 now_us)
{
  CbChannel channel = cb_permission_get_channel (permission);
  const char *purpose = cb_words_purpose (cb_permission_get_purpose (permission));
  g_autofree char *title = NULL;

  if (!is_worth_a_line (permission))
    return;
  if (channel == CB_CHANNEL_NONE)
    title = g_strdup (purpose);
  else
    /* Translators: a purpose and a way of contact. */
    title = g_strdup_printf (_ ("%s by %s"), purpose, cb_words_channel (channel));
  gtk_box_append (GTK_BOX (self->permissions), new_permission_line (permission, title, now_us));
}

/* `purpose` NULL: is it about a purpose as a whole? Else: is it about a channel of that purpose? */
static gboolean
is_of_purpose (CbPermission *permission, const char *purpose)
{
  if (purpose == NULL)
    return cb_permission_get_channel (permission) == CB_CHANNEL_NONE;
  return cb_permission_get_channel (permission) != CB_CHANNEL_NONE &&
         g_strcmp0 (cb_permission_get_purpose (permission), purpose) == 0;
}

/* The purpose, and below it the ways of contact that were answered for it. */
static void
add_purpose (CbPersonPanel *self, GPtrArray *permissions, CbPermission *whole, gint64 now_us)
{
  const char *purpose = cb_permission_get_purpose (whole);

  add_permission (self, whole, now_us);
  for (guint i = 0; i < permissions->len; i++)
    {
      CbPermission *permission = g_ptr_array_index (permissions, i);

      if (is_of_purpose (permission, purpose))
        add_permission (self, permission, now_us);
    }
}

/* What is to be read to them and answered stands before the rest. */
static void
order_sections (CbPersonPanel *self)
{
  gboolean is_asked = gtk_widget_get_visible (GTK_WIDGET (self->old_book));
  GtkWidget *sections[] = {
    is_asked ? self->contacts_head : self->permissions_head,
    is_asked ? self->contacts : self->permissions,
    GTK_WIDGET (self->old_book),
    is_asked ? self->permissions_head : self->contacts_head,
    is_asked ? self->permissions : self->contacts,
  };
  GtkWidget *before = self->frozen;

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      gtk_box_reorder_child_after (GTK_BOX (self->content), sections[i], before);
      before = sections[i];
    }
}

void
cb_person_panel_set_store (CbPersonPanel *self, CbStore *store)
{
  g_return_if_fail (CB_IS_PERSON_PANEL (self));

  cb_old_book_set_store (self->old_book, store);
}

void
cb_person_panel_set_dossier (CbPersonPanel *self, CbDossier *dossier, gint64 now_us)
{
  CbCustomer *customer;
  GPtrArray *permissions;

  g_return_if_fail (CB_IS_PERSON_PANEL (self));

  empty (self->contacts);
  empty (self->permissions);
  gtk_widget_set_visible (self->content, dossier != NULL);
  cb_old_book_set_dossier (self->old_book, dossier);
  order_sections (self);
  if (dossier == NULL)
    return;

  customer = cb_dossier_get_customer (dossier);
  gtk_widget_set_visible (self->damaged, cb_dossier_get_n_unread (dossier) > 0);
  gtk_widget_set_visible (self->frozen, cb_customer_is_restricted (customer));
  add_contacts (self, cb_customer_get_phones (customer), cb_words_dup_isolated);
  add_contacts (self, cb_customer_get_emails (customer), cb_words_dup_address);
  if (gtk_widget_get_first_child (self->contacts) == NULL)
    gtk_box_append (GTK_BOX (self->contacts), new_label (_ ("Nothing on file"), "cb-quiet"));

  permissions = cb_dossier_get_permissions (dossier);
  for (guint i = 0; i < permissions->len; i++)
    {
      if (is_of_purpose (g_ptr_array_index (permissions, i), NULL))
        add_purpose (self, permissions, g_ptr_array_index (permissions, i), now_us);
    }
}

static void
cb_person_panel_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_PERSON_PANEL);

  G_OBJECT_CLASS (cb_person_panel_parent_class)->dispose (object);
}

static void
cb_person_panel_class_init (CbPersonPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_person_panel_dispose;
  g_type_ensure (CB_TYPE_OLD_BOOK);
  signals[SIGNAL_SHOW_ALL] = g_signal_new ("show-all", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-person-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, CbPersonPanel, content);
  gtk_widget_class_bind_template_child (widget_class, CbPersonPanel, damaged);
  gtk_widget_class_bind_template_child (widget_class, CbPersonPanel, frozen);
  gtk_widget_class_bind_template_child (widget_class, CbPersonPanel, old_book);
  gtk_widget_class_bind_template_child (widget_class, CbPersonPanel, contacts_head);
  gtk_widget_class_bind_template_child (widget_class, CbPersonPanel, contacts);
  gtk_widget_class_bind_template_child (widget_class, CbPersonPanel, permissions_head);
  gtk_widget_class_bind_template_child (widget_class, CbPersonPanel, permissions);
  gtk_widget_class_bind_template_callback (widget_class, on_show_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-person-panel");
}

static void
cb_person_panel_init (CbPersonPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_person_panel_new (void)
{
  return g_object_new (CB_TYPE_PERSON_PANEL, NULL);
}
