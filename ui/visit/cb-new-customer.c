/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "visit/cb-new-customer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/cb-fold.h"
#include "consent/cb-notice.h"
#include "shell/cb-messages.h"
#include "turned/cb-turned-words.h"
#include "vault/cb-seal.h"
#include "widgets/cb-banner.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-field.h"

/* Which of the drafts on the shelf is this form's. */
#define DRAFT "customer"

struct _CbNewCustomer
{
  GtkWidget parent_instance;

  GtkWidget *content;
  CbField *given;
  CbField *family;
  CbField *preferred;
  CbField *phone;
  CbField *email;
  GtkWidget *languages;
  CbBanner *banner;
  GtkWidget *save;

  CbChoice *language;
  CbStore *store;
  CbDraftShelf *shelf;
  CbStaff *author;
  char *customer_id;    /* of the card to put right; NULL is a new one */
  char *other_language; /* theirs, and none of the notices' */
  CbUnsaved *offered;   /* a card that was begun before */
  CbUnsaved *unsaved;   /* what is being saved */
  gboolean is_saving;
};

enum
{
  SIGNAL_ADDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbNewCustomer, cb_new_customer, GTK_TYPE_WIDGET)

/* Several numbers or addresses may stand in one field, parted by commas or semicolons. */
static char **
dup_list (CbField *field)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit_set (cb_field_get_text (field), ",;\n", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_strstrip (parts[i]);
      if (*parts[i] != '\0')
        g_strv_builder_add (builder, parts[i]);
    }
  return g_strv_builder_end (builder);
}

static void
prefill (CbNewCustomer *self, const char *typed)
{
  g_autofree char *text = g_strstrip (g_strdup (typed != NULL ? typed : ""));
  g_autofree char *phone = cb_fold_phone (text, NULL);
  char *last_space = strrchr (text, ' ');

  if (strchr (text, '@') != NULL)
    cb_field_set_text (self->email, text);
  else if (phone != NULL)
    cb_field_set_text (self->phone, text);
  else if (last_space != NULL)
    {
      cb_field_set_text (self->family, last_space + 1);
      *last_space = '\0';
      cb_field_set_text (self->given, text);
    }
  else
    cb_field_set_text (self->given, text);
}

static gboolean
check_length (CbField *field, gsize most)
{
  if (strlen (cb_field_get_text (field)) <= most)
    return TRUE;
  cb_field_set_error (field, _ ("This is too long to be kept."));
  gtk_widget_grab_focus (GTK_WIDGET (field));
  return FALSE;
}

static gboolean
check_list (CbField *field, char **values)
{
  if (g_strv_length (values) > CB_CONTACTS_MAX)
    {
      cb_field_set_error (field, _ ("These are too many to be kept."));
      return FALSE;
    }
  for (guint i = 0; values[i] != NULL; i++)
    {
      if (strlen (values[i]) > CB_CONTACT_MAX)
        return check_length (field, CB_CONTACT_MAX);
    }
  return TRUE;
}

static gboolean
is_worth_keeping (CbCustomerDraft *draft)
{
  return draft->given != NULL || draft->family != NULL || draft->preferred != NULL ||
         draft->emails[0] != NULL || draft->phones[0] != NULL;
}

static gboolean
check_draft (CbNewCustomer *self, CbCustomerDraft *draft)
{
  if (!is_worth_keeping (draft))
    {
      cb_field_set_error (self->given, _ ("A name, a phone number or an email is needed."));
      gtk_widget_grab_focus (GTK_WIDGET (self->given));
      return FALSE;
    }
  return check_length (self->given, CB_NAME_MAX) && check_length (self->family, CB_NAME_MAX) &&
         check_length (self->preferred, CB_NAME_MAX) && check_list (self->phone, draft->phones) &&
         check_list (self->email, draft->emails);
}

static CbCustomerDraft *
build_draft (CbNewCustomer *self)
{
  CbCustomerDraft *draft = cb_customer_draft_new ();
  const char *const *languages = cb_notice_get_languages (cb_notice_get_current ());
  guint chosen = cb_choice_get_selected (self->language);

  draft->given = cb_field_dup_text (self->given);
  draft->family = cb_field_dup_text (self->family);
  draft->preferred = cb_field_dup_text (self->preferred);
  draft->phones = dup_list (self->phone);
  draft->emails = dup_list (self->email);
  if (chosen != CB_CHOICE_NONE)
    draft->language = g_strdup (languages[chosen]);
  else
    draft->language = g_strdup (self->other_language);
  return draft;
}

