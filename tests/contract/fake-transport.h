/* fake-transport.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

#define FAKE_TYPE_CHANNEL (fake_channel_get_type ())
G_DECLARE_FINAL_TYPE (FakeChannel, fake_channel, FAKE, CHANNEL, WeftChannel)

/* One end of a pair whose other end a transport has, or the test itself. It does what a test
 * tells it: swallows all it is given, or reports what it was given. */
struct _FakeChannel
{
  WeftChannel parent_instance;

  FakeChannel *other; /* unowned; NULL: the test is the other end */
  GQueue arriving;    /* (element-type GBytes) */
  GPtrArray *sent;    /* (element-type utf8): what was sent to the test */
  char *close_reason; /* that this end gave */
  guint source_id;
  gboolean is_over;   /* either end was closed */
  gboolean is_frozen; /* nothing gets through, not even the end */
};

FakeChannel *fake_channel_new      (void);
void         fake_channel_connect  (FakeChannel *left,
                                    FakeChannel *right);
/* The test, at the other end, says something. */
void         fake_channel_say      (FakeChannel *self,
                                    const char  *text);

#define FAKE_TYPE_TRANSPORT (fake_transport_get_type ())
G_DECLARE_FINAL_TYPE (FakeTransport, fake_transport, FAKE, TRANSPORT, WeftChannelTransport)

/* A transport whose dials wait until the test answers them. */
struct _FakeTransport
{
  WeftChannelTransport parent_instance;

  guint64 dial_id; /* of the newest dial */
};

G_END_DECLS
