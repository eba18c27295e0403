/**
 * A sweep's report as one self-contained HTML page: no network, no scripts, inline pictures. Reads
 * {@code report}, {@code statistics} and {@code store}; knows nothing of how networks are trained.
 */
package org.bilateralbrain.report.page;
