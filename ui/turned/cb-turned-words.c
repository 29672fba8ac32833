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
                             "Vous ne nous avez donné ni adresse ni numéro : rien n’est "
                             "envoyé.",
                             "Sie haben uns keine Adresse oder Nummer gegeben, also "
                             "schicken wir nichts.",
                             "No nos ha dado ninguna dirección ni número, así que no se "
                             "envía nada." },
  [CB_TURNED_NOT_KEPT] = { "Your answers could not be kept. Nothing has changed. Please "
                           "try again.",
                           "Vos réponses n’ont pas pu être gardées. Rien n’a changé. "
                           "Veuillez réessayer.",
                           "Ihre Antworten konnten nicht festgehalten werden. Nichts "
                           "hat sich geändert. Bitte versuchen Sie es noch einmal.",
                           "No se han podido guardar sus respuestas. Nada ha cambiado. "
                           "Inténtelo de nuevo, por favor." },
  [CB_TURNED_SPOKEN_FOR] = { "Language", "Langue", "Sprache", "Idioma" },
  [CB_TURNED_TOUCH] = { "Touch to go on", "Touchez pour continuer", "Zum Fortfahren berühren",
                        "Toque para continuar" },
  [CB_TURNED_CHANGE] = { "Change an answer", "Changer une réponse", "Eine Antwort ändern",
                         "Cambiar una respuesta" },
  [CB_TURNED_SCAN] = { "Take a picture of it to keep it. It holds this number and "
                       "nothing about you; at the counter it opens your answers, "
                       "and shows that they are yours.",
                       "Prenez-le en photo pour le garder. Il contient ce numéro et "
                       "rien sur vous ; au comptoir, il ouvre vos réponses et "
                       "montre que ce sont les vôtres.",
                       "Fotografieren Sie ihn, um ihn zu behalten. Er enthält diese "
                       "Nummer und nichts über Sie; an der Theke öffnet er Ihre "
                       "Antworten und zeigt, dass es Ihre sind.",
                       "Hágale una foto para guardarlo. Contiene este número y nada "
                       "sobre usted; en el mostrador abre sus respuestas y "
                       "demuestra que son suyas." },
  [CB_TURNED_EVERYTHING] = { "Everything about me", "Tout ce qui me concerne", "Alles über mich",
                             "Todo sobre mí" },
  [CB_TURNED_ANSWERS] = { "My answers", "Mes réponses", "Meine Antworten", "Mis respuestas" },
  [CB_TURNED_IDENTIFY] = { "First, please show that it is you",
                           "D’abord, montrez que c’est bien vous",
                           "Zuerst zeigen Sie bitte, dass Sie es sind",
                           "Primero, demuestre que es usted" },
  [CB_TURNED_IDENTIFY_SAY] = { "What is written about you is for nobody else. Type the "
                               "number of a receipt, ours or the till’s. It is compared on "
                               "this terminal and not kept.",
                               "Ce qui est écrit sur vous ne regarde personne d’autre. "
                               "Tapez le numéro d’un reçu, le nôtre ou celui de la caisse. "
                               "Il est comparé sur ce terminal et n’est pas gardé.",
                               "Was über Sie geschrieben steht, geht niemanden sonst etwas "
                               "an. Tippen Sie die Nummer eines Belegs ein, von uns oder "
                               "von der Kasse. Sie wird an diesem Terminal verglichen und "
                               "nicht aufbewahrt.",
                               "Lo que está escrito sobre usted no es para nadie más. "
                               "Escriba el número de un recibo, nuestro o de la caja. Se "
                               "compara en este terminal y no se guarda." },
  [CB_TURNED_RECEIPT_NUMBER] = { "Receipt number", "Numéro du reçu", "Nummer des Belegs",
                                 "Número del recibo" },
  [CB_TURNED_OR_TWO] = { "Or two of these three", "Ou deux de ces trois",
                         "Oder zwei von diesen dreien", "O dos de estos tres" },
  [CB_TURNED_EMAIL] = { "Email", "E-mail", "E-Mail", "Correo electrónico" },
  [CB_TURNED_PHONE] = { "Phone", "Téléphone", "Telefon", "Teléfono" },
  [CB_TURNED_CARD] = { "Number of your customer card", "Numéro de votre carte client",
                       "Nummer Ihrer Kundenkarte", "Número de su tarjeta de cliente" },
  [CB_TURNED_IDENTIFY_ELSE] = { "Nothing at hand? Hand the screen back and show a document. "
                                "Only its kind is noted.",
                                "Rien sous la main ? Rendez l’écran et montrez une pièce "
                                "d’identité. Seule sa nature est notée.",
                                "Nichts zur Hand? Geben Sie den Bildschirm zurück und zeigen "
                                "Sie einen Ausweis. Nur seine Art wird notiert.",
                                "¿No tiene nada a mano? Devuelva la pantalla y muestre un "
                                "documento. Solo se anota de qué tipo es." },
  [CB_TURNED_GO_ON] = { "Continue", "Continuer", "Weiter", "Continuar" },
  [CB_TURNED_TOO_LITTLE] = { "That is not enough yet: the number of a receipt, or two of "
                             "the three.",
                             "Cela ne suffit pas encore : le numéro d’un reçu, ou deux "
                             "des trois.",
                             "Das reicht noch nicht: die Nummer eines Belegs oder zwei "
                             "von den dreien.",
                             "Aún no basta: el número de un recibo, o dos de los tres." },
  [CB_TURNED_NOT_SHOWN] = { "That is not what stands here. Please look at it again.",
                            "Ce n’est pas ce qui est noté ici. Veuillez vérifier.",
                            "Das steht hier anders. Bitte sehen Sie noch einmal nach.",
                            "No es lo que consta aquí. Revíselo, por favor." },
  [CB_TURNED_WAIT] = { "That was tried too often. Show a document, or try again after",
                       "Trop d’essais. Montrez une pièce d’identité, ou réessayez "
                       "après",
                       "Das wurde zu oft versucht. Zeigen Sie einen Ausweis, oder "
                       "versuchen Sie es wieder nach",
                       "Demasiados intentos. Muestre un documento o vuelva a "
                       "intentarlo después de las" },
  [CB_TURNED_NOT_READ] = { "It can’t be shown just now. Nothing is lost. Please tell "
                           "your colleague at the counter.",
                           "Impossible de l’afficher pour l’instant. Rien n’est perdu. "
                           "Veuillez prévenir la personne au comptoir.",
                           "Das kann gerade nicht gezeigt werden. Nichts ist verloren. "
                           "Bitte sagen Sie es an der Theke.",
                           "Ahora no se puede mostrar. No se ha perdido nada. Avise en "
                           "el mostrador, por favor." },
  [CB_TURNED_VEILED] = { "Not for every eye. Show it", "Pas pour tous les regards. Afficher",
                         "Nicht für alle Augen. Zeigen", "No es para todas las miradas. Mostrar" },
  [CB_TURNED_ERASE] = { "Erase everything", "Tout effacer", "Alles löschen", "Borrar todo" },
  [CB_TURNED_ERASE_ASK] = { "Erase everything about you?", "Effacer tout ce qui vous concerne ?",
                            "Alles über Sie löschen?", "¿Borrar todo sobre usted?" },
  [CB_TURNED_ERASE_GOES] = { "Every note, size, wish, request, day, purchase and answer "
                             "goes, with the key that opens it; from the back-ups of this "
                             "terminal by the end of the day. Wherever it was passed on, "
                             "it is told to go too. What we promised you goes with it.",
                             "Chaque note, taille, souhait, demande, date, achat et "
                             "réponse disparaît, avec la clé qui l’ouvre ; des "
                             "sauvegardes de ce terminal d’ici la fin de la journée. "
                             "Partout où cela a été transmis, l’ordre d’effacer suit. Ce "
                             "que nous vous avons promis disparaît aussi.",
                             "Jede Notiz, Größe, jeder Wunsch, jede Bitte, jeder Tag, "
                             "Kauf und jede Antwort wird gelöscht, mit dem Schlüssel "
                             "dazu; aus den Sicherungen dieses Terminals bis zum Ende des "
                             "Tages. Wohin es weitergegeben wurde, dort wird es ebenfalls "
                             "gelöscht. Auch was wir Ihnen versprochen haben, geht damit.",
                             "Desaparece cada nota, talla, deseo, petición, fecha, compra "
                             "y respuesta, con la clave que la abre; de las copias de "
                             "seguridad de este terminal, antes de que acabe el día. Allí "
                             "donde se haya transmitido también se ordena borrarlo. Con "
                             "ello se va lo que le hayamos prometido." },
  [CB_TURNED_ERASE_STAYS] = { "What stays is a number without your name, so that nobody "
                              "brings it back by mistake. It can’t be undone.",
                              "Il reste un numéro sans votre nom, pour que personne ne le "
                              "fasse revenir par erreur. C’est définitif.",
                              "Es bleibt eine Nummer ohne Ihren Namen, damit niemand es "
                              "versehentlich zurückholt. Es lässt sich nicht rückgängig "
                              "machen.",
                              "Queda un número sin su nombre, para que nadie lo recupere "
                              "por error. No se puede deshacer." },
  [CB_TURNED_KEEP] = { "Keep it", "Garder", "Behalten", "Conservarlo" },
  [CB_TURNED_ERASED] = { "It is gone", "C’est effacé", "Es ist gelöscht", "Está borrado" },
  [CB_TURNED_ERASED_SAY] = { "Nothing that anybody wrote about you can be read at this "
                             "terminal any more.",
                             "Plus rien de ce qui était écrit sur vous ne peut être lu "
                             "sur ce terminal.",
                             "Nichts von dem, was über Sie geschrieben stand, lässt sich "
                             "an diesem Terminal noch lesen.",
                             "En este terminal ya no se puede leer nada de lo que estaba "
                             "escrito sobre usted." },
  [CB_TURNED_ERASED_COPIES] = { "A copy that was made for you is not where it was put. "
                                "Whoever has it has it still.",
                                "Une copie faite pour vous n’est plus là où elle avait été "
                                "mise. La personne qui la détient la garde.",
                                "Eine Kopie, die für Sie gemacht wurde, liegt nicht mehr, wo "
                                "sie hingelegt wurde. Wer sie hat, hat sie noch.",
                                "Una copia que se hizo para usted ya no está donde se dejó. "
                                "Quien la tenga la conserva." },
  [CB_TURNED_NOT_ERASED] = { "It could not be finished. Please tell your colleague at the "
                             "counter.",
                             "Cela n’a pas pu être terminé. Veuillez prévenir la personne "
                             "au comptoir.",
                             "Das konnte nicht abgeschlossen werden. Bitte sagen Sie es "
                             "an der Theke.",
                             "No se ha podido terminar. Avise en el mostrador, por favor." },
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
