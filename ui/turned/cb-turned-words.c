/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "turned/cb-turned-words.h"

#include <string.h>

typedef enum
{
  EN,
  FR,
  DE,
  ES,
  N_LANGUAGES,
} Language;

static const struct
{
  const char *tag;
  const char *name;
} languages[N_LANGUAGES] = {
  [EN] = { "en", "English" },
  [FR] = { "fr", "Français" },
  [DE] = { "de", "Deutsch" },
  [ES] = { "es", "Español" },
};

static const char *const words[][N_LANGUAGES] = {
  [CB_TURNED_DONE] = { "Done", "Terminé", "Fertig", "Listo" },
  [CB_TURNED_HAND_BACK] = { "Hand the screen back", "Rendre l’écran", "Bildschirm zurückgeben",
                            "Devolver la pantalla" },
  [CB_TURNED_THANKS] = { "Thank you. Please hand the screen back.",
                         "Merci. Veuillez rendre l’écran.",
                         "Danke. Bitte geben Sie den Bildschirm zurück.",
                         "Gracias. Por favor, devuelva la pantalla." },
  [CB_TURNED_BACK] = { "Back to my answers", "Revenir à mes réponses", "Zurück zu meinen Antworten",
                       "Volver a mis respuestas" },
  [CB_TURNED_UNTIL_NOW] = { "Your answer until now:", "Votre réponse jusqu’ici :",
                            "Ihre Antwort bisher:", "Su respuesta hasta ahora:" },
  [CB_TURNED_HOW_REACHED] = { "How may we reach you?", "Comment pouvons-nous vous joindre ?",
                              "Wie dürfen wir Sie erreichen?", "¿Cómo podemos avisarle?" },
  [CB_TURNED_NO_CONTACT] = { "You have given us no address or number, so nothing is sent.",
                             "Vous ne nous avez donné ni adresse ni numéro : rien n’est envoyé.",
                             "Sie haben uns keine Adresse oder Nummer gegeben, also schicken wir "
                             "nichts.",
                             "No nos ha dado ninguna dirección ni número, así que no se envía "
                             "nada." },
  [CB_TURNED_NOT_KEPT] = { "Your answers could not be kept. Nothing has changed. Please try again.",
                           "Vos réponses n’ont pas pu être gardées. Rien n’a changé. Veuillez "
                           "réessayer.",
                           "Ihre Antworten konnten nicht festgehalten werden. Nichts hat sich "
                           "geändert. Bitte versuchen Sie es noch einmal.",
                           "No se han podido guardar sus respuestas. Nada ha cambiado. Inténtelo "
                           "de nuevo, por favor." },
  [CB_TURNED_SPOKEN_FOR] = { "Language", "Langue", "Sprache", "Idioma" },
  [CB_TURNED_TOUCH] = { "Touch to go on", "Touchez pour continuer", "Zum Fortfahren berühren",
                        "Toque para continuar" },
  [CB_TURNED_CHANGE] = { "Change an answer", "Changer une réponse", "Eine Antwort ändern",
                         "Cambiar una respuesta" },
};

const char *
cb_turned_words (CbTurnedWord word, const char *language)
{
  g_return_val_if_fail ((guint) word < G_N_ELEMENTS (words), "");

  for (guint i = 0; i < N_LANGUAGES; i++)
    {
      if (g_strcmp0 (languages[i].tag, language) == 0)
        return words[word][i];
    }
  return words[word][EN];
}

const char *
cb_turned_words_language_name (const char *language)
{
  for (guint i = 0; i < N_LANGUAGES; i++)
    {
      if (g_strcmp0 (languages[i].tag, language) == 0)
        return languages[i].name;
    }
  return language;
}
