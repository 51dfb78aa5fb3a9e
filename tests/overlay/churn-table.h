/* churn-table.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "churn-cell.h"

void churn_table_print_head (void);
/* A row, and below it why operations were refused. */
void churn_table_print_row  (const ChurnCell *cell,
                             JsonNode        *report);
/* Of puts and raw writes together, or of reads. */
gint64 churn_table_count    (JsonNode        *report,
                             gboolean         is_of_writes,
                             const char      *what);
