/* SPDX-License-Identifier: Apache-2.0 */

/* What benchmarks share: samples, percentiles, and the one JSON line that each prints last. Ours
 * and the floor are measured in turns, so that a noisy neighbour disturbs both alike. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GArray *values; /* double */
} CbSamples;

void cb_samples_init (CbSamples *samples);
void cb_samples_clear (CbSamples *samples);
void cb_samples_add (CbSamples *samples, double value);
double cb_samples_percentile (CbSamples *samples, double percentile);

/* {"name","unit","ours","floor","ratio","p99","floor_p99","n","machine"}: medians and 99th
 * percentiles. */
void cb_bench_print (const char *name, const char *unit, CbSamples *ours, CbSamples *floor);

/* The same, with "cpu_p99" of samples of the time that the program worked. */
void cb_bench_print_with_cpu (const char *name,
                              const char *unit,
                              CbSamples *ours,
                              CbSamples *floor,
                              CbSamples *cpu);

/* The same of a rate, where less is worse: p99 is what 99 of 100 reach. */
void cb_bench_print_rates (const char *name, const char *unit, CbSamples *ours, CbSamples *floor);

/* A name nobody has, one of 49,152; the same number is the same name. Free it. */
char *cb_bench_make_name (guint number);

G_END_DECLS
