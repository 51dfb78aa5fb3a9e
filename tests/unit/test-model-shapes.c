/* test-model-shapes.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "weft.h"

typedef gpointer (*FromJson) (JsonNode *json, GError **error);
typedef JsonNode *(*ToJson) (gpointer value);
typedef char *(*ToString) (gpointer value);
typedef gboolean (*Equal) (gpointer a, gpointer b);
typedef void (*Unref) (gpointer value);

typedef struct
{
  const char *name;
  FromJson from_json;
  ToJson to_json;
  ToString to_string;
  Equal equal;
  Unref unref;
} Shape;

#define SHAPE(name)                                                                          \
  {                                                                                          \
    #name, (FromJson) weft_##name##_from_json, (ToJson) weft_##name##_to_json,               \
    (ToString) weft_##name##_to_string, (Equal) weft_##name##_equal,                         \
    (Unref) weft_##name##_unref                                                              \
  }

/* The two shapes whose reading needs more than the JSON, as the others read. */
static gpointer
revision_from_json (JsonNode  *json,
                    GError   **error)
{
  return weft_archive_revision_from_json (json, 7, error);
}

static gpointer
get_reply_from_json (JsonNode  *json,
                     GError   **error)
{
  return weft_repo_reply_from_json (json, WEFT_REPO_OPERATION_GET, error);
}

static gpointer
cancel_reply_from_json (JsonNode  *json,
                        GError   **error)
{
  return weft_repo_reply_from_json (json, WEFT_REPO_OPERATION_CANCEL, error);
}

enum
{
  ACTION_BLOCKS, ACTION_CONTEXT, ACTION_PENDING, ACTION_REV, ACTION_TRANSFORMS, ARCHIVE_REVISION,
  BLOCK, BLOCK_ARCHIVE, BLOCK_GETS, BLOCK_METADATA, CANCEL_REPLY, COMMIT_REQUEST, COMMIT_RESULT,
  GET_BLOCK_RESULT, GET_REPLY, GET_RESULT, OPERATION, PENDING, PEND_REQUEST, PEND_RESULT,
  REPO_MESSAGE, STALE_FAILURE, TRANSFORM, TRANSFORMS,
};

static const Shape shapes[] = {
  [ACTION_BLOCKS] = SHAPE (action_blocks),
  [ACTION_CONTEXT] = SHAPE (action_context),
  [ACTION_PENDING] = SHAPE (action_pending),
  [ACTION_REV] = SHAPE (action_rev),
  [ACTION_TRANSFORMS] = SHAPE (action_transforms),
  [ARCHIVE_REVISION] = { "archive_revision", revision_from_json,
                         (ToJson) weft_archive_revision_to_json,
                         (ToString) weft_archive_revision_to_string,
                         (Equal) weft_archive_revision_equal,
                         (Unref) weft_archive_revision_unref },
  [BLOCK] = SHAPE (block),
  [BLOCK_ARCHIVE] = SHAPE (block_archive),
  [BLOCK_GETS] = SHAPE (block_gets),
  [BLOCK_METADATA] = SHAPE (block_metadata),
  [CANCEL_REPLY] = { "cancel_reply", cancel_reply_from_json, (ToJson) weft_repo_reply_to_json,
                     (ToString) weft_repo_reply_to_string, (Equal) weft_repo_reply_equal,
                     (Unref) weft_repo_reply_unref },
  [COMMIT_REQUEST] = SHAPE (commit_request),
  [COMMIT_RESULT] = SHAPE (commit_result),
  [GET_BLOCK_RESULT] = SHAPE (get_block_result),
  [GET_REPLY] = { "get_reply", get_reply_from_json, (ToJson) weft_repo_reply_to_json,
                  (ToString) weft_repo_reply_to_string, (Equal) weft_repo_reply_equal,
                  (Unref) weft_repo_reply_unref },
  [GET_RESULT] = SHAPE (get_result),
  [OPERATION] = SHAPE (operation),
  [PENDING] = SHAPE (pending),
  [PEND_REQUEST] = SHAPE (pend_request),
  [PEND_RESULT] = SHAPE (pend_result),
  [REPO_MESSAGE] = SHAPE (repo_message),
  [STALE_FAILURE] = SHAPE (stale_failure),
  [TRANSFORM] = SHAPE (transform),
  [TRANSFORMS] = SHAPE (transforms),
};

