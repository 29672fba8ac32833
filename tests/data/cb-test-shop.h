/* SPDX-License-Identifier: Apache-2.0 */

/* A store with something in each of its tables, whose file is damaged, repaired, looked through and
 * put back as it was. */

#pragma once

#include "cb-test-book.h"

G_BEGIN_DECLS

#define CB_TEST_PAGE 4096

typedef struct
{
  CbTestBook test;
  GPtrArray *customers;
  GPtrArray *refused; /* who took a yes back */
  GPtrArray *values;  /* Value */
  GHashTable *files;  /* path → GBytes, as they were */
  char *database;
  guint8 *bytes;
  gsize length;
} CbTestShop;

/* Leaves the book closed. */
void cb_test_shop_set_up (CbTestShop *shop);
void cb_test_shop_tear_down (CbTestShop *shop);

/* As it is now is how it is put back. */
void cb_test_shop_keep_file (CbTestShop *shop, const char *path);
void cb_test_shop_keep_files (CbTestShop *shop);
void cb_test_shop_put_back (CbTestShop *shop);

/* The damaged file is kept as it is. Answers how many rows were said to be lost. */
guint cb_test_shop_repair (CbTestShop *shop);

/* What lies on none of the `damaged` pages is there, byte for byte. Answers how many values are
 * gone. */
guint cb_test_shop_check_values (CbTestShop *shop, GHashTable *damaged);

/* Nobody of them has a yes. */
void cb_test_shop_check_refused (CbTestShop *shop);

/* Writes the damage, repairs, looks, and goes back: what lies on none of the `damaged` pages is
 * there, byte for byte. Answers how many values are gone. */
guint cb_test_shop_try_damage (CbTestShop *shop,
                               const guint8 *bytes,
                               gsize length,
                               GHashTable *damaged);

G_END_DECLS
