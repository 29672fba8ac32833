/* SPDX-License-Identifier: Apache-2.0 */

/* Catalogues and what a till sold: headings as shops write them, lines of nobody, what was brought
 * back, what is owned; sealed, ended and erased with its customer. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <string.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "exchange/cb-goods.h"

/* --- the table --- */

/* Columns by name in one string, for the first row behind the headings. */
static char *
read_first (const char *text)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, -1, NULL);
  g_autoptr (CbGoods) goods = cb_goods_new (stream);
  g_autoptr (GString) said = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  CbGoodsRow row;

  g_assert_true (cb_goods_next (goods, &row, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < CB_GOODS_N_COLUMNS; i++)
    g_string_append_printf (said, "%s%s", i > 0 ? "|" : "",
                            row.cells[i] != NULL ? row.cells[i] : "");
  cb_goods_row_clear (&row);
  return g_strdup (said->str);
}

static void
test_headings (void)
{
  static const struct
  {
    const char *text;
    const char *wanted;
  } cases[] = {
    { "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
      "5001,AB12,ALDER BOOT,6,2026-02-01 08:26:00,2.55,17850.0,Elsewhere\n",
      "17850.0|||5001|AB12|ALDER BOOT|||||6|2026-02-01 08:26:00|" },
    { "id,gender,masterCategory,subCategory,articleType,baseColour,season,productDisplayName\n"
      "7,Women,Footwear,Shoes,Boots,Brown,Fall,Alder Boot\n",
      "||||7|Alder Boot||Boots|Brown||||" },
    { "sku;name;description;size;color;brand\nA-1;Fell loafer;long;41;black;Fell\n",
      "||||A-1|Fell loafer|Fell||black|41|||" },
    { "Kundennummer\tArtikelnummer\tBezeichnung\tMenge\tKaufdatum\tVorgang\n"
      "4711\t99\tMantel\t1\t01.02.2026\tRückgabe\n",
      "4711||||99|Mantel|||||1|01.02.2026|Rückgabe" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *said = read_first (cases[i].text);

      g_assert_cmpstr (said, ==, cases[i].wanted);
    }
}

static void
test_quantities (void)
{
  static const struct
  {
    const char *cell;
    const char *sort;
    int wanted;
  } cases[] = {
    { "6", NULL, 6 },       { "-1", NULL, -1 }, { "1.0", NULL, 1 },       { "2,00", NULL, 2 },
    { NULL, NULL, 1 },      { "", NULL, 0 },    { "0", NULL, 0 },         { "many", NULL, 0 },
    { "1.5", NULL, 0 },     { "1e9", NULL, 0 }, { "99999999", NULL, 0 },  { "1", "Return", -1 },
    { "-1", "refund", -1 }, { "1", "sale", 1 }, { NULL, "Rückgabe", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CbGoodsRow row = { 0 };

      row.cells[CB_GOODS_QUANTITY] = (char *) cases[i].cell;
      row.cells[CB_GOODS_SORT] = (char *) cases[i].sort;
      g_assert_cmpint (cb_goods_read_quantity (&row), ==, cases[i].wanted);
    }
}

/* --- imports --- */

typedef struct
{
  guint64 n_read;
  guint64 n_added;
  guint64 n_merged;
  guint n_rejected;
} Told;

static Told
take_in (CbTestBook *test, gboolean is_catalogue, gboolean is_dry_run, const char *text)
{
  g_autofree char *path = g_build_filename (test->root, "goods.csv", NULL);
  CbImportOptions options = { .is_dry_run = is_dry_run, .piece_entries = 3 };
  g_autoptr (CbImport) import = NULL;
  g_autoptr (GError) error = NULL;
  gboolean more = TRUE;
  Told told;

  g_assert_true (g_file_set_contents (path, text, -1, &error));
  import = is_catalogue ? cb_import_open_catalogue (path, &options, &error)
                        : cb_import_open_purchases (path, &options, &error);
  while (more)
    {
      g_assert_true (cb_book_import_piece (test->book, test->manager, import, &more, &error));
      g_assert_no_error (error);
    }
  told = (Told){ cb_import_get_n_read (import), cb_import_get_n_added (import),
                 cb_import_get_n_merged (import), cb_import_get_rejected (import)->len };
  g_assert_cmpuint (told.n_read, ==, told.n_added + told.n_merged + told.n_rejected);
  return told;
}

static void
assert_told (Told told, guint added, guint merged, guint rejected)
{
  g_assert_cmpuint (told.n_added, ==, added);
  g_assert_cmpuint (told.n_merged, ==, merged);
  g_assert_cmpuint (told.n_rejected, ==, rejected);
}

static void
test_catalogue (void)
{
  static const char first[] =
    "sku,name,colour,size\n"
    "A1,Alder boot,brown,41\n"
    "A2,\"Fell\nloafer\",,\n"
    ",nameless,,\n"
    "A3,,,\n"
    "A1,Alder boot,,42\n";
  static const char second[] = "sku;title;brand\nA2;Fell loafer;Fell\nA4;Tarn coat;Tarn\n";
  CbTestBook test = { 0 };
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  const CbProductFields *product;

  cb_test_book_set_up (&test);
  assert_told (take_in (&test, TRUE, TRUE, first), 2, 1, 2);
  list = cb_book_list_products (test.book, 10, NULL, &error);
  g_assert_cmpuint (list->len, ==, 0);
  g_clear_pointer (&list, g_ptr_array_unref);
  assert_told (take_in (&test, TRUE, FALSE, first), 2, 1, 2);
  assert_told (take_in (&test, TRUE, FALSE, second), 1, 1, 0);
  list = cb_book_list_products (test.book, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 3);
  product = cb_product_get_fields (g_ptr_array_index (list, 0));
  g_assert_cmpstr (product->colour, ==, "brown");
  g_assert_cmpstr (product->size, ==, "42");
  product = cb_product_get_fields (g_ptr_array_index (list, 1));
  g_assert_cmpstr (product->title, ==, "Fell loafer");
  g_assert_cmpstr (product->brand, ==, "Fell");
  cb_test_book_tear_down (&test);
}

/* A customer with a card number. */
static char *
add_customer (CbTestBook *test, const char *given, const char *number, const char *phone)
{
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  g_autoptr (GError) error = NULL;
  const char *numbers[] = { number, NULL };
  const char *phones[] = { phone, NULL };
  char *id;

  draft->given = g_strdup (given);
  draft->family = g_strdup ("Testperson");
  draft->numbers = g_strdupv ((char **) numbers);
  draft->phones = g_strdupv ((char **) phones);
  id = cb_book_add_customer (test->book, test->associate, draft, &error);
  g_assert_no_error (error);
  return id;
}

static CbDossier *
load (CbTestBook *test, const char *customer)
{
  g_autoptr (GError) error = NULL;
  CbDossier *dossier = cb_book_load_dossier (test->book, test->manager, customer, &error);

  g_assert_no_error (error);
  return dossier;
}

#define HEAD "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,CustomerID\n"

static void
test_purchases (void)
{
  static const char sold[] = HEAD
    "1,A1,Alder boot,1,2026-01-05,17850.0\n"
    "1,A1,Alder boot,1,2026-01-05,17850.0\n"
    "1,A2,Fell loafer,1,2026-01-05,17850.0\n"
    "2,A3,Tarn coat,1,2026-01-06,\n"
    "3,A3,Tarn coat,1,2026-01-06,99999\n"
    "C4,A2,Fell loafer,-1,2026-01-09,17850.0\n"
    "5,A4,,0,2026-01-09,17850.0\n"
    "6,A4,Tarn brush,1,soon,17850.0\n"
    "7,A4,Tarn brush,1,2030-01-09,17850.0\n"
    "8,,,1,2026-01-09,17850.0\n"
    "9,A5,Corrie scarf,1,2026-01-10,+44 7700 900555\n";
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *other = NULL;
  g_autoptr (CbDossier) dossier = NULL;
  g_autoptr (CbDossier) again = NULL;
  g_autoptr (GPtrArray) owned = NULL;
  const CbOwned *boots;

  cb_test_book_set_up (&test);
  customer = add_customer (&test, "Mara", "17850", NULL);
  other = add_customer (&test, "Nuria", "42", "07700 900555");
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  assert_told (take_in (&test, FALSE, TRUE, sold), 4, 0, 7);
  assert_told (take_in (&test, FALSE, FALSE, sold), 4, 0, 7);
  dossier = load (&test, customer);
  g_assert_cmpuint (cb_dossier_get_purchases (dossier)->len, ==, 4);
  owned = cb_purchases_list_owned (cb_dossier_get_purchases (dossier));
  g_assert_cmpuint (owned->len, ==, 1);
  boots = g_ptr_array_index (owned, 0);
  g_assert_cmpint (boots->quantity, ==, 2);
  g_assert_cmpstr (cb_purchase_get_fields (boots->purchase)->title, ==, "Alder boot");
  /* The same file again, and one with a further line in it. */
  assert_told (take_in (&test, FALSE, FALSE, sold), 0, 4, 7);
  assert_told (take_in (&test, FALSE, FALSE,
                        HEAD "1,A1,Alder boot,1,2026-01-05,17850\n"
                             "9,A1,Alder boot,-2,2026-02-05,17850\n"),
               1, 1, 0);
  again = load (&test, customer);
  g_clear_pointer (&owned, g_ptr_array_unref);
  owned = cb_purchases_list_owned (cb_dossier_get_purchases (again));
  g_assert_cmpuint (owned->len, ==, 0);
  cb_test_book_tear_down (&test);
}

static void
test_by_email_and_phone (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *twin = NULL;
  g_autoptr (CbDossier) dossier = NULL;

  cb_test_book_set_up (&test);
  customer =
    cb_test_book_add_customer (&test, "Mara", "Testperson", "m@example.com", "07700 900111");
  twin = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, "07700 900111");
  assert_told (take_in (&test, FALSE, FALSE,
                        "Email;Phone;Title;Date\n"
                        "M@EXAMPLE.com;;Alder boot;2026-01-05\n"
                        ";+44 7700 900111;Fell loafer;2026-01-05\n"
                        ";;Tarn coat;2026-01-05\n"),
               1, 0, 2);
  dossier = load (&test, customer);
  g_assert_cmpuint (cb_dossier_get_purchases (dossier)->len, ==, 1);
  cb_test_book_tear_down (&test);
}

/* Kept as anything they said is: a yes keeps it, a no ends it and keeps the next line out. */
static void
test_lives (void)
{
  static const char first[] = HEAD "1,A1,Alder boot,1,2026-01-05,17850\n";
  static const char second[] = HEAD "2,A2,Fell loafer,1,2026-01-05,17850\n";
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbDossier) unasked = NULL;
  g_autoptr (CbDossier) agreed = NULL;
  g_autoptr (CbDossier) refused = NULL;
  g_autoptr (CbDossier) gone = NULL;
  const CbPurchaseFields *fields;

  cb_test_book_set_up (&test);
  customer = add_customer (&test, "Mara", "17850", NULL);
  assert_told (take_in (&test, FALSE, FALSE, first), 1, 0, 0);
  unasked = load (&test, customer);
  fields = cb_purchase_get_fields (g_ptr_array_index (cb_dossier_get_purchases (unasked), 0));
  g_assert_cmpint (fields->life, ==, CB_LIFE_UNASKED);
  g_assert_cmpint (fields->ends_us, ==, cb_clock_day_end_us (CB_TEST_MORNING_US, 7));
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  agreed = load (&test, customer);
  fields = cb_purchase_get_fields (g_ptr_array_index (cb_dossier_get_purchases (agreed), 0));
  g_assert_cmpint (fields->life, ==, CB_LIFE_AGREED);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_NO, CB_METHOD_TAPPED);
  refused = load (&test, customer);
  fields = cb_purchase_get_fields (g_ptr_array_index (cb_dossier_get_purchases (refused), 0));
  g_assert_cmpint (fields->life, ==, CB_LIFE_TONIGHT);
  assert_told (take_in (&test, FALSE, FALSE, second), 0, 0, 1);
  cb_clock_advance (test.clock, cb_clock_day_end_us (CB_TEST_MORNING_US, 0) - CB_TEST_MORNING_US);
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), ==, 1);
  gone = load (&test, customer);
  g_assert_cmpuint (cb_dossier_get_purchases (gone)->len, ==, 0);
  cb_test_book_tear_down (&test);
}

