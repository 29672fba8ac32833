/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-goods.h"

#include <string.h>

#include "base/cb-fold.h"
#include "exchange/cb-table.h"
#include "vault/cb-seal.h"

#define QUANTITY_MAX 100000

struct _CbGoods
{
  CbLines *lines;
  CbTable *table;
  int columns[CB_GOODS_N_COLUMNS]; /* which cell; -1: none */
  gboolean is_begun;
  gboolean has_headings;
};

/* Headings without case, accents, spaces, punctuation and figures, the better name before the
 * worse: a table has both a name and a description. English, German, French, Spanish, Italian,
 * Dutch. */
static const char *const known_headings[CB_GOODS_N_COLUMNS] = {
  [CB_GOODS_CUSTOMER] =
    " customernumber customerno customernr customerid customercode loyaltynumber loyaltycard"
    " loyaltyid cardnumber cardno memberid membernumber kundennummer kundennr kundenid numeroclient"
    " noclient numclient idclient clientnumber clientid numerocliente idcliente codicecliente"
    " klantnummer customer client kunde cliente klant member ",
  [CB_GOODS_EMAIL] =
    " email customeremail emailaddress mail emailadresse courriel adressemail"
    " correoelectronico correo emailcliente indirizzoemail ",
  [CB_GOODS_PHONE] =
    " phone phonenumber customerphone mobile mobilephone telephone telefon"
    " telefonnummer handy mobil portable telefono movil cellulare telefoon ",
  [CB_GOODS_RECEIPT] =
    " invoiceno invoicenumber invoice receiptno receiptnumber receipt orderno ordernumber orderid"
    " order transactionid transactionno transaction ticketnumber ticketno ticket belegnummer beleg"
    " bonnummer bon rechnungsnummer rechnung numerofacture facture numerocommande commande factura"
    " numeropedido pedido scontrino fattura ordine bestelling factuur ",
  [CB_GOODS_SKU] =
    " sku variantsku lineitemsku productsku articlenumber articleno articlecode itemnumber itemno"
    " itemcode stockcode stockno productcode productnumber productid productno artikelnummer artikelnr"
    " artnr referencearticle refarticle reference referencia codigoarticulo codigo codearticle"
    " codicearticolo codice artikelcode variantbarcode barcode ean gtin upc handle code id ",
  [CB_GOODS_TITLE] =
    " productdisplayname lineitemname productname producttitle itemname articlename articletitle"
    " title name bezeichnung artikelbezeichnung artikelname artikel designation libelle nomproduit"
    " nomarticle nombreproducto nombrearticulo nombre articulo producto denominazione prodotto nome"
    " naam omschrijving product item article description beschreibung descripcion descrizione ",
  [CB_GOODS_BRAND] =
    " brand brandname vendor manufacturer maker marke hersteller marque fabricant"
    " marca fabricante produttore merk ",
  [CB_GOODS_GARMENT] =
    " articletype producttype subcategory productcategory category categories garment warengruppe"
    " kategorie artikelart categorie typeproduit typearticle familia categoria tipo reparto"
    " department mastercategory type ",
  [CB_GOODS_COLOUR] =
    " colour color basecolour basecolor colorname colourname farbe couleur coloris colore kleur ",
  [CB_GOODS_SIZE] = " size groesse grosse taille pointure talla talle taglia maat numero ",
  [CB_GOODS_QUANTITY] =
    " quantity qty lineitemquantity quantitysold qtyordered menge anzahl stuck"
    " stueck quantite qte cantidad cant quantita aantal units pieces ",
  [CB_GOODS_DAY] =
    " purchasedate invoicedate orderdate saledate transactiondate date datetime soldat createdat"
    " paidat kaufdatum belegdatum rechnungsdatum bestelldatum datum dateachat datedachat datefacture"
    " datecommande datevente fechacompra fechafactura fecha data dataacquisto day tag jour timestamp"
    " time ",
  [CB_GOODS_SORT] =
    " transactiontype linetype lineitemtype movement movementtype kind vorgang"
    " belegart typeoperation operation tipooperacion type art ",
};

/* --- headings --- */

/* "customer_id" and "Customer ID" are "customerid". */
static char *
squeeze (const char *cell)
{
  g_autofree char *folded = cb_fold (cell);
  GString *letters = g_string_new (" ");

  for (const char *c = folded; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (g_unichar_isalpha (character))
        g_string_append_unichar (letters, character);
    }
  g_string_append_c (letters, ' ');
  return g_string_free (letters, FALSE);
}

