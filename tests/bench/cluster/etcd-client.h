/* etcd-client.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Speaks etcd's own protocol, gRPC over one HTTP/2 connection with many streams at a time, as its
 * clients do. Only what a comparison needs. */
typedef struct _EtcdClient EtcdClient;

typedef void (*EtcdDoneFunc) (const guint8 *message,
                              gsize         length,
                              const GError *error,
                              gpointer      user_data);

EtcdClient *etcd_client_new    (guint16        port,
                                GError       **error) G_GNUC_WARN_UNUSED_RESULT;
void        etcd_client_free   (EtcdClient    *self);
void        etcd_client_put    (EtcdClient    *self,
                                const char    *key,
                                const char    *value,
                                EtcdDoneFunc   done,
                                gpointer       user_data);
/* Linearizable, unless it is `serializable`: then from the member's own store. */
void        etcd_client_get    (EtcdClient    *self,
                                const char    *key,
                                gboolean       serializable,
                                EtcdDoneFunc   done,
                                gpointer       user_data);
/* Waits; whether the member at the other end leads. */
gboolean    etcd_client_leads  (EtcdClient    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EtcdClient, etcd_client_free)

G_END_DECLS
