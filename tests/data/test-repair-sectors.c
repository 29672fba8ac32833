/* SPDX-License-Identifier: Apache-2.0 */

/* A disk that does not give some sectors of the file any more: reading them is an error, and
 * touching them where the file is mapped would end the process. What lies elsewhere is there again.
 */

#define G_LOG_DOMAIN "Counterbook"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cb-test-shop.h"

/* In place of the C library's, for the code under test and for GLib, which both know large files.
 */
ssize_t pread64 (int fd, void *into, size_t length, off64_t at);
void *mmap64 (void *where, size_t length, int protection, int flags, int fd, off64_t at);

static struct
{
  dev_t device;
  ino_t file;
  GHashTable *sectors; /* pages of it; NULL: the disk is sound */
  guint n_refused;
  guint n_mapped;
} disk;

static gboolean
is_of_disk (int fd)
{
  struct stat status;

  return disk.sectors != NULL && fstat (fd, &status) == 0 && status.st_dev == disk.device &&
         status.st_ino == disk.file;
}

static gboolean
has_bad (off64_t at, size_t length)
{
  for (off64_t page = at / CB_TEST_PAGE; page * CB_TEST_PAGE < at + (off64_t) length; page++)
    {
      if (g_hash_table_contains (disk.sectors, GSIZE_TO_POINTER ((gsize) page + 1)))
        return TRUE;
    }
  return FALSE;
}

ssize_t
pread64 (int fd, void *into, size_t length, off64_t at)
{
  if (is_of_disk (fd) && has_bad (at, length))
    {
      disk.n_refused++;
      errno = EIO;
      return -1;
    }
  return syscall (SYS_pread64, fd, into, length, at);
}

void *
mmap64 (void *where, size_t length, int protection, int flags, int fd, off64_t at)
{
  /* The kernel answers with an address, or with -1, which is MAP_FAILED. */
  char *mapped = (char *) syscall (SYS_mmap, where, length, protection, flags, fd, at);

  if (mapped == MAP_FAILED || fd < 0 || !is_of_disk (fd))
    return mapped;
  for (gsize from = 0; from < length; from += CB_TEST_PAGE)
    {
      if (has_bad (at + (off64_t) from, 1))
        disk.n_mapped += mprotect (mapped + from, CB_TEST_PAGE, PROT_NONE) == 0;
    }
  return mapped;
}

static void
try_sectors (CbTestShop *shop, GHashTable *sectors)
{
  struct stat status;
  guint n_refused = disk.n_refused;
  guint n_mapped = disk.n_mapped;

  g_assert_cmpint (stat (shop->database, &status), ==, 0);
  disk.device = status.st_dev;
  disk.file = status.st_ino;
  disk.sectors = sectors;
  cb_test_shop_repair (shop);
  disk.sectors = NULL;
  g_assert_cmpuint (disk.n_refused, >, n_refused);
  g_assert_cmpuint (disk.n_mapped, >, n_mapped);
  cb_test_shop_check_values (shop, sectors);
  cb_test_shop_put_back (shop);
}

static void
test_some (void)
{
  CbTestShop shop;

  cb_test_shop_set_up (&shop);
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (GHashTable) sectors = g_hash_table_new (NULL, NULL);

      for (guint k = 0; k < 4; k++)
        {
          guint page = (guint) g_test_rand_int_range (1, (int) (shop.length / CB_TEST_PAGE) + 1);

          g_hash_table_add (sectors, GUINT_TO_POINTER (page));
        }
      try_sectors (&shop, sectors);
    }
  cb_test_shop_tear_down (&shop);
}

static void
test_first (void)
{
  CbTestShop shop;
  g_autoptr (GHashTable) sectors = g_hash_table_new (NULL, NULL);

  cb_test_shop_set_up (&shop);
  g_hash_table_add (sectors, GUINT_TO_POINTER (1));
  try_sectors (&shop, sectors);
  cb_test_shop_tear_down (&shop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repair-sectors/some", test_some);
  g_test_add_func ("/repair-sectors/the-first", test_first);
  return g_test_run ();
}