/* The cell whose heading stands first in the column's list. */
static int
find_cell (GPtrArray *squeezed, const char *headings)
{
  const char *best = NULL;
  int found = -1;

  for (guint i = 0; i < squeezed->len; i++)
    {
      const char *word = g_ptr_array_index (squeezed, i);
      const char *at = strlen (word) > 2 ? strstr (headings, word) : NULL;

      if (at != NULL && (best == NULL || at < best))
        {
          best = at;
          found = (int) i;
        }
    }
  return found;
}

/* A row of headings names articles, and says so in words. */
static void
read_headings (CbGoods *self, GPtrArray *cells)
{
  g_autoptr (GPtrArray) squeezed = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < cells->len; i++)
    g_ptr_array_add (squeezed, squeeze (g_ptr_array_index (cells, i)));
  for (guint column = 0; column < CB_GOODS_N_COLUMNS; column++)
    self->columns[column] = find_cell (squeezed, known_headings[column]);
  self->has_headings = self->columns[CB_GOODS_SKU] >= 0 || self->columns[CB_GOODS_TITLE] >= 0;
}

/* --- rows --- */

void
cb_goods_row_clear (CbGoodsRow *row)
{
  for (guint i = 0; i < CB_GOODS_N_COLUMNS; i++)
    g_clear_pointer (&row->cells[i], cb_text_wipe);
}

static char *
dup_cell (CbGoods *self, GPtrArray *cells, CbGoodsColumn column)
{
  int at = self->columns[column];
  char *text;

  if (at < 0 || (guint) at >= cells->len)
    return NULL;
  text = g_strstrip (g_strdup (g_ptr_array_index (cells, at)));
  if (*text != '\0')
    return text;
  g_free (text);
  return NULL;
}

/* FALSE when it was the heading row. */
static gboolean
take_row (CbGoods *self, const CbRow *read, CbGoodsRow *row)
{
  *row = (CbGoodsRow){ .line = read->line, .reason = read->reason };
  if (read->cells == NULL)
    return TRUE;
  if (!self->is_begun)
    {
      self->is_begun = TRUE;
      read_headings (self, read->cells);
      if (self->has_headings)
        return FALSE;
    }
  if (!self->has_headings)
    row->reason = "the file has no heading that names an article";
  else if (read->is_empty)
    row->reason = "the row is empty";
  else
    {
      for (guint i = 0; i < CB_GOODS_N_COLUMNS; i++)
        row->cells[i] = dup_cell (self, read->cells, (CbGoodsColumn) i);
    }
  return TRUE;
}

gboolean
cb_goods_next (CbGoods *self, CbGoodsRow *row, GError **error)
{
  CbRow read;

  while (cb_table_next (self->table, &read, error))
    {
      if (take_row (self, &read, row))
        return TRUE;
    }
  return FALSE;
}

CbGoods *
cb_goods_new (GInputStream *stream)
{
  CbGoods *self = g_new0 (CbGoods, 1);

  self->lines = cb_lines_new (stream);
  self->table = cb_table_new (self->lines);
  return self;
}

void
cb_goods_free (CbGoods *self)
{
  cb_table_free (self->table);
  cb_lines_free (self->lines);
  g_free (self);
}

guint64
cb_goods_get_position (CbGoods *self)
{
  return cb_lines_get_position (self->lines);
}

/* --- how many --- */

static gboolean
says_return (const char *cell)
{
  static const char words[] =
    " return returned returns refund refunded credit creditnote retoure"
    " rueckgabe ruckgabe gutschrift retour remboursement avoir devolucion"
    " reembolso abono reso rimborso terugname ";
  g_autofree char *word = cell != NULL ? squeeze (cell) : NULL;

  return word != NULL && strlen (word) > 2 && strstr (words, word) != NULL;
}

int
cb_goods_read_quantity (const CbGoodsRow *row)
{
  const char *cell = row->cells[CB_GOODS_QUANTITY];
  gboolean is_return = says_return (row->cells[CB_GOODS_SORT]);
  char *end = NULL;
  gint64 quantity = 1;

  if (cell != NULL)
    {
      quantity = g_ascii_strtoll (cell, &end, 10);
      if (end == cell)
        return 0;
      /* Spreadsheets write a whole number with a fraction of noughts. */
      if (*end == '.' || *end == ',')
        end += 1 + strspn (end + 1, "0");
      if (*end != '\0')
        return 0;
    }
  if (quantity > QUANTITY_MAX || quantity < -QUANTITY_MAX)
    return 0;
  return (int) (is_return && quantity > 0 ? -quantity : quantity);
}
