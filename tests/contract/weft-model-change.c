/* weft-model-change.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-model-change.h"

void
weft_model_append_block (GString    *text,
                         guint       block,
                         guint       number,
                         const char *list)
{
  g_string_append_printf (text,
                          "{'header':{'id':'b%u','type':'t','collectionId':'c'},"
                          "'n':%u,'l':[%s]}", block, number, list);
}

/* Both what an insert starts with and what an update puts in front. */
static void
append_insert (const WeftModelChange *self,
               GString               *text)
{
  g_autofree char *list = g_strdup_printf ("%u", self->number);

  weft_model_append_block (text, self->block, self->number, list);
}

static void
append_updates (const WeftModelChange *self,
                GString               *text)
{
  g_string_append_printf (text, "[['n',null,null,%u],['l',0,0,[%u]]]", self->number,
                          self->number);
}

char *
weft_model_changes_to_text (const WeftModelChange *changes,
                            guint                  n_changes)
{
  g_autoptr (GString) inserts = g_string_new (NULL);
  g_autoptr (GString) updates = g_string_new (NULL);
  g_autoptr (GString) deletes = g_string_new (NULL);

  for (guint i = 0; i < n_changes; i++)
    {
      guint block = changes[i].block;

      switch (changes[i].kind)
        {
        case WEFT_MODEL_INSERT:
          g_string_append_printf (inserts, "%s'b%u':", inserts->len > 0 ? "," : "", block);
          append_insert (&changes[i], inserts);
          break;

        case WEFT_MODEL_UPDATE:
          g_string_append_printf (updates, "%s'b%u':", updates->len > 0 ? "," : "", block);
          append_updates (&changes[i], updates);
          break;

        case WEFT_MODEL_DELETE:
        default:
          g_string_append_printf (deletes, "%s'b%u'", deletes->len > 0 ? "," : "", block);
        }
    }

  return g_strdup_printf ("{'inserts':{%s},'updates':{%s},'deletes':[%s]}", inserts->str,
                          updates->str, deletes->str);
}

void
weft_model_change_append (const WeftModelChange *self,
                          GString               *text)
{
  switch (self->kind)
    {
    case WEFT_MODEL_INSERT:
      g_string_append (text, "{'insert':");
      append_insert (self, text);
      break;

    case WEFT_MODEL_UPDATE:
      g_string_append (text, "{'updates':");
      append_updates (self, text);
      break;

    case WEFT_MODEL_DELETE:
    default:
      g_string_append (text, "{'delete':true");
    }
  g_string_append_c (text, '}');
}