/* The tables write ' for ". */
static char *
quote (const char *text)
{
  return g_strdelimit (g_strdup (text), "'", '"');
}

/* One round trip; what comes out is canonical. With expected NULL it is what went in. */
static const struct
{
  guint shape;
  const char *text;
  const char *expected;
} good[] = {
#define B "{'header':{'collectionId':'c','id':'b','type':'t'},'x':1}"
#define T "{'insert':" B "}"
#define TS "{'deletes':[],'inserts':{'b':" B "},'updates':{}}"
#define COMMIT(action, block, more) \
  "{'commit':{'actionId':'" action "','blockIds':['" block "']," more "'rev':1,'tailId':'" block   \
  "'}}"
#define PEER "12D3KooWRhcPK1pd7E6yp8tMggbi4UynZdPYeu7SmJ9bB1Nkzoi6"
#define OTHER_PEER "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"
#define D "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
  { ACTION_BLOCKS, "{'actionId':'a','blockIds':['b','a/..:é']}", NULL },
  { ACTION_BLOCKS, "{'actionId':'a','blockIds':['b','a','b'],'more':1}",
    "{'actionId':'a','blockIds':['b','a']}" },
  { ACTION_CONTEXT, "{'committed':[],'rev':0}", NULL },
  { ACTION_CONTEXT, "{}", "{'committed':[],'rev':0}" },
  { ACTION_CONTEXT, "{'actionId':'z','committed':[{'actionId':'a','rev':4}],'rev':5}", NULL },
  { ACTION_PENDING, "{'actionId':'a','blockId':'b'}", NULL },
  { ACTION_PENDING, "{'actionId':'a','blockId':'b','transform':" T "}", NULL },
  { ACTION_REV, "{'actionId':'a','rev':1}", NULL },
  { ACTION_REV, "{'rev':9007199254740991,'actionId':'a','other':null}",
    "{'actionId':'a','rev':9007199254740991}" },
  { ACTION_TRANSFORMS, "{'actionId':'a','transforms':" TS "}", NULL },
  { ACTION_TRANSFORMS, "{'actionId':'a','rev':3,'transforms':" TS "}", NULL },
  { ARCHIVE_REVISION, "{'action':{'actionId':'a','transform':{'delete':true}}}", NULL },
  { ARCHIVE_REVISION, "{'action':{'actionId':'a','transform':" T "},'block':" B "}", NULL },
  { BLOCK, B, NULL },
  { BLOCK, "{'a':null,'header':{'collectionId':'c','id':'b','signed':[1,{}],'type':'t'},'z':''}",
    NULL },
  { BLOCK_ARCHIVE, "{'blockId':'b','range':[1],'revisions':{}}", NULL },
  { BLOCK_ARCHIVE, "{'blockId':'b','pending':{'p':{},'q':" T "},'range':[],'revisions':{}}",
    NULL },
  { BLOCK_ARCHIVE,
    "{'blockId':'b','range':[2,11],'revisions':{'10':{'action':{'actionId':'e','transform':{}}},"
    "'2':{'action':{'actionId':'a','transform':" T "},'block':" B "}}}", NULL },
  { BLOCK_GETS, "{'blockIds':['b']}", NULL },
  { BLOCK_GETS, "{'blockIds':['b'],'context':{'committed':[],'rev':2}}", NULL },
  { BLOCK_METADATA, "{'ranges':[]}", NULL },
  { BLOCK_METADATA, "{'latest':{'actionId':'a','rev':9},'ranges':[[1,5],[6,8],[9]]}", NULL },
  { BLOCK_METADATA, "{'cluster':'" D "','latest':{'actionId':'a','rev':9},'ranges':[[9]]}", NULL },
  { BLOCK_METADATA, "{'ranges':[[6,8],[5,6],[1,3],[2,4],[20],[22,23]]}",
    "{'ranges':[[1,4],[5,8],[20]]}" },
  { CANCEL_REPLY, "{}", NULL },
  { COMMIT_REQUEST, "{'actionId':'a','blockIds':['b'],'rev':1,'tailId':'b'}", NULL },
  { COMMIT_REQUEST, "{'actionId':'a','blockIds':['b'],'digests':{'b':'" D "'},'headerId':'h',"
    "'rev':1,'tailId':'t'}", NULL },
  { COMMIT_REQUEST, "{'actionId':'a','bases':{'b':3},'blockIds':['b'],'cluster':{'" OTHER_PEER
    "':{'addrs':['/ip4/10.0.0.1/tcp/1']},'" PEER "':{'addrs':[]}},'digests':{'b':'" D "'},"
    "'rev':4,'tailId':'b'}", NULL },
  { COMMIT_RESULT, "{'success':true}", NULL },
  { COMMIT_RESULT, "{'rev':7,'success':true}", NULL },
  { COMMIT_RESULT, "{'conflict':true,'success':false}", NULL },
  { GET_BLOCK_RESULT, "{'state':{}}", NULL },
  { GET_BLOCK_RESULT, "{'block':" B ",'materializedRev':3,'state':{'latest':{'actionId':'a',"
    "'rev':4},'pendings':['p','q']}}", NULL },
  { GET_BLOCK_RESULT, "{'claimedRev':8,'state':{},'unavailable':'nobody answers'}", NULL },
  { GET_REPLY, "{'b':{'state':{}}}", NULL },
  { GET_RESULT, "{}", NULL },
  { GET_RESULT, "{'b':{'state':{}},'a':{'state':{}}}", "{'a':{'state':{}},'b':{'state':{}}}" },
  { OPERATION, "['a',-1,2,[0,'',false,null,{}]]", NULL },
  { OPERATION, "['a',null,null,null]", NULL },
  { OPERATION, "['a',null,null,[]]", NULL },
  { OPERATION, "['a',1,2,'v']", NULL },
  { OPERATION, "['a',null,null]", NULL },
  { PENDING, "{'transform':{}}", NULL },
  { PENDING, "{'base':0,'expiration':1,'transform':" T "}", NULL },
  { PEND_REQUEST, "{'actionId':'a','transforms':" TS "}",
    "{'actionId':'a','policy':'c','transforms':" TS "}" },
  { PEND_REQUEST, "{'actionId':'a','bases':{'b':0},'operationsHash':'h','policy':'f','rev':2,"
    "'transaction':{'id':1},'transforms':" TS "}", NULL },
  { PEND_REQUEST, "{'actionId':'a','policy':'r','transforms':{'deletes':['b'],'inserts':{},"
    "'updates':{}}}", NULL },
  { PEND_RESULT, "{'blockIds':['b'],'pending':[{'actionId':'a','blockId':'b'}],'success':true}",
    NULL },
  { PEND_RESULT, "{'reason':'late','success':false}", NULL },
  { REPO_MESSAGE, "{'operations':[{'get':{'blockIds':['b']}}]}", NULL },
  { REPO_MESSAGE, "{'coordinatingBlockIds':['b'],'expiration':5,'operations':[{'pend':{'actionId':"
    "'a','policy':'c','transforms':" TS "}}]}", NULL },
  { REPO_MESSAGE, "{'operations':[{'put':{'actionId':'a','policy':'c','transforms':" TS
    "}}]}", NULL },
  { REPO_MESSAGE, "{'expiration':5,'operations':[" COMMIT ("a", "b", "") "," COMMIT ("c", "d", "")
    "]}", NULL },
  { REPO_MESSAGE, "{'operations':[{'cancel':{'actionRef':{'actionId':'a','blockIds':['b']}}}]}",
    NULL },
  { REPO_MESSAGE, "{'operations':[{'commit':{'actionId':'a','blockIds':['b'],'rev':1,'tailId':'b'}"
    "}]}", NULL },
  { STALE_FAILURE, "{'success':false}", NULL },
  { STALE_FAILURE, "{'conflict':true,'missing':[{'actionId':'a','rev':3,'transforms':" TS "}],"
    "'pending':[{'actionId':'p','blockId':'b'}],'reason':'late','staleAt':{'blockId':'b','rev':3},"
    "'success':false}", NULL },
  { TRANSFORM, "{}", NULL },
  { TRANSFORM, "{'delete':true,'insert':" B ",'updates':[['x',null,null]]}", NULL },
  { TRANSFORM, "{'delete':false,'updates':[]}", "{}" },
  { TRANSFORMS, "{}", "{'deletes':[],'inserts':{},'updates':{}}" },
  { TRANSFORMS, "{'deletes':['z','b','z'],'inserts':{'b':" B "},'updates':{'b':[['x',1,0,[2]]],"
    "'a':[]}}",
    "{'deletes':['b','z'],'inserts':{'b':" B "},'updates':{'a':[],'b':[['x',1,0,[2]]]}}" },
};

