/* SPDX-License-Identifier: Apache-2.0 */

#include "cb-seeded-ids.h"

#include <sodium.h>

static guint64 state;

static const char *
get_name (void)
{
  return "cb-seeded";
}

static uint32_t
draw (void)
{
  guint64 x;

  /* splitmix64 */
  state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  x = state;
  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return (uint32_t) ((x ^ (x >> 31)) >> 32);
}

static void
fill (void *const buffer, const size_t size)
{
  guint8 *bytes = buffer;

  for (size_t i = 0; i < size; i++)
    bytes[i] = (guint8) (draw () >> 11);
}

void
cb_seed_ids (guint64 seed)
{
  static randombytes_implementation implementation = {
    .implementation_name = get_name,
    .random = draw,
    .buf = fill,
  };

  randombytes_set_implementation (&implementation);
  state = seed;
}