/* Who buys was here, whoever they spoke with: what lasts from a visit on does, and nobody who comes
 * is taken for one who does not. */
static void
test_is_a_visit (void)
{
  static const char first[] = HEAD "1,A1,Alder boot,1,2027-10-01,17850\n";
  static const char later[] = HEAD "2,A1,Alder boot,1,2029-02-01,17850\n";
  CbTestBook test = { 0 };
  g_autofree char *buys = NULL;
  g_autofree char *gone = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GPtrArray) ends = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  buys = add_customer (&test, "Mara", "17850", NULL);
  gone = add_customer (&test, "Yan", "17851", NULL);
  cb_test_book_answer (&test, buys, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, gone, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_clock_advance (test.clock, 600 * CB_US_PER_DAY);
  assert_told (take_in (&test, FALSE, FALSE, first), 1, 0, 0);
  cb_clock_advance (test.clock, 160 * CB_US_PER_DAY);
  g_assert_cmpint (cb_test_book_verdict (&test, buys, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_ALLOWED);
  g_assert_cmpint (cb_test_book_verdict (&test, gone, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_EXPIRED);

  /* Both are listed by then; that one of them bought before is heard of only now. */
  cb_clock_advance (test.clock, 900 * CB_US_PER_DAY);
  cb_book_run_retention (test.book, &error);
  g_assert_no_error (error);
  ends = cb_book_list_ends (test.book, test.manager, 60, 10, &error);
  g_assert_cmpuint (ends->len, ==, 2);
  assert_told (take_in (&test, FALSE, FALSE, later), 1, 0, 0);
  cb_clock_advance (test.clock, 31 * CB_US_PER_DAY);
  cb_book_run_retention (test.book, &error);
  g_assert_no_error (error);
  left = cb_book_list_customers (test.book, test.manager, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_cmpstr (cb_customer_get_id (g_ptr_array_index (left, 0)), ==, buys);
  cb_test_book_tear_down (&test);
}

static void
test_sealed_and_erased (void)
{
  static const char sold[] = HEAD "zqreceipt,zqarticle,zqtitle,1,2026-01-05,zqnumber9\n";
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  path = g_build_filename (test.root, "goods.csv", NULL);
  customer = add_customer (&test, "Mara", "zqnumber9", NULL);
  assert_told (take_in (&test, FALSE, FALSE, sold), 1, 0, 0);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqarticle"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqtitle"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqreceipt"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqnumber9"), ==, 0);
  g_assert_true (cb_book_erase (test.book, test.manager, customer, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  /* Nobody is known by that number any more. */
  assert_told (take_in (&test, FALSE, FALSE, sold), 0, 0, 1);
  cb_test_book_tear_down (&test);
}

/* What others wrote: every row has one fate, and most of a shop's own catalogue comes in. */
static void
test_of_others (void)
{
  static const struct
  {
    const char *path;
    gboolean is_catalogue;
    guint64 n_read;
    guint64 n_taken;
    gboolean is_long; /* more than a few seconds on a machine that is busy */
  } files[] = {
    { "products-fashion-even/products.csv", TRUE, 22233, 22200, TRUE },
    { "products-magento2-sample/files/ConfigurableSampleData/fixtures/products.csv", TRUE, 1994,
      1900, FALSE },
    { "purchases-uci/2010-12_2011-01.csv", FALSE, 77628, 0, TRUE },
  };
  const char *shared = g_getenv ("CB_TEST_SHARED");
  CbTestBook test = { 0 };

  if (shared == NULL || !g_file_test (shared, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("the catalogues of others are not beside this checkout");
      return;
    }
  cb_test_book_set_up (&test);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (shared, files[i].path, NULL);
      CbImportOptions options = { .is_dry_run = g_getenv ("CB_TEST_LONG") == NULL,
                                  .piece_entries = 2000 };
      g_autoptr (GError) error = NULL;
      g_autoptr (CbImport) import = files[i].is_catalogue
                                      ? cb_import_open_catalogue (path, &options, &error)
                                      : cb_import_open_purchases (path, &options, &error);
      gboolean more = !files[i].is_long || g_getenv ("CB_TEST_LONG") != NULL;

      g_assert_no_error (error);
      if (!more)
        continue;
      while (more)
        g_assert_true (cb_book_import_piece (test.book, test.manager, import, &more, &error));
      g_assert_cmpuint (cb_import_get_n_read (import), ==, files[i].n_read);
      g_assert_cmpuint (cb_import_get_n_added (import) + cb_import_get_n_merged (import), >=,
                        files[i].n_taken);
      g_assert_cmpuint (cb_import_get_n_added (import) + cb_import_get_n_merged (import) +
                          cb_import_get_rejected (import)->len,
                        ==, files[i].n_read);
    }
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/goods/table/headings-say-what-is-in-it", test_headings);
  g_test_add_func ("/goods/table/how-many", test_quantities);
  g_test_add_func ("/goods/catalogue/comes-in-and-is-brought-up-to-date", test_catalogue);
  g_test_add_func ("/goods/purchases/bought-and-brought-back", test_purchases);
  g_test_add_func ("/goods/purchases/by-email-and-phone", test_by_email_and_phone);
  g_test_add_func ("/goods/purchases/live-as-what-was-said", test_lives);
  g_test_add_func ("/goods/purchases/sealed-and-erased", test_sealed_and_erased);
  g_test_add_func ("/goods/purchases/are-visits", test_is_a_visit);
  g_test_add_func ("/goods/files/of-others", test_of_others);
  return g_test_run ();
}
