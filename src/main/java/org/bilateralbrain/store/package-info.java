/**
 * Immutable artifacts and the files of a sweep, on any Hadoop file system. An artifact exists from
 * the moment its manifest does; everything before that moment is an attempt and counts for nothing.
 * Knows neither Spark nor DL4J nor any other package of ours.
 */
package org.bilateralbrain.store;
