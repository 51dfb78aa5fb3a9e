/* weft-sim-trace-file.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-trace-file.h"

#include <string.h>

#define FORMAT 1

static gboolean
set_invalid (WeftSimTraceFile  *self,
             GError           **error,
             const char        *format,
             ...) G_GNUC_PRINTF (3, 4);

static gboolean
set_invalid (WeftSimTraceFile  *self,
             GError           **error,
             const char        *format,
             ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "%s: %s", self->path, message);

  return FALSE;
}

/* NULL when a line is no object, or is of another record. */
static JsonNode *
parse_record (const char *line,
              gsize       length,
              const char *record)
{
  g_autoptr(JsonNode) node = weft_json_parse (line, (gssize) length, NULL);
  JsonObject *object;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  object = json_node_get_object (node);
  if (g_strcmp0 (json_object_get_string_member_with_default (object, "record", NULL), record) != 0)
    return NULL;

  return g_steal_pointer (&node);
}

static gboolean
read_header (WeftSimTraceFile  *self,
             GError           **error)
{
  gsize length = 0;
  const char *line = weft_sim_trace_file_next (self, &length);
  g_autoptr(JsonNode) node = line != NULL ? parse_record (line, length, "header") : NULL;
  JsonObject *header = node != NULL ? json_node_get_object (node) : NULL;
  g_autofree char *text = NULL;
  gint64 seed;

  self->position = 0;
  self->n_lines = 0;
  if (header == NULL || !json_object_has_member (header, "format"))
    return set_invalid (self, error, "expected a trace of weft-sim, got something else");
  if (json_object_get_int_member_with_default (header, "format", 0) != FORMAT)
    return set_invalid (self, error, "line 1: expected a trace of format %d, got %" G_GINT64_FORMAT
                        "; another version of weft-sim wrote it", FORMAT,
                        json_object_get_int_member_with_default (header, "format", 0));
  seed = json_object_get_int_member_with_default (header, "seed", -1);
  if (seed < 0 || !json_object_has_member (header, "scenario"))
    return set_invalid (self, error, "line 1: expected a seed and a scenario");

  self->seed = (guint64) seed;
  self->build = g_strdup (json_object_get_string_member_with_default (header, "build", "?"));
  text = weft_json_to_string (json_object_get_member (header, "scenario"));
  self->scenario = weft_sim_scenario_new_from_text (text, -1, error);
  if (self->scenario == NULL)
    {
      g_prefix_error (error, "%s: line 1: scenario: ", self->path);
      return FALSE;
    }

  return TRUE;
}

/* The checksum in the last line is of all before. */
static gboolean
check_seal (WeftSimTraceFile  *self,
            GError           **error)
{
  const char *last = self->length > 1 ? memrchr (self->text, '\n', self->length - 1) : NULL;
  const char *end = self->text + self->length;
  g_autoptr(JsonNode) verdict = NULL;
  g_autofree char *checksum = NULL;
  const char *expected;

  if (last != NULL && end[-1] == '\n')
    verdict = parse_record (last + 1, (gsize) (end - last - 2), "verdict");
  if (verdict == NULL)
    {
      self->is_cut = TRUE;
      return TRUE;
    }

  expected = json_object_get_string_member_with_default (json_node_get_object (verdict), "sha256",
                                                         "");
  checksum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) self->text,
                                          (gsize) (last + 1 - self->text));
  if (!g_str_equal (checksum, expected))
    return set_invalid (self, error, "the trace was changed after it was written: expected the "
                        "checksum %s, got %s", expected, checksum);

  return TRUE;
}

WeftSimTraceFile *
weft_sim_trace_file_open (const char  *path,
                          GError     **error)
{
  g_autoptr(WeftSimTraceFile) self = g_new0 (WeftSimTraceFile, 1);

  self->path = g_strdup (path);
  self->file = g_mapped_file_new (path, FALSE, error);
  if (self->file == NULL)
    return NULL;
  self->text = g_mapped_file_get_contents (self->file);
  self->length = g_mapped_file_get_length (self->file);
  if (!read_header (self, error) || !check_seal (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
weft_sim_trace_file_free (WeftSimTraceFile *self)
{
  g_free (self->path);
  g_free (self->build);
  g_clear_object (&self->scenario);
  g_clear_pointer (&self->file, g_mapped_file_unref);
  g_free (self);
}

const char *
weft_sim_trace_file_next (WeftSimTraceFile *self,
                          gsize            *length)
{
  const char *line = self->text + self->position;
  const char *end;

  if (self->position >= self->length)
    return NULL;
  end = memchr (line, '\n', self->length - self->position);
  *length = end != NULL ? (gsize) (end - line) : self->length - self->position;
  self->position += *length + 1;
  self->n_lines++;

  return line;
}

gboolean
weft_sim_trace_file_is_whole (WeftSimTraceFile  *self,
                              GError           **error)
{
  if (!self->is_cut)
    return TRUE;

  return set_invalid (self, error, "the trace ends before its verdict: the run died, or the file "
                      "was cut off");
}
