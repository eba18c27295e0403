/**
 * The command line: parses, calls, prints and turns failures into messages and exit codes. Decides
 * nothing else.
 */
package org.bilateralbrain.cli;