/* `id` is NULL when it is not saved. */
static void
finish_saving (CbNewCustomer *self, const char *id, const GError *error)
{
  self->is_saving = FALSE;
  if (id == NULL)
    cb_draft_shelf_put (self->shelf, self->author, self->customer_id,
                        g_steal_pointer (&self->unsaved));
  g_clear_pointer (&self->unsaved, cb_unsaved_free);
  if (self->store == NULL)
    return;
  gtk_widget_set_sensitive (self->save, TRUE);
  if (id != NULL)
    g_signal_emit (self, signals[SIGNAL_ADDED], 0, id);
  else
    cb_banner_show (self->banner, CB_BANNER_PROBLEM, cb_messages_for (error, CB_DURING_SAVE), NULL);
}

static void
on_add_customer_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbNewCustomer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = cb_store_add_customer_finish (CB_STORE (source), result, &error);

  finish_saving (self, id, error);
}

static void
on_change_customer_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbNewCustomer) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = cb_store_change_customer_finish (CB_STORE (source), result, &error);

  finish_saving (self, is_done ? self->customer_id : NULL, error);
}

static void
save (CbNewCustomer *self)
{
  g_autoptr (CbCustomerDraft) draft = build_draft (self);

  if (self->is_saving || !check_draft (self, draft))
    return;
  if (draft->given == NULL)
    draft->given = g_strdup ("");
  if (draft->family == NULL)
    draft->family = g_strdup ("");
  draft->ends_draft = TRUE;
  self->unsaved = cb_unsaved_new_customer (build_draft (self));
  self->is_saving = TRUE;
  gtk_widget_set_sensitive (self->save, FALSE);
  cb_draft_shelf_hand_over (self->shelf, self->author, self->customer_id, DRAFT);
  if (self->customer_id == NULL)
    cb_store_add_customer_async (self->store, g_steal_pointer (&draft), NULL, on_add_customer_done,
                                 g_object_ref (self));
  else
    cb_store_change_customer_async (self->store, self->customer_id, g_steal_pointer (&draft), NULL,
                                    on_change_customer_done, g_object_ref (self));
}

static gboolean
save_by_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  save (CB_NEW_CUSTOMER (widget));
  return TRUE;
}

/* --- the draft --- */

static void
put_draft (CbNewCustomer *self)
{
  /* Another card is being written: the earlier one makes room for it. */
  if (self->offered != NULL)
    cb_banner_hide (self->banner);
  g_clear_pointer (&self->offered, cb_unsaved_free);
  cb_draft_shelf_put (self->shelf, self->author, self->customer_id,
                      cb_unsaved_new_customer (build_draft (self)));
}

static void
set_list (CbField *field, char *const *values)
{
  char *joined = values != NULL ? g_strjoinv (", ", (char **) values) : NULL;

  cb_field_set_text (field, joined);
  cb_text_wipe (joined);
}

static void
show_draft (CbNewCustomer *self, const CbCustomerDraft *draft)
{
  const char *const *languages = cb_notice_get_languages (cb_notice_get_current ());

  cb_field_set_text (self->given, draft->given);
  cb_field_set_text (self->family, draft->family);
  cb_field_set_text (self->preferred, draft->preferred);
  set_list (self->phone, draft->phones);
  set_list (self->email, draft->emails);
  for (guint i = 0; draft->language != NULL && languages[i] != NULL; i++)
    {
      if (g_str_equal (languages[i], draft->language))
        cb_choice_set_selected (self->language, i);
    }
}

static void
bring_back (CbNewCustomer *self)
{
  g_autoptr (CbUnsaved) offered = g_steal_pointer (&self->offered);

  if (offered == NULL)
    return;
  show_draft (self, offered->customer);
  gtk_widget_grab_focus (GTK_WIDGET (self->given));
}

void
cb_new_customer_offer (CbNewCustomer *self, CbUnsaved *unsaved, gboolean at_once)
{
  g_return_if_fail (CB_IS_NEW_CUSTOMER (self));
  g_return_if_fail (unsaved->customer != NULL);

  g_clear_pointer (&self->offered, cb_unsaved_free);
  self->offered = unsaved;
  if (at_once)
    bring_back (self);
  else
    cb_banner_show (self->banner, CB_BANNER_NOTE, _ ("You began another card and did not save it."),
                    _ ("Bring it back"));
}