static gpointer
read_shape (const Shape  *shape,
            const char   *text,
            GError      **error)
{
  g_autofree char *quoted = quote (text);
  g_autoptr (JsonNode) json = weft_json_parse (quoted, -1, error);

  g_assert_nonnull (json);
  return shape->from_json (json, error);
}

static void
test_round_trip (void)
{
  g_test_summary ("Every value is what its JSON says, and its JSON is canonical and says it all.");

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      const Shape *shape = &shapes[good[i].shape];
      const char *text = good[i].expected != NULL ? good[i].expected : good[i].text;
      g_autofree char *expected = quote (text);
      g_autofree char *written = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) json = NULL;
      gpointer value, again;

      g_test_message ("%s %s", shape->name, good[i].text);
      value = read_shape (shape, good[i].text, &error);
      g_assert_no_error (error);
      written = shape->to_string (value);
      g_assert_cmpstr (written, ==, expected);

      json = shape->to_json (value);
      g_assert_true (json_node_is_immutable (json));
      again = shape->from_json (json, &error);
      g_assert_no_error (error);
      g_assert_true (shape->equal (value, again));
      shape->unref (again);
      shape->unref (value);
    }
}

static const struct
{
  guint shape;
  const char *text;
  const char *message;
} bad[] = {
  { ACTION_BLOCKS, "[]", "expected an object, got an array" },
  { ACTION_BLOCKS, "{'blockIds':['b']}", "actionId: expected a string, got nothing" },
  { ACTION_BLOCKS, "{'actionId':'a','blockIds':[]}", "blockIds: expected at least one block" },
  { ACTION_BLOCKS, "{'actionId':'a','blockIds':['b',7]}",
    "blockIds[1]: expected a string, got a number" },
  { ACTION_BLOCKS, "{'actionId':'a','blockIds':['b','']}",
    "blockIds[1]: expected 1 to 256 bytes, got 0" },
  { ACTION_CONTEXT, "{'committed':[{'actionId':'a','rev':0}],'rev':1}",
    "committed[0].rev: expected a positive integer, got 0" },
  { ACTION_CONTEXT, "{'committed':[],'rev':-1}", "rev: expected a non-negative integer, got -1" },
  { ACTION_CONTEXT, "{'committed':[],'rev':1,'actionId':null}",
    "actionId: expected a string, got null" },
  { ACTION_PENDING, "{'actionId':'a'}", "blockId: expected a string, got nothing" },
  { ACTION_PENDING, "{'actionId':'a','blockId':'b','transform':{'updates':[[]]}}",
    "transform.updates[0]: expected an array of 3 or 4 elements, got 0" },
  { ACTION_REV, "{'actionId':'a','rev':'1'}", "rev: expected a positive integer, got a string" },
  { ACTION_REV, "{'actionId':'a','rev':1.5}", "rev: expected a positive integer, got a number" },
  { ACTION_REV, "{'actionId':'a\\u0085','rev':1}", "actionId: expected no control characters" },
  { ACTION_TRANSFORMS, "{'actionId':'a'}", "transforms: expected a value, got nothing" },
  { ARCHIVE_REVISION, "{'action':{'actionId':'a'}}",
    "action.transform: expected a value, got nothing" },
  { BLOCK, "{}", "header: expected a value, got nothing" },
  { BLOCK, "{'header':{'id':'b','type':'t'}}",
    "header.collectionId: expected a string, got nothing" },
  { BLOCK, "{'header':{'id':'b\\n','type':'t','collectionId':'c'}}",
    "header.id: expected no control characters" },
  { BLOCK, "{'header':{'id':'b','type':'','collectionId':'c'}}",
    "header.type: expected 1 to 256 bytes, got 0" },
  { BLOCK_ARCHIVE, "{'blockId':'b','range':[1],'revisions':{'01':{}}}",
    "revisions.01: expected a positive integer as the name" },
  { BLOCK_ARCHIVE, "{'blockId':'b','range':[3],'revisions':{'2':{'action':{'actionId':'a',"
    "'transform':{}}}}}", "revisions.2: expected a revision in the range" },
  { BLOCK_ARCHIVE, "{'blockId':'z','range':[1],'revisions':{'2':{'action':{'actionId':'a',"
    "'transform':" T "}}}}", "revisions.2: expected a block with the id \"z\", got \"b\"" },
  { BLOCK_ARCHIVE, "{'blockId':'b','range':[3,3],'revisions':{}}",
    "range[1]: expected an integer of at least 4, got 3" },
  { BLOCK_GETS, "{}", "blockIds: expected a value, got nothing" },
  { BLOCK_METADATA, "{'ranges':[[1,2],[]]}",
    "ranges[1]: expected [start] or [start,end], got 0 elements" },
  { BLOCK_METADATA, "{'ranges':[[0]]}",
    "ranges[0][0]: expected an integer from 1 to 9007199254740990, got 0" },
  { BLOCK_METADATA, "{'cluster':'x','ranges':[]}", "cluster: expected a SHA-256 in base64url" },
  { COMMIT_REQUEST, "{'actionId':'a','blockIds':['b'],'rev':1}",
    "tailId: expected a string, got nothing" },
  { COMMIT_REQUEST, "{'actionId':'a','blockIds':['b'],'rev':1,'tailId':'b','digests':{'b':'x'}}",
    "digests.b: expected a SHA-256 in base64url" },
  { COMMIT_REQUEST, "{'actionId':'a','blockIds':['b'],'rev':1,'tailId':'b','digests':{'c':'" D
    "'}}", "digests.c: expected a block of blockIds" },
  { COMMIT_REQUEST, "{'actionId':'a','blockIds':['b'],'rev':1,'tailId':'b','cluster':{}}",
    "cluster: expected 1 to 64 peers, got 0" },
  { COMMIT_REQUEST, "{'actionId':'a','blockIds':['b'],'rev':1,'tailId':'b','cluster':{'x':{'addrs':"
    "[]}}}", "cluster.x: expected a peer id as the name" },
  { COMMIT_REQUEST, "{'actionId':'a','blockIds':['b'],'rev':1,'tailId':'b','cluster':{'" PEER "':"
    "{'addrs':[],'more':1}}}", "cluster." PEER ".more: expected no such member" },
  { COMMIT_RESULT, "{}", "success: expected a value, got nothing" },
  { COMMIT_RESULT, "{'rev':0,'success':true}", "rev: expected a positive integer, got 0" },
  { COMMIT_RESULT, "{'success':1}", "success: expected a boolean, got a number" },
  { GET_BLOCK_RESULT, "{}", "state: expected a value, got nothing" },
  { GET_RESULT, "{'a/b':{'state':{'pendings':[1]}}}",
    "[\"a/b\"].state.pendings[0]: expected a string, got a number" },
  { OPERATION, "['a',0,0]", "expected the items of a splice" },
  { OPERATION, "['a',null,0,1]", "[1]: expected an integer, got null" },
  { OPERATION, "['a',0,null,1]", "[2]: expected an integer, got null" },
  { OPERATION, "['a',0.5,0,[]]", "[1]: expected an integer, got a number" },
  { OPERATION, "['header',null,null,{}]", "[0]: expected an attribute, not the header" },
  { OPERATION, "['',null,null,1]", "[0]: expected 1 to 256 bytes, got 0" },
  { PENDING, "{'transform':{},'base':-1}", "base: expected a non-negative integer, got -1" },
  { PEND_REQUEST, "{'actionId':'a','transforms':{}}",
    "transforms: expected at least one block" },
  { PEND_REQUEST, "{'actionId':'a','policy':'x','transforms':" TS "}",
    "policy: expected one of \"c\", \"f\" and \"r\"" },
  { PEND_REQUEST, "{'actionId':'a','bases':{'z':1},'transforms':" TS "}",
    "bases.z: expected a block that the transforms change" },
  { PEND_REQUEST, "{'actionId':'a','bases':{'b':null},'transforms':" TS "}",
    "bases.b: expected a non-negative integer, got null" },
  { REPO_MESSAGE, "{'operations':[]}", "operations: expected exactly one operation, got 0" },
  { REPO_MESSAGE, "{'operations':[{'get':{'blockIds':['b']}},{'get':{'blockIds':['b']}}]}",
    "operations: expected exactly one operation, got 2" },
  { REPO_MESSAGE, "{'operations':[{'set':{}}]}",
    "operations[0]: expected one of get, pend, cancel, commit and put" },
  { REPO_MESSAGE, "{'operations':[{'put':{}}]}",
    "operations[0].put.actionId: expected a string, got nothing" },
  { REPO_MESSAGE, "{'operations':[{'commit':{}},{'put':{}}]}",
    "operations: expected exactly one operation, got 2" },
  { REPO_MESSAGE, "{'operations':[{'commit':{}},{'commit':{}}]}",
    "operations[0].commit.actionId: expected a string, got nothing" },
  { REPO_MESSAGE, "{'operations':[" COMMIT ("a", "b", "") "," COMMIT ("a", "d", "") "]}",
    "operations[1].commit.actionId: expected another action than a" },
  { REPO_MESSAGE, "{'operations':[" COMMIT ("a", "b", "") "," COMMIT ("c", "b", "") "]}",
    "operations[1].commit.blockIds: expected other blocks than b" },
  { REPO_MESSAGE, "{'operations':[" COMMIT ("a", "b", "'cluster':{'" PEER "':{'addrs':[]}},") ","
    COMMIT ("c", "d", "") "]}",
    "operations[0].commit.cluster: expected none beside other commits" },
  { REPO_MESSAGE, "{'operations':[{'commit':0},{'commit':0},{'commit':0},{'commit':0},"
    "{'commit':0},{'commit':0},{'commit':0},{'commit':0},{'commit':0},{'commit':0},{'commit':0},"
    "{'commit':0},{'commit':0},{'commit':0},{'commit':0},{'commit':0},{'commit':0}]}",
    "operations: expected at most 16 commits, got 17" },
  { REPO_MESSAGE, "{'operations':[{'get':{},'pend':{}}]}",
    "operations[0]: expected one of get, pend, cancel, commit and put" },
  { REPO_MESSAGE, "{'operations':[{'pend':{'actionId':'a','rev':0,'transforms':" TS "}}]}",
    "operations[0].pend.rev: expected a positive integer, got 0" },
  { REPO_MESSAGE, "{'operations':[{'cancel':{}}]}",
    "operations[0].cancel.actionRef: expected a value, got nothing" },
  { STALE_FAILURE, "{'success':true}", "success: expected false, got true" },
  { STALE_FAILURE, "{'success':false,'staleAt':{'blockId':'b'}}",
    "staleAt.rev: expected a non-negative integer, got nothing" },
  { TRANSFORM, "{'delete':1}", "delete: expected a boolean, got a number" },
  { TRANSFORM, "{'insert':null}", "insert: expected an object, got null" },
  { TRANSFORMS, "{'inserts':{'z':" B "}}",
    "inserts.z: expected a block with the id \"z\", got \"b\"" },
  { TRANSFORMS, "{'updates':{'b':{}}}", "updates.b: expected an array, got an object" },
  { TRANSFORMS, "{'deletes':{}}", "deletes: expected an array, got an object" },
};

static void
test_rejects (void)
{
  g_test_summary ("What is malformed is refused with the path of the member in front.");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const Shape *shape = &shapes[bad[i].shape];
      g_autoptr (GError) error = NULL;

      g_test_message ("%s %s", shape->name, bad[i].text);
      g_assert_null (read_shape (shape, bad[i].text, &error));
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
      g_assert_cmpstr (error->message, ==, bad[i].message);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/shapes/round-trip", test_round_trip);
  g_test_add_func ("/model/shapes/rejects", test_rejects);

  return g_test_run ();
}
