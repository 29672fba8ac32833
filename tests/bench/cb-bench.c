/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-bench.h"

#include <sys/utsname.h>
#include <unistd.h>

void
cb_samples_init (CbSamples *samples)
{
  samples->values = g_array_new (FALSE, FALSE, sizeof (double));
}

void
cb_samples_clear (CbSamples *samples)
{
  g_clear_pointer (&samples->values, g_array_unref);
}

void
cb_samples_add (CbSamples *samples, double value)
{
  g_array_append_val (samples->values, value);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return left < right ? -1 : left > right;
}

double
cb_samples_percentile (CbSamples *samples, double percentile)
{
  guint n = samples->values->len;
  guint index = MIN ((guint) (n * percentile / 100.0), n - 1);

  g_assert (n > 0);
  g_array_sort (samples->values, compare);
  return g_array_index (samples->values, double, index);
}

static void
print (const char *name,
       const char *unit,
       CbSamples *ours,
       CbSamples *floor,
       double slow,
       const char *further)
{
  struct utsname machine;
  double our_median = cb_samples_percentile (ours, 50);
  double floor_median = cb_samples_percentile (floor, 50);

  uname (&machine);
  g_print (
    "{\"name\":\"%s\",\"unit\":\"%s\",\"ours\":%.4g,\"floor\":%.4g,\"ratio\":%.3g,"
    "\"p99\":%.4g,\"floor_p99\":%.4g,%s\"n\":%u,\"machine\":\"%s, %ld cores\"}\n",
    name, unit, our_median, floor_median, our_median / floor_median,
    cb_samples_percentile (ours, slow), cb_samples_percentile (floor, slow), further,
    ours->values->len, machine.machine, sysconf (_SC_NPROCESSORS_ONLN));
}

void
cb_bench_print (const char *name, const char *unit, CbSamples *ours, CbSamples *floor)
{
  print (name, unit, ours, floor, 99, "");
}

void
cb_bench_print_with_cpu (const char *name,
                         const char *unit,
                         CbSamples *ours,
                         CbSamples *floor,
                         CbSamples *cpu)
{
  g_autofree char *further = g_strdup_printf ("\"cpu_p99\":%.4g,", cb_samples_percentile (cpu, 99));

  print (name, unit, ours, floor, 99, further);
}

void
cb_bench_print_rates (const char *name, const char *unit, CbSamples *ours, CbSamples *floor)
{
  print (name, unit, ours, floor, 1, "");
}

/* --- people nobody is --- */

static const char *const starts[] = { "Al",  "Be",  "Ca",  "Da", "El",  "Fen", "Gra", "Ha",
                                      "Ing", "Jo",  "Kel", "Lo", "Mar", "No",  "Ol",  "Per",
                                      "Ros", "Sol", "Tor", "Ul", "Ves", "Wil", "Xan", "Yr" };
static const char *const middles[] = { "a",  "be", "di", "en", "fo", "ga", "li", "mo",
                                       "na", "or", "ri", "sa", "te", "un", "va", "zo" };
static const char *const ends[] = { "d", "la", "m", "n", "ra", "s", "th", "x" };

char *
cb_bench_make_name (guint number)
{
  guint n = number;
  const char *start = starts[n % G_N_ELEMENTS (starts)];
  const char *first = middles[(n /= G_N_ELEMENTS (starts)) % G_N_ELEMENTS (middles)];
  const char *second = middles[(n /= G_N_ELEMENTS (middles)) % G_N_ELEMENTS (middles)];

  return g_strconcat (start, first, second,
                      ends[(n / G_N_ELEMENTS (middles)) % G_N_ELEMENTS (ends)], NULL);
}
