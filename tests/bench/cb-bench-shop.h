/* SPDX-License-Identifier: Apache-2.0 */

/* A shop of any size for benchmarks: people with names of many languages (those of the shared lists
 * where they lie beside the checkout, else made up), what was said about them, and a book that
 * holds it all. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_BENCH_PIN "482915"
#define CB_BENCH_MANAGER "Bench Manager"

typedef struct
{
  char *given;
  char *family;
  char *email;
  char *phone;
  char *card; /* its number; NULL for every second person */
} CbBenchPerson;

/* The same for the same number. */
CbBenchPerson cb_bench_person_make (guint number);
void cb_bench_person_clear (CbBenchPerson *person);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbBenchPerson, cb_bench_person_clear)

char *cb_bench_note_make (guint number);

typedef struct
{
  char *root;
  char *home;
  char *state_root;
  guint n_customers;
  guint n_notes;
} CbBenchShop;

/* Filled by a process of its own, so that this one's memory is clean. With CB_BENCH_SHOP in the
 * environment the shop is kept in that folder, and found there the next time. */
void cb_bench_shop_set_up (CbBenchShop *shop, guint n_customers, guint n_notes);
void cb_bench_shop_tear_down (CbBenchShop *shop);

G_END_DECLS
