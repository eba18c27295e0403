/**
 * A sweep as one page of HTML that needs nothing else: no network, no script, pictures drawn in it.
 * Reads what {@code report} and the store have; knows nothing of how networks are trained.
 */
package org.bilateralbrain.report.page;