/* What is changed from now on is changed by hand. */
static void
watch (CbNewCustomer *self)
{
  CbField *fields[] = { self->given, self->family, self->preferred, self->phone, self->email };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_signal_connect_object (fields[i], "changed", G_CALLBACK (put_draft), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->language, "notify::selected", G_CALLBACK (put_draft), self,
                           G_CONNECT_SWAPPED);
}

static void
add_languages (CbNewCustomer *self)
{
  const char *const *languages = cb_notice_get_languages (cb_notice_get_current ());

  self->language = CB_CHOICE (cb_choice_new (_ ("Language")));
  for (guint i = 0; languages[i] != NULL; i++)
    cb_choice_append (self->language, cb_turned_words_language_name (languages[i]));
  gtk_box_append (GTK_BOX (self->languages), GTK_WIDGET (self->language));
}

static void
cb_new_customer_dispose (GObject *object)
{
  g_clear_object (&CB_NEW_CUSTOMER (object)->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_NEW_CUSTOMER);

  G_OBJECT_CLASS (cb_new_customer_parent_class)->dispose (object);
}

static void
cb_new_customer_finalize (GObject *object)
{
  CbNewCustomer *self = CB_NEW_CUSTOMER (object);

  g_clear_pointer (&self->customer_id, g_free);
  g_clear_pointer (&self->other_language, g_free);
  g_clear_pointer (&self->offered, cb_unsaved_free);
  g_clear_pointer (&self->unsaved, cb_unsaved_free);
  g_clear_object (&self->shelf);
  g_clear_object (&self->author);

  G_OBJECT_CLASS (cb_new_customer_parent_class)->finalize (object);
}

static void
cb_new_customer_class_init (CbNewCustomerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_new_customer_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_new_customer_finalize;
  g_type_ensure (CB_TYPE_BANNER);
  g_type_ensure (CB_TYPE_FIELD);

  signals[SIGNAL_ADDED] = g_signal_new ("added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-new-customer.ui");
  gtk_widget_class_bind_template_child (widget_class, CbNewCustomer, content);
  gtk_widget_class_bind_template_child (widget_class, CbNewCustomer, given);
  gtk_widget_class_bind_template_child (widget_class, CbNewCustomer, family);
  gtk_widget_class_bind_template_child (widget_class, CbNewCustomer, preferred);
  gtk_widget_class_bind_template_child (widget_class, CbNewCustomer, phone);
  gtk_widget_class_bind_template_child (widget_class, CbNewCustomer, email);
  gtk_widget_class_bind_template_child (widget_class, CbNewCustomer, languages);
  gtk_widget_class_bind_template_child (widget_class, CbNewCustomer, banner);
  gtk_widget_class_bind_template_child (widget_class, CbNewCustomer, save);
  gtk_widget_class_bind_template_callback (widget_class, bring_back);
  gtk_widget_class_bind_template_callback (widget_class, save);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, save_by_key, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-new-customer");
}

static void
cb_new_customer_init (CbNewCustomer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_languages (self);
}

static CbNewCustomer *
new_form (CbStore *store, CbDraftShelf *shelf)
{
  CbNewCustomer *self = g_object_new (CB_TYPE_NEW_CUSTOMER, NULL);

  self->store = g_object_ref (store);
  self->shelf = g_object_ref (shelf);
  self->author = g_object_ref (cb_store_get_actor (store));
  return self;
}

GtkWidget *
cb_new_customer_new (CbStore *store, CbDraftShelf *shelf, const char *typed)
{
  CbNewCustomer *self = new_form (store, shelf);

  prefill (self, typed);
  watch (self);
  return GTK_WIDGET (self);
}

GtkWidget *
cb_new_customer_new_for (CbStore *store, CbDraftShelf *shelf, CbCustomer *card)
{
  CbNewCustomer *self = new_form (store, shelf);
  CbCustomerDraft draft = {
    .given = (char *) cb_customer_get_given (card),
    .family = (char *) cb_customer_get_family (card),
    .preferred = (char *) cb_customer_get_preferred (card),
    .language = (char *) cb_customer_get_language (card),
    .emails = (char **) cb_customer_get_emails (card),
    .phones = (char **) cb_customer_get_phones (card),
  };

  self->customer_id = g_strdup (cb_customer_get_id (card));
  self->other_language = g_strdup (draft.language);
  gtk_button_set_label (GTK_BUTTON (self->save), _ ("Save the card"));
  show_draft (self, &draft);
  watch (self);
  return GTK_WIDGET (self);
}
