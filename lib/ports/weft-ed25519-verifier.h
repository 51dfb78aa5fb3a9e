/* weft-ed25519-verifier.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-verifier.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_ED25519_VERIFIER (weft_ed25519_verifier_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftEd25519Verifier, weft_ed25519_verifier, WEFT, ED25519_VERIFIER, GObject)

WEFT_AVAILABLE_IN_ALL
WeftVerifier *weft_ed25519_verifier_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
