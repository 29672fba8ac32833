/* SPDX-License-Identifier: Apache-2.0 */

/* What retention goes by, as scripts are told. */

#pragma once

#include "base/cb-json.h"
#include "store/cb-book.h"

G_BEGIN_DECLS

/* Member "clock": whether the wall clock is believed, how far off it is, who confirmed it. */
void cb_ctl_set_time_state (JsonObject *object, const CbTimeState *state);

G_END_DECLS
