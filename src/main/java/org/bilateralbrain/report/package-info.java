/**
 * Results for people: rows, statistics and tables, made from the store alone, so that they can be
 * made again at any time and anywhere.
 */
package org.bilateralbrain.report;
