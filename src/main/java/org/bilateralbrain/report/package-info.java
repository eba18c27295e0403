/**
 * Results for people: texts and tables, made from the store alone, so that they can be made again
 * anywhere and at any time. Numbers come from {@code statistics}.
 */
package org.bilateralbrain.report;
