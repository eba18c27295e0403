/**
 * Immutable artifacts and the files of a sweep, on any Hadoop file system. An artifact exists once
 * its manifest does; until then it is an attempt and counts as absent. Depends on neither Spark nor
 * DL4J nor any other package of this program.
 */
package org.bilateralbrain.store;
